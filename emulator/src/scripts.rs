//! Runs the scripts that customize tokens and sign-ins.
//!
//! Without the feature `scripts`, and in WebAssembly, no script runs.

use logto_admin::serde_json::Value;

/// Reason why a script has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No scripts run here.
    NotRun,
    /// The script denied the access.
    Denied(String),
    /// The script is invalid, has thrown, or needs too much time or memory.
    Failed(String),
}

/// Calls a function of a script with the payload, and returns its result. `None` is undefined.
#[cfg(all(feature = "scripts", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub(crate) fn run(script: &str, function: &str, payload: &Value) -> Result<Option<Value>, Failure> {
    engine::run(script, function, payload, engine::TIME)
}

#[cfg(not(all(feature = "scripts", not(all(target_arch = "wasm32", target_os = "unknown")))))]
pub(crate) fn run(_script: &str, _function: &str, _payload: &Value) -> Result<Option<Value>, Failure> {
    let _ = (Failure::Denied, Failure::Failed);
    Err(Failure::NotRun)
}

#[cfg(all(feature = "scripts", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod engine {
    use std::sync::mpsc;
    use std::thread;
    use std::time::{Duration, Instant};

    use logto_admin::serde_json::{self, Value};
    use rquickjs::{Context, Promise, Runtime};

    use super::Failure;

    /// Longest run time of a script.
    pub(super) const TIME: Duration = Duration::from_secs(3);
    /// Bytes.
    const MEMORY: usize = 64 << 20;
    const TOO_LONG: &str = "the script takes too long";

    /// Calls the function and returns its result or error as JSON. What the script logs is ignored.
    const CALL: &str = r#"(async () => {
        globalThis.console = new Proxy({}, { get: () => () => {} });
        try {
            const payload = JSON.parse(input.payload);
            const denyAccess = (message) => { throw Object.assign(new Error(message ?? ""), { denied: true }); };
            Object.defineProperty(payload, "api", { value: { denyAccess } });
            const call = new Function(`${input.script}\n;return ${input.function};`)();
            return JSON.stringify({ result: await call(payload) });
        } catch (error) {
            return JSON.stringify({ message: String(error?.message ?? error), denied: error?.denied === true });
        }
    })()"#;

    /// Runs a script on a thread of its own. The engine cannot interrupt all of its functions.
    pub(super) fn run(script: &str, function: &str, payload: &Value, time: Duration) -> Result<Option<Value>, Failure> {
        let [script, function, payload] = [script.to_owned(), function.to_owned(), payload.to_string()];
        let (sender, receiver) = mpsc::channel();
        let work = move || sender.send(evaluate(&script, &function, &payload, now() + time));
        thread::Builder::new().spawn(work).map_err(|error| Failure::Failed(error.to_string()))?;
        let answer = receiver.recv_timeout(time).unwrap_or_else(|_| Err(TOO_LONG.to_owned()));
        read(&answer.map_err(Failure::Failed)?)
    }

    #[allow(clippy::disallowed_methods, reason = "WebAssembly does not have this module")]
    fn now() -> Instant {
        Instant::now()
    }

    fn read(answer: &str) -> Result<Option<Value>, Failure> {
        let mut answer: Value = serde_json::from_str(answer).unwrap_or_default();
        let message = answer.get("message").and_then(Value::as_str).map(str::to_owned);
        match message {
            Some(message) if answer.get("denied") == Some(&Value::Bool(true)) => Err(Failure::Denied(message)),
            Some(message) => Err(Failure::Failed(message)),
            None => Ok(answer.get_mut("result").map(Value::take)),
        }
    }

    fn evaluate(script: &str, function: &str, payload: &str, end: Instant) -> Result<String, String> {
        let failed = |error: rquickjs::Error| error.to_string();
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_interrupt_handler(Some(Box::new(move || now() > end)));
        Context::full(&runtime).map_err(failed)?.with(|context| {
            let input = rquickjs::Object::new(context.clone()).map_err(failed)?;
            for (name, value) in [("script", script), ("function", function), ("payload", payload)] {
                input.set(name, value).map_err(failed)?;
            }
            context.globals().set("input", input).map_err(failed)?;
            let promise: Promise<'_> = context.eval(CALL).map_err(failed)?;
            loop {
                if let Some(result) = promise.result::<String>() {
                    return result.map_err(failed);
                }
                if now() > end {
                    return Err(TOO_LONG.to_owned());
                }
                if !context.execute_pending_job() {
                    return Err("the script waits for something that never happens".to_owned());
                }
            }
        })
    }
}

#[cfg(all(test, feature = "scripts"))]
mod tests {
    use std::time::Duration;

    use logto_admin::serde_json::json;

    use super::*;

    fn call(script: &str) -> Result<Option<Value>, Failure> {
        run(script, "f", &json!({ "n": 1 }))
    }

    #[test]
    fn a_script_has_three_seconds() {
        assert_eq!(engine::TIME, Duration::from_secs(3));
    }

    #[test]
    fn scripts_return_values_or_fail() {
        assert_eq!(call("const f = async ({ n }) => ({ n: n + 1 });"), Ok(Some(json!({ "n": 2 }))));
        assert_eq!(call("const f = () => {};"), Ok(None));
        assert_eq!(call("const f = () => null;"), Ok(Some(Value::Null)));
        assert_eq!(call("const f = () => { console.log('x'); console.table([]); };"), Ok(None));
        assert_eq!(call("const f = async () => { throw new Error('boom'); };"), Err(Failure::Failed("boom".into())));
        assert_eq!(call("const f = ({ api }) => api.denyAccess('m');"), Err(Failure::Denied("m".into())));
        assert!(matches!(call("syntax error("), Err(Failure::Failed(_))));
        assert!(matches!(call("const other = 1;"), Err(Failure::Failed(_))));
    }

    #[test]
    fn scripts_have_limits() {
        let limited = |script: &str| engine::run(script, "f", &json!({}), Duration::from_millis(50));
        for script in [
            "const f = () => { for (;;); };",
            "const f = async () => { for (;;) await 0; };",
            "const g = async () => { for (;;); }; const f = async () => { for (;;) try { await g(); } catch {} };",
            "const f = () => new Promise(() => {});",
            "const f = () => /^(a+)+$/.test('a'.repeat(40) + 'b');",
            "const f = () => new Array(4294967295).indexOf(1);",
            "const f = () => { const all = []; for (;;) all.push('x'.repeat(1 << 20) + all.length); };",
            "const f = () => f();",
        ] {
            assert!(matches!(limited(script), Err(Failure::Failed(_))), "{script}");
        }
    }
}
