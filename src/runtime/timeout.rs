use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use super::Runtime;

/// Runs `work` for at most `limit`. Returns `None` if time is up; dropping the work stops it.
pub(crate) async fn timeout<T: Send>(
    runtime: &dyn Runtime,
    limit: Duration,
    work: impl Future<Output = T> + Send,
) -> Option<T> {
    let mut output = None;
    race(runtime, limit, pin!(async { output = Some(work.await) })).await;
    output
}

/// Polls `work` until it or the sleep ends. Accepts a reference, so that it is compiled once and not for each caller.
async fn race(runtime: &dyn Runtime, limit: Duration, mut work: Pin<&mut (dyn Future<Output = ()> + Send)>) {
    let mut sleep = runtime.sleep(limit);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Pending => sleep.as_mut().poll(context),
        Poll::Ready(()) => Poll::Ready(()),
    })
    .await;
}
