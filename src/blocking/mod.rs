//! Calls from code that is not async.

#[cfg(all(feature = "blocking", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod native;

#[cfg(all(feature = "blocking", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub(crate) use native::Background;
#[cfg(all(feature = "blocking", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use native::BlockingItems;

/// Nothing, where calls cannot block.
#[cfg(not(all(feature = "blocking", not(all(target_arch = "wasm32", target_os = "unknown")))))]
#[derive(Debug, Default)]
pub(crate) struct Background(());
