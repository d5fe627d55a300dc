//! The guide, with one chapter per topic.

#[doc = include_str!("guide/blocking.md")]
pub mod blocking {}

#[doc = include_str!("guide/coming_from_py.md")]
pub mod coming_from_py {}

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/hooks.md")]
pub mod hooks {}

#[doc = include_str!("guide/limits.md")]
pub mod limits {}

#[doc = include_str!("guide/lists.md")]
pub mod lists {}

#[doc = include_str!("guide/requests.md")]
pub mod requests {}

#[doc = include_str!("guide/retries.md")]
pub mod retries {}

#[doc = include_str!("guide/runtimes.md")]
pub mod runtimes {}

#[doc = include_str!("guide/settings.md")]
pub mod settings {}

#[doc = include_str!("guide/tokens.md")]
pub mod tokens {}

#[doc = include_str!("guide/tracing.md")]
pub mod tracing {}

#[doc = include_str!("guide/transports.md")]
pub mod transports {}

#[doc = include_str!("guide/versions.md")]
pub mod versions {}

#[doc = include_str!("guide/webhooks.md")]
pub mod webhooks {}
