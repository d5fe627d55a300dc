//! An in-memory Logto server, for tests and first steps without a real server.
//!
//! The emulator issues and checks tokens, stores users, roles, applications, resources and organizations, and paginates
//! lists. It rejects what Logto rejects, with errors in Logto's format.
//!
//! Use it as a transport of [`logto_admin`], natively and in wasm:
//!
//! ```
//! use logto_admin_emulator::Emulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> logto_admin::Result<()> {
//! let client = Emulator::new().client()?;
//! let error = client.operation("GetUser")?.path("userId", "nobody").await.expect_err("the user does not exist");
//! assert_eq!(error.code(), Some("entity.not_found"));
//! # Ok(())
//! # }
//! ```
//!
//! With the `server` feature, it also runs as an HTTP server on 127.0.0.1. Start it with [`Emulator::serve`] in a test,
//! or with `logto-admin-emulator` on the command line. The `program` feature exposes that program as a function.
//!
//! Users, roles, applications, organizations, sign-ins and all other parts of the API are stateful and follow Logto's
//! rules. [`Emulator::keeps`] returns whether an operation is stateful. An operation that is not returns a sample
//! response. It matches the schema and contains what you sent where it fits, but the call has no side effects.
//!
//! The same seed and the same requests produce the same responses.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod call;
mod collections;
mod crypto;
mod dates;
mod document;
mod emulator;
mod error_messages;
mod errors;
mod experience;
mod handling;
mod http;
mod ids;
mod import;
mod lists;
mod oidc;
mod operations;
mod passwords;
mod policies;
#[cfg(all(feature = "program", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub mod program;
mod providers;
mod record;
mod relations;
mod rules;
mod scripts;
mod settings;
mod state;
mod store;
mod webhooks;

#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use emulator::Server;
pub use emulator::{Emulator, EmulatorBuilder};
pub use import::ImportError;
pub use state::messages::{Channel, Message};
pub use state::recent_requests::HandledRequest;
pub use state::services::{Service, UnknownService};

// The client's typed code of every operation. Tests use it to check that the client can decode sample responses.
#[cfg(test)]
#[path = "../../tests/native/operations/dispatch.rs"]
mod dispatch;
#[cfg(test)]
#[path = "../../tests/native/operations/typed.rs"]
#[allow(dead_code)]
mod typed;
