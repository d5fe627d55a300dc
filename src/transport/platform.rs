use std::sync::Arc;

use super::HttpTransport;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use super::fetch::FetchTransport;
#[cfg(all(feature = "reqwest", not(all(target_arch = "wasm32", target_os = "unknown"))))]
use super::reqwest::ReqwestTransport;
#[cfg(not(any(feature = "reqwest", all(target_arch = "wasm32", target_os = "unknown"))))]
use crate::error::Error;
use crate::error::Result;

/// Returns the default transport of the target platform. Fails if this build does not have one.
pub(crate) fn platform() -> Result<Arc<dyn HttpTransport>> {
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    return Ok(Arc::new(FetchTransport::new()));
    #[cfg(all(feature = "reqwest", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    return Ok(Arc::new(ReqwestTransport::new()?));
    #[cfg(not(any(feature = "reqwest", all(target_arch = "wasm32", target_os = "unknown"))))]
    return Err(Error::config(
        "this build has no default transport: enable the feature `reqwest`, or set one with `transport`",
    ));
}
