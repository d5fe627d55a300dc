//! A Logto in memory, for tests and first steps without a server: it issues and checks tokens, keeps users, roles,
//! applications, resources and organizations, pages its lists, and refuses what Logto refuses in Logto's shape.
//!
//! It is a transport of [`logto_admin`], natively and in wasm:
//!
//! ```
//! use logto_admin_emulator::Emulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> logto_admin::Result<()> {
//! let client = Emulator::new().client()?;
//! let error = client.operation("GetUser")?.path("userId", "nobody").await.expect_err("there is no such user");
//! assert_eq!(error.code(), Some("entity.not_found"));
//! # Ok(())
//! # }
//! ```
//!
//! and, by the feature `server`, an HTTP server on 127.0.0.1: in a test by [`Emulator::serve`], on the command line by
//! `logto-admin-emulator`.
//!
//! Users, roles, resources and their scopes, applications and their secrets, organizations with members, roles and
//! invitations are kept, with the rules for them. Every other operation gets an answer that its schema describes, with
//! what was sent in it where it fits, and remembers nothing ([`Emulator::keeps`] tells which). The same seed and the same requests give the same answers.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod auth;
mod body;
mod builder;
mod call;
mod client_auth;
mod clock;
mod collections;
mod emulator;
mod entities;
mod errors;
mod formats;
mod handling;
mod ids;
mod issues;
mod linking;
mod links;
mod lists;
mod pages;
mod passwords;
mod relations;
mod reply;
mod request;
mod router;
mod sample;
mod schema;
mod search;
mod seed;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod server;
mod special;
mod stand_in;
mod state;
mod store;
mod token_endpoint;
mod tokens;
mod validate;

pub use builder::EmulatorBuilder;
pub use emulator::Emulator;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use server::Server;

// The client's own typed code of every operation, to see that it can read what is made up here.
#[cfg(test)]
#[path = "../../tests/native/operations/dispatch.rs"]
mod dispatch;
#[cfg(test)]
mod stand_in_tests;
#[cfg(test)]
#[path = "../../tests/native/operations/typed.rs"]
#[allow(dead_code)]
mod typed;
