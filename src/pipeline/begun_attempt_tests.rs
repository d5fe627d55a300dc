//! Calls whose first attempt began before the loop.

use std::sync::Mutex;

use async_trait::async_trait;
use futures_util::FutureExt;

use super::*;
use crate::runtime::model::ModelRuntime;

const SECOND: Duration = Duration::from_secs(1);
const START: Duration = Duration::from_secs(100);

/// A server that answers with these in order, and never after the last one.
struct Server {
    answers: Mutex<Vec<Answer>>,
    seen: Mutex<Vec<(u32, Option<String>)>>,
}

#[async_trait]
impl Attempt for Server {
    type Response = ();

    async fn send(&self, number: u32, token: Option<&AccessToken>, _: &mut Pass) -> Result<(Answer, ()), AttemptError> {
        self.seen.lock().unwrap().push((number, token.map(|token| token.secret().to_owned())));
        let answer = self.answers.lock().unwrap().pop();
        match answer {
            Some(answer) => Ok((answer, ())),
            None => std::future::pending().await,
        }
    }
}

fn server(answers: impl IntoIterator<Item = Answer>) -> Server {
    let mut answers: Vec<_> = answers.into_iter().collect();
    answers.reverse();
    Server { answers: Mutex::new(answers), seen: Mutex::default() }
}

fn status(status: u16) -> Answer {
    Answer { status, ..Answer::default() }
}

/// A pipeline that admits one request in ten seconds, at second 100.
fn pipeline() -> (Pipeline, ModelRuntime) {
    let runtime = ModelRuntime::default();
    runtime.advance_to(START);
    let limiter = Arc::new(Limiter::new(Some(RateLimit::new(1, 10 * SECOND))));
    (Pipeline { runtime: Arc::new(runtime.clone()), limiter }, runtime)
}

fn begun(seconds: u32) -> Begun {
    Begun { spent: seconds * SECOND, token: AccessToken::new("early") }
}

fn plan(begun: &Begun) -> Plan<'_> {
    Plan {
        label: None,
        retry: RetryPolicy::default(),
        idempotent: true,
        total_timeout: None,
        begun: Some(begun),
        urgent: false,
        tokens: None,
    }
}

#[test]
fn what_has_begun_waits_for_no_place_and_keeps_its_token() {
    let (pipeline, _) = pipeline();
    let mut other = pipeline.limiter.enter(false);
    assert_eq!(other.advance(START), None);
    let (server, begun) = (server([status(200)]), begun(0));
    let exchange = pipeline.run(&plan(&begun), &server).now_or_never().expect("not limited").unwrap();
    assert_eq!((exchange.answer.status, exchange.attempts), (200, 1));
    assert_eq!(*server.seen.lock().unwrap(), [(1, Some("early".to_owned()))]);
}

#[test]
fn the_time_of_a_call_includes_what_was_spent_before() {
    let (pipeline, _) = pipeline();
    let begun = begun(3);
    let exchange = pipeline.run(&plan(&begun), &server([status(200)])).now_or_never().unwrap().unwrap();
    assert_eq!(exchange.elapsed, 3 * SECOND);
}

#[test]
fn the_retry_of_what_has_begun_waits_for_a_place() {
    let (pipeline, runtime) = pipeline();
    let mut other = pipeline.limiter.enter(false);
    assert_eq!(other.advance(START), None);
    other.answered(START);
    let (server, begun) = (server([status(503), status(200)]), begun(0));
    let plan = plan(&begun);
    let mut call = pin!(pipeline.run(&plan, &server));
    assert!(call.as_mut().now_or_never().is_none(), "waits before the retry");
    runtime.advance();
    assert!(call.as_mut().now_or_never().is_none(), "waits for a place");
    runtime.advance();
    let exchange = call.now_or_never().expect("admitted").unwrap();
    assert_eq!((exchange.attempts, exchange.elapsed), (2, 10 * SECOND));
    assert_eq!(*server.seen.lock().unwrap(), [(1, Some("early".to_owned())), (2, None)]);
}

#[test]
fn the_total_timeout_includes_what_was_spent_before() {
    let (pipeline, runtime) = pipeline();
    let (server, begun) = (server([]), begun(3));
    let plan = Plan { total_timeout: Some(5 * SECOND), ..plan(&begun) };
    let mut call = pin!(pipeline.run(&plan, &server));
    assert!(call.as_mut().now_or_never().is_none());
    runtime.advance();
    let error = call.now_or_never().expect("timed out").err().unwrap();
    assert!(error.is_timeout());
    assert_eq!((runtime.monotonic(), error.elapsed(), error.attempts()), (START + 2 * SECOND, 5 * SECOND, 1));
}

#[test]
fn the_retry_time_includes_what_was_spent_before() {
    let (pipeline, _) = pipeline();
    let busy = Answer { retry_after: Some(8 * SECOND), ..status(503) };
    let begun = begun(3);
    let plan = Plan { retry: RetryPolicy::default().total(10 * SECOND), ..plan(&begun) };
    let exchange = pipeline.run(&plan, &server([busy])).now_or_never().expect("not retried").unwrap();
    assert_eq!((exchange.attempts, exchange.stopped), (1, Some(StopReason::Time)));
}

#[test]
fn an_answer_that_is_no_error_has_no_reason_why_it_was_not_retried() {
    for code in [200, 302] {
        let ((pipeline, _), begun) = (pipeline(), begun(0));
        let exchange = pipeline.run(&plan(&begun), &server([status(code)])).now_or_never().unwrap().unwrap();
        assert_eq!((exchange.answer.status, exchange.stopped), (code, None));
    }
}

#[test]
fn a_call_is_retried_within_its_total_timeout_whenever_it_starts() {
    let (pipeline, runtime) = pipeline();
    let (server, begun) = (server([status(503), status(200)]), begun(0));
    let plan = Plan { total_timeout: Some(60 * SECOND), ..plan(&begun) };
    let mut call = pin!(pipeline.run(&plan, &server));
    assert!(call.as_mut().now_or_never().is_none(), "waits before the retry");
    runtime.advance();
    let exchange = call.now_or_never().expect("a place is free").unwrap();
    assert_eq!((exchange.answer.status, exchange.attempts), (200, 2));
}
