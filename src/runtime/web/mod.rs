mod background;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use gloo_timers::future::TimeoutFuture;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

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
    /// Creates a runtime. Does no I/O and starts no timers until it is used.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }

    /// Returns the lengths of the timers that make up a sleep, in milliseconds.
    ///
    /// Cloudflare Workers reject timers outside of requests, as they do randomness, and `gloo-timers` panics there. A
    /// sleep ends immediately there, which is better than never.
    fn timers(self, duration: Duration) -> impl Iterator<Item = u32> {
        let allowed = !self.isolates_requests() || math_random().is_ok();
        timers(duration).filter(move |_| allowed)
    }
}

#[async_trait]
impl Runtime for WebRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        let millis = performance_now().unwrap_or_else(|_| js_sys::Date::now());
        Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default()
    }

    async fn sleep(&self, duration: Duration) {
        for millis in self.timers(duration) {
            SendWrapper::new(TimeoutFuture::new(millis)).await;
        }
    }

    async fn sleep_in_background(&self, duration: Duration) {
        for millis in self.timers(duration) {
            SendWrapper::new(background::sleep(millis)).await;
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

/// The longest timer of JavaScript. A longer one would end immediately.
const LONGEST: u128 = i32::MAX as u128;

/// Splits a sleep into timers. Rounds up to milliseconds, so that a sleep never ends early.
fn timers(duration: Duration) -> impl Iterator<Item = u32> {
    let mut left = duration.as_micros().div_ceil(1000);
    std::iter::from_fn(move || {
        let millis = u32::try_from(left.min(LONGEST)).unwrap_or(u32::MAX);
        left -= u128::from(millis);
        Some(millis).filter(|millis| *millis > 0)
    })
}

/// Returns the user agent of the JavaScript runtime. In browsers, it starts with `Mozilla/`.
pub(crate) fn user_agent() -> Option<String> {
    let navigator = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("navigator")).ok()?;
    js_sys::Reflect::get(&navigator, &JsValue::from_str("userAgent")).ok()?.as_string()
}
