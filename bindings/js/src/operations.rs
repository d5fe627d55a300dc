//! Operations of the host, as futures.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use logto_admin::binding::{Answer, AnswerFields, AttemptError};
use logto_admin::transport::{TransportError, TransportErrorKind};
use slab::Slab;
use wasm_bindgen::prelude::*;

use crate::{host, tasks};

/// How an operation ended.
pub(crate) enum Outcome {
    /// A sleep is over.
    Slept,
    /// A function of the user returned.
    Value { text: String, seconds: f64 },
    /// The server answered.
    Answer(Box<Answer>),
    /// The operation failed.
    Failed { kind: TransportErrorKind, message: String },
}

impl Outcome {
    /// Returns the answer of a request.
    pub(crate) fn answer(self) -> Result<Answer, AttemptError> {
        match self {
            Self::Answer(answer) => Ok(*answer),
            Self::Failed { kind, message } => Err(TransportError::new(kind, message).into()),
            Self::Slept | Self::Value { .. } => Err(TransportError::new(TransportErrorKind::Other, "").into()),
        }
    }

    /// Returns the value of a function, or what it threw.
    pub(crate) fn value(self) -> Result<(String, f64), String> {
        match self {
            Self::Value { text, seconds } => Ok((text, seconds)),
            Self::Failed { message, .. } => Err(message),
            Self::Slept | Self::Answer(_) => Err(String::new()),
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
            settle(operation, Outcome::Failed { kind: TransportErrorKind::Other, message });
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

/// Ends a sleep.
#[wasm_bindgen]
pub fn settle_sleep(operation: u32) {
    settle(operation, Outcome::Slept);
    tasks::run();
}

/// Ends a function of the user. `seconds` is the lifetime of an access token.
#[wasm_bindgen]
pub fn settle_value(operation: u32, text: String, seconds: f64) {
    settle(operation, Outcome::Value { text, seconds });
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

/// Ends an operation that failed. `kind`: 1 too large, 2 unsupported here, 3 broken body, otherwise any other failure.
#[wasm_bindgen]
pub fn settle_failure(operation: u32, kind: u32, message: String) {
    let kind = match kind {
        1 => TransportErrorKind::TooLarge,
        2 => TransportErrorKind::Environment,
        3 => TransportErrorKind::Body,
        _ => TransportErrorKind::Other,
    };
    settle(operation, Outcome::Failed { kind, message });
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
