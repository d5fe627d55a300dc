//! Operations of the host, as futures.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use logto_admin::binding::{Answer, AnswerFields, AttemptError, Obtained, access_token, lifetime};
use logto_admin::transport::{TransportError, TransportErrorKind};
use slab::Slab;
use wasm_bindgen::prelude::*;

use crate::{host, tasks};

/// How an operation ended.
pub(crate) enum Outcome {
    /// A sleep is over, or a function of the user has returned this.
    Done(bool),
    /// A function of the user has returned a token, or none.
    Token(Option<Obtained>),
    /// The server answered.
    Answer(Box<Answer>),
    /// The operation failed.
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
    static OPERATIONS: RefCell<Slab<Pending>> = const { RefCell::new(Slab::new()) };
}

/// An operation in progress. Dropping it cancels it.
pub(crate) struct Operation(u32);

impl Operation {
    /// Starts an operation. `start` passes its number to the host, and returns whether the host could start it.
    pub(crate) fn start(start: impl FnOnce(u32) -> bool) -> Self {
        let operation = OPERATIONS.with_borrow_mut(|operations| operations.insert(Pending::default())) as u32;
        if !start(operation) {
            let message = "the host cannot start this operation".to_owned();
            settle(operation, Outcome::Failed { kind: TransportErrorKind::Environment, never_sent: true, message });
        }
        Self(operation)
    }
}

/// Ends an operation, and wakes the task that waits for it.
fn settle(operation: u32, outcome: Outcome) {
    let waker = OPERATIONS.with_borrow_mut(|operations| {
        let pending = operations.get_mut(operation as usize)?;
        pending.outcome = Some(outcome);
        pending.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Future for Operation {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        OPERATIONS.with_borrow_mut(|operations| {
            let Some(pending) = operations.get_mut(self.0 as usize) else { return Poll::Pending };
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

impl Drop for Operation {
    fn drop(&mut self) {
        let pending = OPERATIONS.with_borrow_mut(|operations| operations.try_remove(self.0 as usize));
        // The host has forgotten an operation that has ended.
        if pending.is_some_and(|pending| pending.waker.is_some()) {
            host::cancel(self.0);
        }
    }
}

/// Ends a sleep, or a function of the user.
#[wasm_bindgen]
pub fn settle_done(operation: u32, done: bool) {
    settle(operation, Outcome::Done(done));
    tasks::run();
}

/// Ends a function of the user that returns a token. Empty texts are absent. `seconds` is the lifetime of the token,
/// negative if it has none, and `age` is how much of it has passed, negative unless the token comes from a store.
#[wasm_bindgen]
pub fn settle_token(operation: u32, secret: String, seconds: f64, age: f64, scope: String, missing_scope: String) {
    let lifetime = (seconds >= 0.0 || seconds.is_nan()).then(|| lifetime(seconds));
    let token = present(secret).map(|secret| {
        let token = access_token(secret, lifetime, present(scope), present(missing_scope));
        Obtained { token, age: Duration::from_secs(age as u64), stored: age >= 0.0 }
    });
    settle(operation, Outcome::Token(token));
    tasks::run();
}

/// Ends a request with the server's answer. Empty texts are absent; `retry_after` is in seconds, NaN if absent.
#[wasm_bindgen]
pub fn settle_answer(operation: u32, status: u16, retry_after: f64, is_html: bool, code: String, message: String) {
    let fields = AnswerFields { code: present(code), message: Some(message), ..AnswerFields::default() };
    settle_with(operation, status, retry_after, is_html, fields);
}

/// Ends a request to the token endpoint. Empty texts are absent, except `scope` if `has_scope` is set; `retry_after` and
/// `expires_in` are in seconds, NaN if absent.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would need more glue than it explains")]
pub fn settle_token_answer(
    operation: u32,
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
    settle_with(operation, status, retry_after, is_html, fields);
}

/// Ends an operation that failed. `kind`: 1 too large, 2 final and never sent, 3 broken body, 4 final, 5 a redirect that
/// is not followed, otherwise any other failure.
#[wasm_bindgen]
pub fn settle_failure(operation: u32, kind: u32, message: String) {
    let never_sent = kind == 2;
    let kind = match kind {
        1 => TransportErrorKind::TooLarge,
        2 | 4 => TransportErrorKind::Environment,
        3 => TransportErrorKind::Body,
        5 => TransportErrorKind::Redirect,
        _ => TransportErrorKind::Other,
    };
    settle(operation, Outcome::Failed { kind, never_sent, message });
    tasks::run();
}

fn settle_with(operation: u32, status: u16, retry_after: f64, is_html: bool, fields: AnswerFields) {
    let retry_after = (retry_after >= 0.0).then(|| Duration::from_secs(retry_after as u64));
    let answer = Answer { status, retry_after, is_html, fields, ..Answer::default() };
    settle(operation, Outcome::Answer(Box::new(answer)));
    tasks::run();
}

fn present(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
