//! The tokio runtime of blocking calls.

#[cfg(all(feature = "blocking", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub(crate) use native::Background;

/// Blocking calls are not available in this build.
#[cfg(not(all(feature = "blocking", not(all(target_arch = "wasm32", target_os = "unknown")))))]
#[derive(Debug, Default)]
pub(crate) struct Background(());

#[cfg(all(feature = "blocking", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod native {
    use std::panic::resume_unwind;
    use std::pin::pin;
    use std::sync::OnceLock;
    use std::task::{Context, Waker};
    use std::thread;

    use tokio::runtime::{Builder, Handle, Runtime};
    use tokio::task::consume_budget;

    use crate::error::{Error, Result};

    /// The runtime on which blocking calls run. Created by the first one.
    #[derive(Debug, Default)]
    pub(crate) struct Background(OnceLock<Owned>);

    #[derive(Debug)]
    struct Owned(Option<Runtime>);

    impl Drop for Owned {
        /// Dropping a runtime waits for its threads, which panics in async code.
        fn drop(&mut self) {
            if let Some(runtime) = self.0.take() {
                runtime.shutdown_background();
            }
        }
    }

    impl Background {
        pub(crate) fn run<T: Send>(&self, future: impl Future<Output = Result<T>> + Send) -> Result<T> {
            if in_async_code() {
                return Err(Error::unsupported(INSIDE_ASYNC));
            }
            let runtime = self.runtime()?;
            if Handle::try_current().is_err() {
                return runtime.block_on(future);
            }
            // A thread of another runtime might run a task with `unconstrained`, which the check above does not find.
            // Entering a runtime panics there.
            thread::scope(|scope| {
                let ended = scope.spawn(|| runtime.block_on(future)).join();
                ended.unwrap_or_else(|cause| resume_unwind(cause))
            })
        }

        fn runtime(&self) -> Result<&Runtime> {
            if self.0.get().is_none() {
                let made =
                    Builder::new_multi_thread().worker_threads(1).enable_all().thread_name("logto-admin").build();
                let made = made.map_err(|error| Error::unsupported(NO_THREAD).with_source(error))?;
                // If another thread was faster, its runtime is used.
                self.0.get_or_init(|| Owned(Some(made)));
            }
            let owned = self.0.get().and_then(|owned| owned.0.as_ref());
            owned.ok_or_else(|| Error::unsupported(NO_THREAD))
        }
    }

    /// More polls than the budget of a task allows at once (128).
    const POLLS: u32 = 256;

    /// Whether this is a task of tokio. Only tasks have a budget; threads of `spawn_blocking`, which can block, have none,
    /// although they belong to a runtime too.
    fn in_async_code() -> bool {
        let mut context = Context::from_waker(Waker::noop());
        Handle::try_current().is_ok() && (0..POLLS).any(|_| pin!(consume_budget()).poll(&mut context).is_pending())
    }

    const INSIDE_ASYNC: &str = "a blocking call would block the async runtime it is called from: await the request instead, or call from `spawn_blocking`";
    const NO_THREAD: &str = "cannot start the background runtime of blocking calls";
}
