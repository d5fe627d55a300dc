//! The client for the HTTP APIs of [Logto](https://logto.io): users, organizations, roles, applications, sign-in settings
//! and everything else that the server offers, on servers, in edge functions and in browsers.
//!
//! ```no_run
//! use logto_admin::models::CreateUser;
//! use logto_admin::{Client, Endpoint};
//!
//! # async fn run() -> logto_admin::Result<()> {
//! let client = Client::builder(Endpoint::cloud("my-tenant")).client_credentials("app-id", "app-secret").build()?;
//!
//! let ada = client.users().create(CreateUser { username: Some("ada".into()), ..Default::default() }).await?;
//! let page = client.users().list().search("%ada%").page_size(50).await?;
//! println!("{} is one of {:?}", ada.id, page.total);
//! # Ok(())
//! # }
//! ```
//!
//! - [`Client`] has a method for each group of operations, and a group a method for each operation. The groups are in
//!   [`api`], what they take and give in [`models`].
//! - A method gives a [`Request`], which is only data until it is awaited.
//! - Every failure is an [`Error`] that says what, where and what to do about it.
//! - [`token`] is where access tokens come from, [`transport`] how requests are sent, [`runtime`] where time comes from;
//!   all three can be replaced.
//!
//! The [`guide`] has a chapter on each thing that the client does for you.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `management` (default) | the groups of the Management API; or name single ones: `users`, `organizations`, `roles`, … |
//! | `account`, `experience`, `interaction` | the user's own account, the sign-in in progress, the interactions of Logto 1.17 |
//! | `reqwest` (default) | [`transport::ReqwestTransport`](crate::transport), native by default and possible on wasm |
//! | `rustls` (default), `native-tls` | TLS for it |
//! | `http2`, `gzip`, `brotli` | more of HTTP for it |
//! | `tokio` (with `reqwest`) | the native [`runtime`] |
//! | `blocking` | calls from code that is not async |
//! | `tracing` | spans and warnings |
//! | `webhook` | signatures of webhooks, and what they carry |
//! | `redis` | a store in which many processes share a token |
//! | `http` | conversions of messages from and to the `http` crate's |
//! | `time`, `chrono`, `jiff` | conversions of [`Timestamp`] |
//!
//! With `default-features = false` neither reqwest nor tokio is in the tree. On `wasm32-unknown-unknown` the client sends
//! with the runtime's own `fetch`.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod blocking;
mod client;
pub mod error;
#[cfg(any(doc, doctest))]
pub mod guide;
pub mod operation;
mod pipeline;
mod request;
pub mod response;
pub mod runtime;
pub mod token;
pub mod transport;
pub mod types;
#[cfg(feature = "webhook")]
pub mod webhook;

// Generated. Last, so that documentation shows the methods of all requests before those of single operations.
pub mod api;
pub mod models;

#[doc(no_inline)]
pub use bytes;
#[doc(hidden)]
pub use client::binding;
pub use client::{Client, ClientBuilder};
#[doc(inline)]
pub use error::{Error, ErrorKind, Result, StopReason};
pub use pipeline::{RateLimit, RetryPolicy};
#[cfg(all(feature = "redis", not(all(target_arch = "wasm32", target_os = "unknown"))))]
#[doc(no_inline)]
pub use redis;
pub use request::{ConditionalRequest, Joint, MatchMode, Request, RequestFuture, Untyped};
#[doc(inline)]
pub use response::{Conditional, ItemStream, Page, PageStream, Response};
#[doc(no_inline)]
pub use serde_json;
#[doc(inline)]
pub use transport::Endpoint;
#[doc(inline)]
pub use types::{Patch, Timestamp};

/// Compiles the examples of the README.
#[cfg(all(doctest, feature = "management", feature = "reqwest", feature = "rustls"))]
#[doc = include_str!("../README.md")]
struct Readme;
