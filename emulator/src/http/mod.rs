//! From an HTTP request to the response: routes, authentication, bodies, limits and the server.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod control;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub(crate) mod cors;
pub(crate) mod handling;
pub(crate) mod nesting;
pub(crate) mod recent_requests;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod router;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub(crate) mod server;
pub(crate) mod uploads;
