/// Runs foreign code. Returns `None` if it panics, where panics unwind.
#[cfg(panic = "unwind")]
pub(crate) async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    use std::panic::AssertUnwindSafe;

    use futures_util::FutureExt;

    AssertUnwindSafe(work).catch_unwind().await.ok()
}

/// Runs foreign code. A panic ends the program here.
#[cfg(not(panic = "unwind"))]
pub(crate) async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    Some(work.await)
}
