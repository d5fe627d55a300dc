//! Whether a record waits for another attempt of a call. An import that ends need not wait for it.

use logto_admin::transport::Method;
use tokio::sync::watch;

use crate::failure::is_change;
use crate::interrupt::Interrupt;

tokio::task_local! {
    /// The calls of the record that this task works on.
    static CALLS: watch::Sender<Calls>;
}

#[derive(Clone, Copy, Default)]
struct Calls {
    /// Whether there was an attempt, and none is in progress.
    is_between: bool,
    /// Whether one of the attempts might have changed something.
    might_have_changed: bool,
}

/// An attempt of a call in progress.
pub(super) struct Attempt {
    might_change: bool,
}

impl Attempt {
    pub(super) fn new(method: Method) -> Self {
        note(|calls| calls.is_between = false);
        Self { might_change: is_change(method) }
    }

    /// Notes that the server has certainly changed nothing.
    pub(super) fn has_changed_nothing(&mut self) {
        self.might_change = false;
    }
}

impl Drop for Attempt {
    /// Runs also for an attempt that takes too long.
    fn drop(&mut self) {
        note(|calls| {
            calls.is_between = true;
            calls.might_have_changed |= self.might_change;
        });
    }
}

fn note(change: impl FnOnce(&mut Calls)) {
    // A call outside of a record has nothing to note.
    let _ = CALLS.try_with(|calls| calls.send_modify(change));
}

/// A record that was left when it waited.
pub(super) struct Left {
    pub(super) might_have_changed: bool,
}

/// Works on a record. After an interrupt, completes the attempt in progress, and leaves the record when it has to wait for
/// the next one. The journal continues it, as after a crash.
pub(super) async fn until_it_waits<T>(interrupt: &Interrupt, work: impl Future<Output = T>) -> Result<T, Left> {
    let calls = watch::Sender::new(Calls::default());
    let mut seen = calls.subscribe();
    let left = async {
        interrupt.wait().await;
        // The work has the sender, so the channel stays open.
        let might_have_changed = seen.wait_for(|calls| calls.is_between).await.map(|calls| calls.might_have_changed);
        Left { might_have_changed: might_have_changed.unwrap_or(true) }
    };
    tokio::select! {
        // Work that can go on does.
        biased;
        done = CALLS.scope(calls, work) => Ok(done),
        left = left => Err(left),
    }
}
