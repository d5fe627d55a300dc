//! Pure decisions: the next step of a caller at a given time.

use std::sync::Arc;
use std::time::Duration;

use crate::token::obtained::{Known, Obtained};
use crate::token::renewal_schedule::{LONGEST_WAIT, RenewalSchedule, backoff};
use crate::token::{AccessToken, TokenError};

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;

/// The number of a renewal. Later renewals have larger numbers.
pub(super) type Ticket = u64;

/// Next step of a caller.
#[derive(Debug)]
pub(super) enum Step {
    /// Use this token.
    Use(AccessToken),
    /// Use this token, and run the renewal that was just started.
    UseAndRenew(AccessToken, Ticket),
    /// Run the renewal that was just started.
    Renew(Ticket),
    /// Wait for a renewal, at most for this long; then ask again.
    Wait(Ticket, Duration),
    /// The awaited renewal has failed.
    Fail(Arc<TokenError>),
}

/// The token of a client, and its renewals.
#[derive(Debug)]
pub(super) struct Cell {
    schedule: RenewalSchedule,
    held: Option<Held>,
    /// A token that the API rejected. It must not come back from a store.
    refused: Option<AccessToken>,
    /// Number of tokens in a row that the API has rejected before they were due.
    refusals: u32,
    running: Option<Running>,
    last: Ticket,
    failure: Option<Failure>,
}

#[derive(Debug)]
struct Held {
    token: AccessToken,
    /// The renewal that returned it.
    ticket: Ticket,
    since: Duration,
    /// Whether it came from a store, where another process has put it.
    stored: bool,
    /// Time of the renewal, and of the expiry.
    due: Option<Duration>,
    end: Option<Duration>,
    /// Whether the API has rejected it.
    rejected: bool,
}

#[derive(Clone, Copy, Debug)]
struct Running {
    ticket: Ticket,
    since: Duration,
}

/// The last failed renewal. Cleared by a success.
#[derive(Debug)]
struct Failure {
    ticket: Ticket,
    error: Arc<TokenError>,
    in_a_row: u32,
    retry_at: Duration,
    /// Whether calls had no valid token to use meanwhile.
    leaves_none: bool,
}

impl Held {
    fn lives(&self, now: Duration) -> bool {
        self.end.is_none_or(|end| now < end)
    }

    fn is_due(&self, now: Duration) -> bool {
        self.due.is_some_and(|due| due <= now)
    }
}

impl Failure {
    /// Whether calls without a token fail at once, until the next try.
    fn stops_calls(&self, now: Duration) -> bool {
        self.leaves_none && now < self.retry_at
    }
}

impl Cell {
    pub(super) const fn new(schedule: RenewalSchedule) -> Self {
        Self { schedule, held: None, refused: None, refusals: 0, running: None, last: 0, failure: None }
    }

    /// Returns what a caller has to do now. `awaited` is the first renewal that it has waited for.
    pub(super) fn next(&mut self, now: Duration, awaited: Option<Ticket>) -> Step {
        let brought = |held: &Held| awaited.is_some_and(|awaited| awaited <= held.ticket);
        // A caller that has waited for a token uses it even if it has already expired: another renewal would not help.
        if let Some(held) = self.held.as_ref().filter(|held| held.lives(now) || brought(held)) {
            let token = held.token.clone();
            let renew = held.lives(now) && held.is_due(now) && self.may_renew(now);
            return if renew { Step::UseAndRenew(token, self.begin(now)) } else { Step::Use(token) };
        }
        match &self.failure {
            Some(failure) if awaited.is_some_and(|awaited| awaited <= failure.ticket) => {
                Step::Fail(Arc::clone(&failure.error))
            }
            // A renewal for each call before the next try would overload the endpoint.
            Some(failure) if failure.stops_calls(now) && self.within_lease(now).is_none() => {
                Step::Fail(Arc::clone(&failure.error))
            }
            _ => self.join(now),
        }
    }

    /// Waits for the renewal in progress, or starts one.
    pub(super) fn join(&mut self, now: Duration) -> Step {
        match self.within_lease(now) {
            Some(running) => {
                Step::Wait(running.ticket, running.since.saturating_add(self.schedule.lease).saturating_sub(now))
            }
            None => Step::Renew(self.begin(now)),
        }
    }

    /// Returns the renewal in progress. A renewal that has outlived its lease counts as lost.
    fn within_lease(&self, now: Duration) -> Option<Running> {
        self.running.filter(|running| now < running.since.saturating_add(self.schedule.lease))
    }

    fn may_renew(&self, now: Duration) -> bool {
        let waiting = self.failure.as_ref().is_some_and(|failure| now < failure.retry_at);
        !waiting && self.within_lease(now).is_none()
    }

    fn begin(&mut self, now: Duration) -> Ticket {
        self.last += 1;
        self.running = Some(Running { ticket: self.last, since: now });
        self.last
    }

    /// Whether a caller that waits for this renewal has to keep waiting. It first waited for `awaited`.
    pub(super) fn keeps_waiting(&self, ticket: Ticket, awaited: Ticket, now: Duration) -> bool {
        let lives = self.held.as_ref().is_some_and(|held| held.lives(now));
        let failed = self.failure.as_ref().is_some_and(|failure| awaited <= failure.ticket);
        !lives && !failed && self.running.is_some_and(|running| running.ticket == ticket)
    }

    /// Records the token of a renewal. If another renewal has replaced it meanwhile, the newer token stays.
    pub(super) fn succeeded(&mut self, ticket: Ticket, obtained: Obtained, now: Duration) {
        self.finish(ticket);
        self.failure = None;
        if self.held.as_ref().is_none_or(|held| held.ticket < ticket || !held.lives(now)) {
            drop(self.retire());
            self.held = Some(self.hold(ticket, obtained, now));
        }
    }

    /// Removes the current token. One that the API did not reject ends the row of rejected tokens.
    fn retire(&mut self) -> Option<AccessToken> {
        let held = self.held.take()?;
        if !held.rejected {
            self.refusals = 0;
        }
        Some(held.token)
    }

    fn hold(&self, ticket: Ticket, obtained: Obtained, now: Duration) -> Held {
        let Obtained { token, age, stored } = obtained;
        let end = token.lifetime().map(|lifetime| now.saturating_add(lifetime.saturating_sub(age)));
        let leeway = token.lifetime().map(|lifetime| self.schedule.leeway(lifetime));
        let due = end.zip(leeway).map(|(end, leeway)| end.saturating_sub(leeway)).filter(|_| self.schedule.renewable);
        Held { token, ticket, since: now, stored, due, end, rejected: false }
    }

    /// Records the failure of a renewal. If another renewal has replaced it meanwhile, callers that waited for this one
    /// still fail. Otherwise they would replace renewals one after the other while the endpoint hangs. The result of a
    /// newer renewal stays.
    pub(super) fn failed(&mut self, ticket: Ticket, error: Arc<TokenError>, now: Duration) {
        self.finish(ticket);
        let youngest =
            self.failure.as_ref().map(|failure| failure.ticket).max(self.held.as_ref().map(|held| held.ticket));
        if youngest.is_none_or(|youngest| youngest < ticket) {
            let in_a_row = self.failure.as_ref().map_or(0, |failure| failure.in_a_row).saturating_add(1);
            let wait = backoff(in_a_row).max(error.retry_after().unwrap_or_default().min(LONGEST_WAIT));
            let leaves_none = !self.held.as_ref().is_some_and(|held| held.lives(now));
            self.failure = Some(Failure { ticket, error, in_a_row, retry_at: now.saturating_add(wait), leaves_none });
        }
    }

    /// Records that a renewal was dropped before its end. The next caller starts another.
    pub(super) fn died(&mut self, ticket: Ticket) {
        self.finish(ticket);
    }

    fn finish(&mut self, ticket: Ticket) {
        self.running.take_if(|running| running.ticket == ticket);
    }

    /// Discards `token` if it is still current. Returns whether the caller may try once more.
    ///
    /// If the API rejects new tokens one after the other, each is kept for longer before it is discarded: another one would
    /// not help. A token that is due for renewal does not count: it has expired by the server's clock, or on its way there.
    pub(super) fn discard(&mut self, token: &AccessToken, now: Duration) -> bool {
        if !self.schedule.renewable {
            return false;
        }
        let Some(held) = self.held.as_mut().filter(|held| held.token == *token) else { return true };
        if !held.is_due(now) {
            held.rejected = true;
            let age = now.saturating_sub(held.since);
            if !held.stored && self.refusals > 0 && age < backoff(self.refusals) {
                return false;
            }
            self.refusals = if age < LONGEST_WAIT { self.refusals.saturating_add(1) } else { 1 };
        }
        self.refused = self.retire();
        true
    }

    /// Returns the current token, if it is valid.
    pub(super) fn living(&self, now: Duration) -> Option<&AccessToken> {
        self.held.as_ref().filter(|held| held.lives(now)).map(|held| &held.token)
    }

    /// Returns until when callers use the current token without asking again. Zero without a token.
    pub(super) fn fresh_until(&self) -> Duration {
        let Some(held) = &self.held else { return Duration::ZERO };
        held.due.into_iter().chain(held.end).min().unwrap_or(Duration::MAX)
    }

    pub(super) fn known(&self, now: Duration) -> Known {
        Known { living: self.living(now).cloned(), refused: self.refused.clone() }
    }

    /// Returns the current token, valid or expired.
    pub(super) fn held(&self) -> Option<&AccessToken> {
        self.held.as_ref().map(|held| &held.token)
    }

    /// Returns how long a refresher may sleep before it renews. `None` for a token that does not expire.
    pub(super) fn refresh_in(&self, now: Duration, interval: Option<Duration>) -> Option<Duration> {
        if let Some(failure) = &self.failure {
            return Some(failure.retry_at.saturating_sub(now));
        }
        let Some(held) = self.held.as_ref().filter(|held| held.lives(now)) else { return Some(Duration::ZERO) };
        let fixed = interval.map(|interval| held.since.saturating_add(interval));
        let next = fixed.into_iter().chain(held.due).min()?;
        Some(next.saturating_sub(now))
    }
}
