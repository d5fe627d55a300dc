use std::sync::Arc;

use super::Runtime;
#[cfg(all(feature = "tokio", not(all(target_arch = "wasm32", target_os = "unknown"))))]
use super::native::TokioRuntime;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use super::web::WebRuntime;

/// Returns the default runtime of the target platform, if there is one.
pub(crate) fn platform() -> Option<Arc<dyn Runtime>> {
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    return Some(Arc::new(WebRuntime::new()));
    #[cfg(all(feature = "tokio", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    return Some(Arc::new(TokioRuntime::new()));
    #[cfg(not(any(feature = "tokio", all(target_arch = "wasm32", target_os = "unknown"))))]
    return None;
}
