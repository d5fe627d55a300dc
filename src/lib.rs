//! Client for the HTTP APIs of [Logto](https://logto.io), the identity platform.
//!
//! It covers users, organizations, roles, applications, sign-in settings and everything else that the server offers. The
//! same code runs on servers, in edge functions such as Cloudflare Workers, and in browsers.
//!
//! ```no_run
//! use logto_admin::models::CreateUser;
//! use logto_admin::{Client, Endpoint};
//!
//! # async fn run() -> logto_admin::Result<()> {
//! let client = Client::builder(Endpoint::cloud("my-tenant"))
//!     .client_credentials("app-id", "app-secret")
//!     .build()?;
//! let new = CreateUser { username: Some("ada".into()), ..Default::default() };
//! let ada = client.users().create(new).await?;
//! let page = client.users().list().search("%ada%").page_size(50).await?;
//! println!("{} is one of {:?} users", ada.id, page.total);
//! # Ok(())
//! # }
//! ```
//!
//! The credentials belong to a machine-to-machine application with the role "Logto Management API access". For a
//! self-hosted server, use [`Endpoint::self_hosted`]. [`Client::from_env`] reads the endpoint and the credentials from
//! environment variables. A [`Client`] is cheap to clone: share one between all callers.
//!
//! # Where to find what
//!
//! | item | contents | chapter of the guide |
//! | --- | --- | --- |
//! | [`Client`], [`ClientBuilder`], [`Endpoint`] | the client, its settings, and the address of the server | [settings](guide::settings), [limits](guide::limits) |
//! | [`api`] | the groups of operations, such as `client.users()`, with a method for each operation | [versions](guide::versions) |
//! | [`models`] | the bodies that you send and the answers that you receive | [requests](guide::requests) |
//! | [`Request`] | a call of an operation, which is only data until you await it | [requests](guide::requests), [retries](guide::retries) |
//! | [`Page`], [`ItemStream`], [`PageStream`] | one page of a list, or all of it as a stream | [lists](guide::lists) |
//! | [`Response`], [`response`] | status and headers, and how answers are decoded | [requests](guide::requests) |
//! | [`Error`], [`ErrorKind`] | what failed, where, and how to fix it | [errors](guide::errors) |
//! | [`token`] | sources of access tokens, and stores that share a token between processes | [tokens](guide::tokens) |
//! | [`transport`] | how requests are sent: reqwest, `fetch`, your own transport, and hooks | [transports](guide::transports), [hooks](guide::hooks) |
//! | [`runtime`] | time, sleep, randomness and background tasks | [runtimes](guide::runtimes) |
//! | [`types`] | [`Patch`], [`Timestamp`] and other building blocks of the models | [requests](guide::requests) |
//! | [`operation`] | the table of all operations | [requests](guide::requests) |
//! | [`blocking`] | calls from code that is not async | [blocking](guide::blocking) |
//! | `webhook` | verification and parsing of webhooks | [webhooks](guide::webhooks) |
//!
//! The [`guide`] also covers [tracing](guide::tracing), [metrics](guide::metrics), and
//! [how to migrate](guide::coming_from_py) from the Python package py-logto-admin.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `management` (default) | the Management API; each group is a feature too: `users`, `organizations`, `roles`, … |
//! | `account` | a user's own account and its verifications |
//! | `experience` | the sign-in in progress |
//! | `interaction` | the predecessor of `experience` up to Logto 1.30 |
//! | `reqwest` (default) | [`ReqwestTransport`](crate::transport), the native default, which also works on wasm; enables `tokio` and `http` |
//! | `rustls` (default), `rustls-ring`, `rustls-no-provider`, `native-tls` | [TLS](guide::transports) for the native transport |
//! | `http2`, `gzip`, `brotli` | HTTP/2 and compressed answers for the native transport |
//! | `tokio` | the default native [`runtime`] |
//! | `blocking` | calls from code that is not async |
//! | `metrics` | counters and times of calls, attempts, waits and token renewals, through the crate `metrics` |
//! | `tracing` | spans and warnings |
//! | `webhook` | verification and parsing of webhooks |
//! | `redis` | a store in Redis that shares an access token between processes |
//! | `http` | conversions from and to the requests and responses of the `http` crate |
//! | `time`, `chrono`, `jiff` | conversions from and to [`Timestamp`] |
//!
//! `default-features = false` leaves out reqwest and tokio. On `wasm32-unknown-unknown`, the client sends requests with the
//! runtime's own `fetch` unless you set another transport.

#![cfg_attr(docsrs, feature(doc_cfg))]
// The documentation of a group links to models of other groups.
#![cfg_attr(
    not(all(feature = "management", feature = "account", feature = "experience", feature = "interaction")),
    allow(rustdoc::broken_intra_doc_links)
)]
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
#[doc(inline)]
pub use client::bulk;
#[doc(hidden)]
pub use client::hosted;
pub use client::{Client, ClientBuilder};
#[cfg(feature = "users")]
pub use client::{FirebaseScrypt, PasswordDigest, PasswordSalt};
#[doc(inline)]
pub use error::{Error, ErrorKind, Result, StopReason};
pub use pipeline::{RateLimit, RetryPolicy};
#[cfg(all(feature = "redis", not(all(target_arch = "wasm32", target_os = "unknown"))))]
#[doc(no_inline)]
pub use redis;
pub use request::{
    ConditionalRequest, Joint, MatchMode, Request, RequestFuture, SearchMember, Untyped, UserSearchMember,
};
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
