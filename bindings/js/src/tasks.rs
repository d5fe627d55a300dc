//! Runs futures: each until it waits, whenever the host has settled something.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::slab::Slab;

pub(crate) type TaskFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Task {
    /// Away while it is polled.
    future: Option<TaskFuture>,
    /// The host's number of the call that it makes; 0 for tasks in the background.
    call: u32,
}

thread_local! {
    static TASKS: RefCell<Slab<Task>> = const { RefCell::new(Slab::new()) };
    static READY: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    static CURRENT: Cell<u32> = const { Cell::new(0) };
}

struct TaskWaker(u32);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        READY.with_borrow_mut(|ready| ready.push(self.0));
    }
}

/// Begins a task; it is polled first by the next [`run`].
pub(crate) fn spawn(call: u32, future: TaskFuture) -> u32 {
    let task = TASKS.with_borrow_mut(|tasks| tasks.insert(Task { future: Some(future), call }));
    READY.with_borrow_mut(|ready| ready.push(task));
    task
}

/// Polls every task that can go on.
pub(crate) fn run() {
    while let Some(task) = READY.with_borrow_mut(Vec::pop) {
        poll(task);
    }
}

/// Drops a task, and with it what it waits for.
pub(crate) fn cancel(task: u32) {
    // Dropped after the borrow: what it drops may wake others.
    let task = TASKS.with_borrow_mut(|tasks| tasks.remove(task));
    drop(task);
}

/// The call that is being worked on; 0 in the background.
pub(crate) fn current_call() -> u32 {
    CURRENT.get()
}

fn poll(task: u32) {
    let taken = TASKS.with_borrow_mut(|tasks| {
        let task = tasks.get_mut(task)?;
        Some((task.future.take()?, task.call))
    });
    let Some((mut future, call)) = taken else { return };
    CURRENT.set(call);
    let waker = Waker::from(Arc::new(TaskWaker(task)));
    let ended = matches!(future.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Ready(()));
    CURRENT.set(0);
    if ended {
        cancel(task);
        return;
    }
    TASKS.with_borrow_mut(|tasks| {
        if let Some(task) = tasks.get_mut(task) {
            task.future = Some(future);
        }
    });
}
