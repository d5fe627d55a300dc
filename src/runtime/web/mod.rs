mod timer;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use gloo_timers::future::TimeoutFuture;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use self::timer::Timer;
use super::Runtime;
use crate::types::Timestamp;

/// A runtime on JavaScript's clocks, timers and tasks.
///
/// Works in browsers, Node, Deno, Bun and edge workers.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebRuntime;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = performance, js_name = now)]
    fn performance_now() -> Result<f64, JsValue>;

    // Cloudflare Workers reject this outside of requests.
    #[wasm_bindgen(catch, js_namespace = Math, js_name = random)]
    fn math_random() -> Result<f64, JsValue>;
}

impl WebRuntime {
    /// Creates a runtime. Reads and starts nothing before it is used.
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
        let millis = performance_now().unwrap_or_else(|_| js_sys::Date::now());
        Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default()
    }

    async fn sleep(&self, duration: Duration) {
        // Workers reject timers outside of requests, and `gloo-timers` panics there.
        if self.isolates_requests() {
            return self.sleep_in_background(duration).await;
        }
        for step in steps(duration) {
            SendWrapper::new(TimeoutFuture::new(timer::whole_millis(step).unsigned_abs())).await;
        }
    }

    async fn sleep_in_background(&self, duration: Duration) {
        for step in steps(duration) {
            SendWrapper::new(Timer::new(step)).await;
        }
    }

    fn random(&self) -> f64 {
        math_random().unwrap_or(0.5)
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        wasm_bindgen_futures::spawn_local(task);
    }

    fn isolates_requests(&self) -> bool {
        user_agent().as_deref() == Some("Cloudflare-Workers")
    }
}

/// Splits a sleep into timers, because the length of a timer is limited.
fn steps(duration: Duration) -> impl Iterator<Item = Duration> {
    let mut left = duration;
    std::iter::from_fn(move || {
        let step = left.min(timer::LONGEST);
        left -= step;
        Some(step).filter(|step| !step.is_zero())
    })
}

/// Returns the user agent of the JavaScript runtime. In browsers, it starts with `Mozilla/`.
pub(crate) fn user_agent() -> Option<String> {
    let navigator = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("navigator")).ok()?;
    js_sys::Reflect::get(&navigator, &JsValue::from_str("userAgent")).ok()?.as_string()
}
