//! Runs futures on a clock that jumps to the next timer when all futures are idle.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::BoxFuture;

use crate::FakeRuntime;

/// Tasks that were woken, in order.
type Woken = Arc<Mutex<VecDeque<usize>>>;

/// Number of the future passed to `run`. Spawned tasks have the following numbers.
const MAIN: usize = 0;

struct TaskWaker {
    task: usize,
    woken: Woken,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.task);
    }
}

/// Runs `future` to completion, together with the tasks that are spawned meanwhile.
///
/// The next run continues unfinished tasks.
pub(crate) fn run<F: Future>(runtime: &FakeRuntime, future: F) -> F::Output {
    let mut main = pin!(future);
    let mut tasks: Vec<Option<BoxFuture<'static, ()>>> = Vec::new();
    let woken = Woken::default();
    let waker = |task| Waker::from(Arc::new(TaskWaker { task, woken: Arc::clone(&woken) }));
    waker(MAIN).wake();
    loop {
        for task in runtime.take_spawned() {
            tasks.push(Some(task));
            waker(tasks.len()).wake();
        }
        let next = woken.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match next {
            Some(MAIN) => {
                if let Poll::Ready(output) = main.as_mut().poll(&mut Context::from_waker(&waker(MAIN))) {
                    runtime.put_back(tasks.into_iter().flatten());
                    return output;
                }
            }
            Some(number) => poll_task(tasks.get_mut(number - 1), &waker(number)),
            None => assert!(runtime.jump(), "stuck: no timer is pending, and no task was woken"),
        }
    }
}

fn poll_task(slot: Option<&mut Option<BoxFuture<'static, ()>>>, waker: &Waker) {
    if let Some(slot) = slot
        && let Some(task) = slot
        && task.as_mut().poll(&mut Context::from_waker(waker)).is_ready()
    {
        *slot = None;
    }
}
