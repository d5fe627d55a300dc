//! Verification codes that were sent to an email address or a phone number.

use std::borrow::Cow;

use super::verification_code::Code;
pub(crate) use super::verification_code::Purpose;
use crate::errors::{Outcome, Refusal};
use crate::record::Members;
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;
use crate::state::messages::{self, Channel, Recipient};

/// Milliseconds. The sign-in experience can set another lifetime.
const LIFETIME: i64 = 600_000;
/// The sign-in experience can set another number.
const MOST_TRIES: u32 = 10;

/// Returns a number in the policy of the sign-in experience.
fn policy(state: &State, name: &str) -> Option<f64> {
    state.settings.get(&SIGN_IN_EXPERIENCE).get("verificationCodePolicy")?.get(name)?.as_f64()
}

impl Purpose {
    /// Creates a purpose outside of a session.
    pub(crate) const fn of(usage: &'static str) -> Self {
        Self { usage: Cow::Borrowed(usage), session: String::new() }
    }

    /// Returns whether a code for `self` is a code of the recipient for `other`.
    ///
    /// A session has one code per usage. Outside of a session, each recipient has one.
    fn covers(&self, other: &Self, code: &Code, recipient: &Recipient) -> bool {
        self == other && (!self.session.is_empty() || code.recipient == *recipient)
    }
}

/// Whether the message with a code is sent.
pub(crate) enum Delivery {
    /// With these variables besides the code.
    Sent(Members),
    /// The code exists, but nobody learns it.
    Suppressed,
}

/// Sends a code. It replaces the code that was sent before for the same purpose.
pub(crate) fn send(
    state: &mut State,
    now: i64,
    recipient: &Recipient,
    purpose: Purpose,
    delivery: Delivery,
) -> Outcome<()> {
    let code = state.ids.digits(6);
    match delivery {
        Delivery::Sent(mut variables) => {
            variables.insert("code".to_owned(), code.clone().into());
            messages::send(state, now, recipient, &purpose.usage, variables)?;
        }
        Delivery::Suppressed => messages::withhold(state, now, recipient, &purpose.usage)?,
    }
    state.codes.retain(|known| !known.purpose.covers(&purpose, known, recipient));
    let code = Code { recipient: recipient.clone(), purpose, code, sent_at: now, tries: 0 };
    state.codes.push(code);
    Ok(())
}

/// Verifies a code and marks it as used.
pub(crate) fn verify(
    state: &mut State,
    now: i64,
    recipient: &Recipient,
    purpose: &Purpose,
    given: &str,
) -> Outcome<()> {
    // Sessions do not look for a code without one.
    if given.is_empty() && !purpose.session.is_empty() {
        return Err(wrong("not_found"));
    }
    let found = state.codes.iter().position(|known| known.purpose.covers(purpose, known, recipient));
    let place = found.ok_or_else(|| wrong("not_found"))?;
    // The policy at this time counts, not that of the time when the code was sent.
    let lifetime = policy(state, "expirationDuration").map_or(LIFETIME, |seconds| (seconds * 1000.0) as i64);
    let most_tries = policy(state, "maxRetryAttempts").map_or(MOST_TRIES, |tries| tries as u32);
    let code = state.codes.get_mut(place).ok_or_else(|| wrong("not_found"))?;
    if code.recipient != *recipient {
        return Err(wrong(if recipient.channel == Channel::Email { "email_mismatch" } else { "phone_mismatch" }));
    }
    if code.sent_at.saturating_add(lifetime) < now {
        return Err(wrong("expired"));
    }
    if code.tries >= most_tries {
        return Err(wrong("exceed_max_try"));
    }
    if code.code != given {
        code.tries += 1;
        return Err(wrong("code_mismatch"));
    }
    state.codes.remove(place);
    Ok(())
}

fn wrong(problem: &str) -> Refusal {
    Refusal::usual(400, &format!("verification_code.{problem}"))
}
