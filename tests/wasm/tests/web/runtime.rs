//! Tests of the clock, timers and tasks in JavaScript.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::Reflect;
use logto_admin::runtime::{Runtime, WebRuntime};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Replaced, function, global};

const RUNTIME: WebRuntime = WebRuntime::new();

#[wasm_bindgen_test]
async fn sleeps_last_at_least_as_long_as_requested() {
    let before = RUNTIME.monotonic();
    RUNTIME.sleep(Duration::from_micros(10_500)).await;
    // Timers and the clock round differently.
    assert!(RUNTIME.monotonic() - before >= Duration::from_millis(9));
}

#[wasm_bindgen_test]
async fn sleeps_beyond_the_maximum_of_timers_do_not_end_immediately() {
    for long in [Duration::from_millis(1 << 31), Duration::from_millis((1 << 32) + 1), Duration::MAX] {
        let short = Box::pin(RUNTIME.sleep(Duration::from_millis(20)));
        assert!(matches!(select(RUNTIME.sleep(long), short).await, Either::Right(_)), "{long:?}");
    }
}

#[wasm_bindgen_test]
async fn dropped_sleeps_clear_their_timers() {
    let set = function(
        "callback, millis",
        "const handle = realSet(() => { pending.delete(handle); callback() }, millis); pending.add(handle); return handle",
    );
    let clear = function("handle", "pending.delete(handle); return realClear(handle)");
    let _real = (Replaced::new("realSet", &global("setTimeout")), Replaced::new("realClear", &global("clearTimeout")));
    let pending = js_sys::Set::new(&JsValue::UNDEFINED);
    let _noted = Replaced::new("pending", &pending);
    let _noting = (Replaced::new("setTimeout", &set), Replaced::new("clearTimeout", &clear));
    for long in [RUNTIME.sleep(Duration::from_secs(1000)), RUNTIME.sleep_in_background(Duration::from_secs(1000))] {
        let short = Box::pin(RUNTIME.sleep(Duration::from_millis(1)));
        let left = select(long, short).await;
        assert_eq!(pending.size(), 1);
        drop(left);
        assert_eq!(pending.size(), 0);
    }
}

#[wasm_bindgen_test]
async fn only_background_sleeps_let_the_process_exit() {
    let set = function(
        "callback, millis",
        "realSet(callback, millis); return { unref() { globalThis.unreferenced = true } }",
    );
    let _real = Replaced::new("realSet", &global("setTimeout"));
    let _without_ends = (Replaced::new("setTimeout", &set), Replaced::new("clearTimeout", &function("", "")));
    let unreferenced = || Reflect::get(&js_sys::global(), &"unreferenced".into()).unwrap().is_truthy();
    RUNTIME.sleep(Duration::from_millis(1)).await;
    assert!(!unreferenced());
    RUNTIME.sleep_in_background(Duration::from_millis(1)).await;
    assert!(unreferenced());
}

#[wasm_bindgen_test]
async fn missing_timers_clock_and_randomness_do_not_trap() {
    let refuse = function("", "throw new Error('not outside of a request')");
    {
        // Cloudflare Workers do this outside of requests.
        let workers = function("", "return { userAgent: 'Cloudflare-Workers' }").call0(&JsValue::NULL).unwrap();
        let _there = (Replaced::new("navigator", &workers), Replaced::new("setTimeout", &refuse));
        let _without = Replaced::new("Math", &without_randomness());
        RUNTIME.sleep(Duration::from_secs(1000)).await;
        RUNTIME.sleep_in_background(Duration::from_secs(1000)).await;
    }
    {
        let _without = Replaced::new("performance", &JsValue::UNDEFINED);
        assert!(RUNTIME.monotonic() > Duration::from_secs(1_000_000_000));
    }
    let _without = Replaced::new("Math", &without_randomness());
    assert!((0.0..1.0).contains(&RUNTIME.random()));
}

fn without_randomness() -> JsValue {
    let math = function("", "const math = Object.create(Math); math.random = () => { throw 1 }; return math");
    math.call0(&JsValue::NULL).unwrap()
}

#[wasm_bindgen_test]
async fn spawned_tasks_run() {
    let done = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&done);
    RUNTIME.spawn(Box::pin(async move { flag.store(true, Ordering::Relaxed) }));
    RUNTIME.sleep(Duration::from_millis(1)).await;
    assert!(done.load(Ordering::Relaxed));
}

#[wasm_bindgen_test]
fn the_wall_clock_matches_javascript() {
    let now = RUNTIME.now().as_millis() as f64;
    assert!((now - js_sys::Date::now()).abs() < 60_000.0);
    assert!(!RUNTIME.isolates_requests());
}
