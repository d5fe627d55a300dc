use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// The longest timer of JavaScript. A longer one would end immediately.
pub(super) const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(callback: &js_sys::Function, millis: i32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue) -> Result<(), JsValue>;

    // In Node and Bun, timers are objects. `unref` lets the process end before the timer.
    type NodeTimer;

    #[wasm_bindgen(catch, method)]
    fn unref(this: &NodeTimer) -> Result<JsValue, JsValue>;

    // In Deno, timers are numbers.
    #[wasm_bindgen(catch, js_namespace = Deno, js_name = unrefTimer)]
    fn deno_unref(handle: &JsValue) -> Result<(), JsValue>;
}

/// A JavaScript timer as a future. It does not keep the process alive. Dropping it clears the timer.
///
/// A timer of `gloo-timers` keeps a Node process alive, and panics where timers are not available, such as on
/// Cloudflare Workers outside of requests. This one ends immediately there, which is better than never.
pub(super) struct Timer {
    state: Rc<RefCell<State>>,
    handle: Option<JsValue>,
    _callback: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    over: bool,
    waker: Option<Waker>,
}

impl Timer {
    /// Starts a timer, of at most [`LONGEST`].
    pub(super) fn new(duration: Duration) -> Self {
        let state = Rc::new(RefCell::new(State::default()));
        let shared = Rc::clone(&state);
        let callback = Closure::<dyn FnMut()>::new(move || {
            shared.borrow_mut().over = true;
            let waker = shared.borrow_mut().waker.take();
            waker.into_iter().for_each(Waker::wake);
        });
        let handle = set_timeout(callback.as_ref().unchecked_ref(), whole_millis(duration)).ok();
        state.borrow_mut().over = handle.is_none();
        if let Some(handle) = &handle {
            unreference(handle);
        }
        Self { state, handle, _callback: callback }
    }
}

/// Rounds up to milliseconds, so that a sleep never ends early.
pub(super) fn whole_millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(i32::MAX)
}

/// Lets the process end while the timer is pending. Does nothing in browsers and workers, where this is not needed.
fn unreference(handle: &JsValue) {
    if handle.is_object() {
        let _ = handle.unchecked_ref::<NodeTimer>().unref();
    } else {
        let _ = deno_unref(handle);
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        if state.over {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let pending = !self.state.borrow().over;
        if let Some(handle) = self.handle.as_ref().filter(|_| pending) {
            let _ = clear_timeout(handle);
        }
    }
}
