//! Client for the HTTP APIs of [Logto](https://logto.io): users, organizations, roles, applications, sign-in settings
//! and everything else, on servers, in edge workers and in browsers.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod api;
#[doc(hidden)]
pub mod binding;
pub mod blocking;
mod builder;
mod call;
mod client;
mod date;
mod endpoint;
mod env;
pub mod error;
mod execute;
mod hint;
mod json;
mod limiter;
pub mod models;
mod multipart;
pub mod operation;
mod page;
mod request;
pub mod response;
mod retry;
pub mod runtime;
mod stream;
pub mod token;
mod trace;
pub mod transport;
pub mod types;
mod untyped;
mod url;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use builder::ClientBuilder;
pub use bytes;
pub use call::Paged;
pub use client::Client;
pub use endpoint::Endpoint;
pub use error::{Error, ErrorKind, Result};
pub use limiter::RateLimit;
pub use page::Page;
#[cfg(feature = "redis")]
pub use redis;
pub use request::{ConditionalRequest, Joint, MatchMode, Request, RequestFuture};
pub use response::{Conditional, Response};
pub use retry::{RetryPolicy, StopReason};
pub use serde_json;
pub use stream::{ItemStream, PageStream};
pub use types::{Patch, Timestamp};
pub use untyped::Untyped;
