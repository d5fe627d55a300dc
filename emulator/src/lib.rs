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
//! response: it matches the schema and contains what you sent where it fits, but the call has no side effects.
//!
//! The same seed and the same requests produce the same responses.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod activity;
mod amendments;
mod auth;
mod body;
mod builder;
mod call;
mod cbor;
mod certificates;
mod clock;
mod codes;
mod collections;
mod control;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod cors;
mod cose;
mod dates;
mod email_policy;
mod emulator;
mod entities;
mod errors;
mod experience;
mod factories;
mod filters;
mod formats;
mod handling;
mod ids;
mod import;
mod issues;
mod jobs;
mod like;
mod linking;
mod links;
mod lists;
mod logs;
mod messages;
mod nesting;
mod oidc;
mod pages;
mod parsed;
mod password_policy;
mod passwords;
mod persistence;
mod phones;
#[cfg(all(feature = "program", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub mod program;
mod relations;
mod reply;
mod request;
mod requests;
mod router;
mod rsa;
mod saml;
mod saml_response;
mod sample;
mod schema;
mod scripts;
mod search;
mod seed;
mod sentinel;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod server;
mod services;
mod settings;
mod social;
mod special;
mod sso;
mod sso_sign_in;
mod stand_in;
mod state;
mod store;
mod token_sets;
mod totp;
mod uploads;
mod username_policy;
mod validate;
mod verifications;
mod webauthn;
mod webhooks;
mod wording;

pub use builder::EmulatorBuilder;
pub use emulator::Emulator;
pub use import::ImportError;
pub use messages::{Channel, Message};
pub use requests::HandledRequest;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use server::Server;
pub use services::{Service, UnknownService};

// The client's typed code of every operation. Tests use it to check that the client can decode sample responses.
#[cfg(test)]
#[path = "../../tests/native/operations/dispatch.rs"]
mod dispatch;
#[cfg(test)]
mod stand_in_tests;
#[cfg(test)]
#[path = "../../tests/native/operations/typed.rs"]
#[allow(dead_code)]
mod typed;
