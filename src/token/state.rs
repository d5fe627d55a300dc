//! What to do for a caller at a given time: decisions without I/O, on a clock that is given.

use std::sync::Arc;
use std::time::Duration;

use super::rules::{Rules, backoff};
use super::{AccessToken, TokenError};

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;

/// The number of a renewal. A later one has a larger number.
pub(super) type Ticket = u64;

/// What a caller is to do.
#[derive(Debug)]
pub(super) enum Step {
    /// Take this token.
    Use(AccessToken),
    /// Take this token, and run the renewal that was just begun.
    UseAndRenew(AccessToken, Ticket),
    /// Run the renewal that was just begun.
    Renew(Ticket),
    /// Wait for a renewal, but no longer than this; then ask again.
    Wait(Ticket, Duration),
    /// The renewal that was waited for has failed.
    Fail(Arc<TokenError>),
}

/// What one client knows of its tokens.
#[derive(Debug)]
pub(super) struct Cell {
    rules: Rules,
    held: Option<Held>,
    /// A token that the API refused: it must not come back from a store.
    refused: Option<AccessToken>,
    running: Option<Running>,
    last: Ticket,
    failure: Option<Failure>,
}

#[derive(Debug)]
struct Held {
    token: AccessToken,
    /// The renewal that brought it.
    ticket: Ticket,
    since: Duration,
    /// When to renew it, and when it ends.
    due: Option<Duration>,
    end: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
struct Running {
    ticket: Ticket,
    since: Duration,
}

/// The last renewal that failed; gone after a success.
#[derive(Debug)]
struct Failure {
    ticket: Ticket,
    error: Arc<TokenError>,
    in_a_row: u32,
    retry_at: Duration,
}

/// A token as a renewal brings it.
#[derive(Debug)]
pub(super) struct Obtained {
    pub token: AccessToken,
    /// How much of its life is over.
    pub age: Duration,
}

/// What a renewal has to know of the tokens before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The token that still lives.
    pub living: Option<AccessToken>,
    /// The token that the API refused.
    pub refused: Option<AccessToken>,
}

impl Held {
    fn lives(&self, now: Duration) -> bool {
        self.end.is_none_or(|end| now < end)
    }

    fn is_due(&self, now: Duration) -> bool {
        self.due.is_some_and(|due| due <= now)
    }
}

impl Cell {
    pub(super) const fn new(rules: Rules) -> Self {
        Self { rules, held: None, refused: None, running: None, last: 0, failure: None }
    }

    /// What to do now for a caller; `awaited` is the first renewal that it has waited for.
    pub(super) fn next(&mut self, now: Duration, awaited: Option<Ticket>) -> Step {
        let brought = |held: &Held| awaited.is_some_and(|awaited| awaited <= held.ticket);
        // Who has waited for a token takes it even if its life was over at once: to ask again would not help.
        if let Some(held) = self.held.as_ref().filter(|held| held.lives(now) || brought(held)) {
            let token = held.token.clone();
            let renew = held.lives(now) && held.is_due(now) && self.may_renew(now);
            return if renew { Step::UseAndRenew(token, self.begin(now)) } else { Step::Use(token) };
        }
        match &self.failure {
            Some(failure) if awaited.is_some_and(|awaited| awaited <= failure.ticket) => {
                Step::Fail(Arc::clone(&failure.error))
            }
            _ => self.join(now),
        }
    }

    /// Waits for the renewal that is under way, or begins one.
    pub(super) fn join(&mut self, now: Duration) -> Step {
        match self.within_lease(now) {
            Some(running) => Step::Wait(running.ticket, (running.since + self.rules.lease).saturating_sub(now)),
            None => Step::Renew(self.begin(now)),
        }
    }

    /// The renewal under way, unless it has taken so long that it counts as lost.
    fn within_lease(&self, now: Duration) -> Option<Running> {
        self.running.filter(|running| now < running.since + self.rules.lease)
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

    /// Whether who waits for this renewal, and for `awaited` at first, has to go on waiting.
    pub(super) fn keeps_waiting(&self, ticket: Ticket, awaited: Ticket, now: Duration) -> bool {
        let lives = self.held.as_ref().is_some_and(|held| held.lives(now));
        let failed = self.failure.as_ref().is_some_and(|failure| awaited <= failure.ticket);
        !lives && !failed && self.running.is_some_and(|running| running.ticket == ticket)
    }

    /// A renewal has brought a token, perhaps after another took it over: the younger one stays.
    pub(super) fn succeeded(&mut self, ticket: Ticket, obtained: Obtained, now: Duration) {
        self.finish(ticket);
        self.failure = None;
        if self.held.as_ref().is_none_or(|held| held.ticket < ticket || !held.lives(now)) {
            self.held = Some(self.hold(ticket, obtained, now));
        }
    }

    fn hold(&self, ticket: Ticket, obtained: Obtained, now: Duration) -> Held {
        let Obtained { token, age } = obtained;
        let end = token.lifetime().map(|lifetime| now.saturating_add(lifetime.saturating_sub(age)));
        let leeway = token.lifetime().map(|lifetime| self.rules.leeway(lifetime));
        let due = end.zip(leeway).map(|(end, leeway)| end.saturating_sub(leeway)).filter(|_| self.rules.renewable);
        Held { token, ticket, since: now, due, end }
    }

    /// A renewal has failed, perhaps after another took it over: then it is still the answer to those that have waited
    /// for it, or an endpoint that hangs would let them take over one after the other. What a younger one brought counts.
    pub(super) fn failed(&mut self, ticket: Ticket, error: Arc<TokenError>, now: Duration) {
        self.finish(ticket);
        let youngest =
            self.failure.as_ref().map(|failure| failure.ticket).max(self.held.as_ref().map(|held| held.ticket));
        if youngest.is_none_or(|youngest| youngest < ticket) {
            let in_a_row = self.failure.as_ref().map_or(0, |failure| failure.in_a_row).saturating_add(1);
            self.failure = Some(Failure { ticket, error, in_a_row, retry_at: now.saturating_add(backoff(in_a_row)) });
        }
    }

    /// A renewal was dropped before it came to an end: the next caller begins another.
    pub(super) fn died(&mut self, ticket: Ticket) {
        self.finish(ticket);
    }

    fn finish(&mut self, ticket: Ticket) {
        self.running.take_if(|running| running.ticket == ticket);
    }

    /// Forgets this very token, if the source has another; says whether it has.
    pub(super) fn discard(&mut self, token: &AccessToken) -> bool {
        if !self.rules.renewable {
            return false;
        }
        if let Some(held) = self.held.take_if(|held| held.token == *token) {
            self.refused = Some(held.token);
        }
        true
    }

    pub(super) fn known(&self, now: Duration) -> Known {
        let living = self.held.as_ref().filter(|held| held.lives(now)).map(|held| held.token.clone());
        Known { living, refused: self.refused.clone() }
    }

    /// The token that is held, whether it lives or not.
    pub(super) fn held(&self) -> Option<&AccessToken> {
        self.held.as_ref().map(|held| &held.token)
    }

    /// How long a refresher may sleep before it renews; a token without an end needs it never.
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
