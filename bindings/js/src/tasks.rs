//! Runs futures: each until it waits, whenever the host has settled a job.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use slab::Slab;

pub(crate) type TaskFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

thread_local! {
    /// `None` while the task is polled.
    static TASKS: RefCell<Slab<Option<TaskFuture>>> = const { RefCell::new(Slab::new()) };
    static READY: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

struct TaskWaker(u32);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        READY.with_borrow_mut(|ready| ready.push(self.0));
    }
}

/// Starts a task. The next [`run`] polls it first.
pub(crate) fn spawn(future: TaskFuture) -> u32 {
    let task = TASKS.with_borrow_mut(|tasks| tasks.insert(Some(future))) as u32;
    READY.with_borrow_mut(|ready| ready.push(task));
    task
}

/// Polls all tasks that can continue.
pub(crate) fn run() {
    while let Some(task) = READY.with_borrow_mut(Vec::pop) {
        poll(task);
    }
}

/// Drops a task and the jobs that it waits for.
pub(crate) fn cancel(task: u32) {
    // Dropped after the borrow, because it might wake other tasks.
    let task = TASKS.with_borrow_mut(|tasks| tasks.try_remove(task as usize));
    drop(task);
}

fn poll(task: u32) {
    let taken = TASKS.with_borrow_mut(|tasks| tasks.get_mut(task as usize).and_then(Option::take));
    let Some(mut future) = taken else { return };
    let waker = Waker::from(Arc::new(TaskWaker(task)));
    if matches!(future.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Ready(())) {
        return cancel(task);
    }
    TASKS.with_borrow_mut(|tasks| {
        if let Some(slot) = tasks.get_mut(task as usize) {
            *slot = Some(future);
        }
    });
}
