//! The guide, with one chapter per topic.

#[doc = include_str!("blocking.md")]
pub mod blocking {}

#[doc = include_str!("coming_from_py.md")]
pub mod coming_from_py {}

#[doc = include_str!("errors.md")]
pub mod errors {}

#[doc = include_str!("hooks.md")]
pub mod hooks {}

#[doc = include_str!("limits.md")]
pub mod limits {}

#[doc = include_str!("lists.md")]
pub mod lists {}

#[doc = include_str!("metrics.md")]
pub mod metrics {}

#[doc = include_str!("requests.md")]
pub mod requests {}

#[doc = include_str!("retries.md")]
pub mod retries {}

#[doc = include_str!("runtimes.md")]
pub mod runtimes {}

#[doc = include_str!("settings.md")]
pub mod settings {}

#[doc = include_str!("tokens.md")]
pub mod tokens {}

#[doc = include_str!("tracing.md")]
pub mod tracing {}

#[doc = include_str!("transports.md")]
pub mod transports {}

#[doc = include_str!("versions.md")]
pub mod versions {}

#[doc = include_str!("webhooks.md")]
pub mod webhooks {}
