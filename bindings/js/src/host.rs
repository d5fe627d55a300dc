//! The host: its functions, and its jobs as futures. A job is a fetch, a timer or a function of the user. The module
//! starts it by number, and the host settles it by calling back.
//!
//! The functions of the host do not throw, and do not call back before they return. `false` means that the job could not
//! start.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use logto_admin::hosted::{Answer, AnswerFields, AttemptError, Obtained, access_token, lifetime};
use logto_admin::transport::{TransportError, TransportErrorKind};
use slab::Slab;
use wasm_bindgen::prelude::*;

use crate::tasks;

#[wasm_bindgen]
extern "C" {
    /// Returns milliseconds since the epoch.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn now() -> f64;

    /// Returns milliseconds on a clock that never goes back.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn monotonic() -> f64;

    /// Returns a random number from 0 (inclusive) to 1 (exclusive).
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn random() -> f64;

    /// Sends the request of a call, with this `Authorization` header unless it is empty. `attempt` counts from 1.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn send(job: u32, call: u32, attempt: u32, authorization: &str) -> bool;

    /// Writes and sends a request to the token endpoint. `attempt` counts from 1.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn send_token(job: u32, client: u32, attempt: u32) -> bool;

    /// Sleeps. A background timer does not keep a process alive.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn sleep(job: u32, milliseconds: f64, background: bool) -> bool;

    /// Calls the user's function for access tokens.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn fetch_token(job: u32, client: u32) -> bool;

    /// Reads the token of this client from the user's token store.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_get(job: u32, client: u32) -> bool;

    /// Writes the token of this client to the user's token store. `seconds` is its lifetime; negative if it has none.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_set(job: u32, client: u32, token: &str, seconds: f64, scope: &str, missing_scope: &str)
    -> bool;

    /// Removes the token of this client from the user's token store.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_remove(job: u32, client: u32) -> bool;

    /// Acquires one of two locks on the token of this client.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_lock(job: u32, client: u32, second: bool, owner: &str, seconds: f64) -> bool;

    /// Releases a lock.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_unlock(job: u32, client: u32, second: bool, owner: &str) -> bool;

    /// Cancels a job.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn cancel(job: u32);

    /// Resolves a call. The host has its response. Until `fresh_until`, on the monotonic clock in milliseconds, other calls
    /// may use its access token.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn resolve(call: u32, fresh_until: f64);

    /// Resolves a call for the access token.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn resolve_token(call: u32, token: &str);

    /// Rejects a call.
    #[wasm_bindgen(js_namespace = host)]
    #[allow(clippy::too_many_arguments, reason = "an object would need more glue than it explains")]
    pub(crate) fn reject(
        call: u32,
        of_token: bool,
        kind: &str,
        message: &str,
        status: u16,
        code: &str,
        hint: &str,
        attempts: u32,
        stop_reason: &str,
    );
}

/// How a job ended.
pub(crate) enum Outcome {
    /// A sleep is over, or a function of the user has returned this.
    Done(bool),
    /// A function of the user has returned a token, or none.
    Token(Option<Obtained>),
    /// The server answered.
    Answer(Box<Answer>),
    /// The job failed.
    Failed { kind: TransportErrorKind, never_sent: bool, message: String },
}

impl Outcome {
    /// Returns the answer of a request.
    pub(crate) fn answer(self) -> Result<Answer, AttemptError> {
        match self {
            Self::Answer(answer) => Ok(*answer),
            Self::Failed { kind, never_sent, message } => {
                Err(TransportError::new(kind, message).with_never_sent(never_sent).into())
            }
            Self::Done(_) | Self::Token(_) => Err(TransportError::new(TransportErrorKind::Other, "").into()),
        }
    }

    /// Returns the token that a function returned, or what it threw.
    pub(crate) fn token(self) -> Result<Option<Obtained>, String> {
        match self {
            Self::Token(token) => Ok(token),
            Self::Failed { message, .. } => Err(message),
            Self::Done(_) | Self::Answer(_) => Err(String::new()),
        }
    }

    /// Returns what a function returned, or what it threw.
    pub(crate) fn done(self) -> Result<bool, String> {
        match self {
            Self::Done(done) => Ok(done),
            Self::Failed { message, .. } => Err(message),
            Self::Token(_) | Self::Answer(_) => Err(String::new()),
        }
    }
}

#[derive(Default)]
struct Pending {
    waker: Option<Waker>,
    outcome: Option<Outcome>,
}

thread_local! {
    static JOBS: RefCell<Slab<Pending>> = const { RefCell::new(Slab::new()) };
}

/// A job in progress. Dropping it cancels it.
pub(crate) struct Job(u32);

impl Job {
    /// Starts a job. `start` passes its number to the host, and returns whether the host could start it.
    pub(crate) fn start(start: impl FnOnce(u32) -> bool) -> Self {
        let job = JOBS.with_borrow_mut(|jobs| jobs.insert(Pending::default())) as u32;
        if !start(job) {
            let message = "the host cannot start this job".to_owned();
            settle(job, Outcome::Failed { kind: TransportErrorKind::Environment, never_sent: true, message });
        }
        Self(job)
    }
}

/// Ends a job, and wakes the task that waits for it.
fn settle(job: u32, outcome: Outcome) {
    let waker = JOBS.with_borrow_mut(|jobs| {
        let pending = jobs.get_mut(job as usize)?;
        pending.outcome = Some(outcome);
        pending.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Future for Job {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        JOBS.with_borrow_mut(|jobs| {
            let Some(pending) = jobs.get_mut(self.0 as usize) else { return Poll::Pending };
            match pending.outcome.take() {
                Some(outcome) => Poll::Ready(outcome),
                None => {
                    pending.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let pending = JOBS.with_borrow_mut(|jobs| jobs.try_remove(self.0 as usize));
        // The host has forgotten a job that has ended.
        if pending.is_some_and(|pending| pending.waker.is_some()) {
            cancel(self.0);
        }
    }
}

/// Ends a sleep, or a function of the user.
#[wasm_bindgen]
pub fn settle_done(job: u32, done: bool) {
    settle(job, Outcome::Done(done));
    tasks::run();
}

/// Ends a function of the user that returns a token. Empty texts are absent. `seconds` is the lifetime of the token,
/// negative if it has none. `age` is how much of it has passed, negative unless the token comes from a store.
#[wasm_bindgen]
pub fn settle_token(job: u32, secret: String, seconds: f64, age: f64, scope: String, missing_scope: String) {
    let lifetime = (seconds >= 0.0 || seconds.is_nan()).then(|| lifetime(seconds));
    let token = present(secret).map(|secret| {
        let token = access_token(secret, lifetime, present(scope), present(missing_scope));
        Obtained { token, age: Duration::from_secs(age as u64), stored: age >= 0.0 }
    });
    settle(job, Outcome::Token(token));
    tasks::run();
}

/// Ends a request with the server's answer. Empty texts are absent; `retry_after` is in seconds, NaN if absent.
#[wasm_bindgen]
pub fn settle_answer(job: u32, status: u16, retry_after: f64, is_html: bool, code: String, message: String) {
    let fields = AnswerFields { code: present(code), message: Some(message), ..AnswerFields::default() };
    settle_with(job, status, retry_after, is_html, fields);
}

/// Ends a request to the token endpoint. Empty texts are absent, except `scope` if `has_scope` is set; `retry_after` and
/// `expires_in` are in seconds, NaN if absent.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would need more glue than it explains")]
pub fn settle_token_answer(
    job: u32,
    status: u16,
    retry_after: f64,
    is_html: bool,
    error: String,
    description: String,
    access_token: String,
    has_expiry: bool,
    expires_in: f64,
    has_scope: bool,
    scope: String,
) {
    let fields = AnswerFields {
        error: present(error),
        error_description: present(description),
        access_token: present(access_token),
        expires_in: has_expiry.then_some(expires_in),
        scope: has_scope.then_some(scope),
        ..AnswerFields::default()
    };
    settle_with(job, status, retry_after, is_html, fields);
}

/// Ends a job that failed. `kind`: 1 too large, 2 final and never sent, 3 broken body, 4 final, 5 a redirect that
/// is not followed, otherwise any other failure.
#[wasm_bindgen]
pub fn settle_failure(job: u32, kind: u32, message: String) {
    let never_sent = kind == 2;
    let kind = match kind {
        1 => TransportErrorKind::TooLarge,
        2 | 4 => TransportErrorKind::Environment,
        3 => TransportErrorKind::Body,
        5 => TransportErrorKind::Redirect,
        _ => TransportErrorKind::Other,
    };
    settle(job, Outcome::Failed { kind, never_sent, message });
    tasks::run();
}

fn settle_with(job: u32, status: u16, retry_after: f64, is_html: bool, fields: AnswerFields) {
    let retry_after = (retry_after >= 0.0).then(|| Duration::from_secs(retry_after as u64));
    let answer = Answer { status, retry_after, is_html, left_origin: false, fields };
    settle(job, Outcome::Answer(Box::new(answer)));
    tasks::run();
}

fn present(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
