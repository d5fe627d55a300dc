use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use gloo_timers::future::TimeoutFuture;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use super::Runtime;
use crate::types::Timestamp;

/// The clocks, timers and tasks of a JavaScript runtime: a browser, Node, Deno, Bun or an edge worker.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebRuntime;

/// The longest timer of JavaScript; longer sleeps are made of several.
const LONGEST_TIMER: Duration = Duration::from_millis(i32::MAX as u64);

impl WebRuntime {
    /// The runtime. Nothing is read or started before it is used.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[async_trait]
impl Runtime for WebRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(js_sys::Date::now() as i64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs_f64(js_sys::Date::now().max(0.0) / 1000.0)
    }

    async fn sleep(&self, duration: Duration) {
        let mut left = duration;
        while !left.is_zero() {
            let step = left.min(LONGEST_TIMER);
            // Rounded up, so that a sleep never ends early.
            let millis = step.as_micros().div_ceil(1000) as u32;
            SendWrapper::new(TimeoutFuture::new(millis)).await;
            left -= step;
        }
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        wasm_bindgen_futures::spawn_local(task);
    }

    fn isolates_requests(&self) -> bool {
        user_agent().as_deref() == Some("Cloudflare-Workers")
    }
}

fn user_agent() -> Option<String> {
    let navigator = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("navigator")).ok()?;
    js_sys::Reflect::get(&navigator, &JsValue::from_str("userAgent")).ok()?.as_string()
}
