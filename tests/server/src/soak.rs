//! Random faults for a large number of calls, and the count of those carried out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::script::{Answer, Fault, Seen, TOKEN_PATH};
use crate::session::token;

/// Answers calls `/api/...?id=N`, each with a different N, with random faults.
///
/// It rejects tokens only if they have expired or are revoked.
#[derive(Debug)]
pub struct Soak {
    url: String,
    random: AtomicU64,
    /// Lifetime of a token.
    lifetime: Duration,
    /// Time when each token was issued.
    issued: Mutex<Vec<Instant>>,
    /// Number of revoked tokens: the first ones.
    revoked: AtomicUsize,
    calls: Mutex<Calls>,
    /// Number of connections that the server closed although it had promised to keep them.
    closed: AtomicUsize,
}

/// Records of the server about calls.
#[derive(Debug, Default)]
struct Calls {
    open: HashMap<u64, Handled>,
    /// A bit for each finished write: a test makes millions of them, and its memory must stay flat.
    finished: Vec<u64>,
}

/// Record of the server about a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Handled {
    /// Number of times that it carried out the call.
    pub carried_out: u8,
    /// Whether an answer left open if the call was carried out. A write must then fail.
    pub in_doubt: bool,
}

impl Soak {
    pub(crate) fn new(url: String, seed: u64, lifetime: Duration) -> Self {
        Self {
            url,
            random: AtomicU64::new(seed),
            lifetime,
            issued: Mutex::default(),
            revoked: AtomicUsize::default(),
            calls: Mutex::default(),
            closed: AtomicUsize::default(),
        }
    }

    /// The URL to use as the client's endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns what the server did for a read, and discards it.
    #[must_use]
    pub fn take(&self, id: u64) -> Handled {
        lock(&self.calls).open.remove(&id).unwrap_or_default()
    }

    /// Returns what the server did for a write that has succeeded. Only keeps that it was carried out. Another request
    /// of the write counts as a second one.
    #[must_use]
    pub fn finish(&self, id: u64) -> Handled {
        let mut calls = lock(&self.calls);
        let handled = calls.open.remove(&id).unwrap_or_default();
        calls.finish(id);
        handled
    }

    /// Returns what the server did for a call, and keeps it. Another request of the call might arrive late.
    #[must_use]
    pub fn look(&self, id: u64) -> Handled {
        lock(&self.calls).open.get(&id).copied().unwrap_or_default()
    }

    /// Returns the calls that the server has not discarded, and the late writes. These were carried out after they had
    /// finished.
    #[must_use]
    pub fn left(&self) -> HashMap<u64, Handled> {
        lock(&self.calls).open.clone()
    }

    /// Number of tokens issued.
    #[must_use]
    pub fn tokens(&self) -> usize {
        lock(&self.issued).len()
    }

    /// Number of connections that the server closed after an answer. It had promised to keep them. A request that is
    /// already on its way then is lost.
    #[must_use]
    pub fn closed(&self) -> usize {
        self.closed.load(Ordering::Relaxed)
    }

    /// Revokes all tokens, as new signing keys do.
    pub fn revoke(&self) {
        self.revoked.store(self.tokens(), Ordering::Relaxed);
    }

    pub(crate) fn answer(&self, path: &str, request: &Seen) -> Answer {
        if path == TOKEN_PATH {
            return self.token();
        }
        let Some(id) = request.query.strip_prefix("id=").and_then(|id| id.parse().ok()) else {
            return Answer::status(400);
        };
        if !self.is_valid(request.header("authorization").unwrap_or_default()) {
            return Answer::error(401, "auth.unauthorized");
        }
        match self.draw() {
            0..10 => self.fail(id, 500),
            10..30 => self.fail(id, 503),
            30..50 => Answer::error(503, "unlucky").header("retry-after", "0"),
            50..70 => Answer::error(429, "unlucky"),
            drawn => self.carry_out(id, fault(drawn)),
        }
    }

    fn token(&self) -> Answer {
        match self.draw() {
            0..20 => Answer::fault(Fault::Reset),
            20..50 => Answer::status(503),
            _ => self.issue(),
        }
    }

    #[allow(clippy::disallowed_methods, reason = "the tokens of a server expire")]
    fn issue(&self) -> Answer {
        let mut issued = lock(&self.issued);
        issued.push(Instant::now());
        token(issued.len() as u64, self.lifetime)
    }

    fn is_valid(&self, authorization: &str) -> bool {
        let number = authorization.strip_prefix("Bearer token-").and_then(|number| number.parse::<usize>().ok());
        let number = number.filter(|number| *number > self.revoked.load(Ordering::Relaxed));
        let issued = number.and_then(|number| lock(&self.issued).get(number.checked_sub(1)?).copied());
        issued.is_some_and(|issued| issued.elapsed() < self.lifetime)
    }

    /// Answers with an error that does not say whether the call was carried out.
    fn fail(&self, id: u64, status: u16) -> Answer {
        lock(&self.calls).record(id).in_doubt = true;
        Answer::error(status, "unlucky")
    }

    fn carry_out(&self, id: u64, fault: Fault) -> Answer {
        if fault == Fault::CloseAfter {
            self.closed.fetch_add(1, Ordering::Relaxed);
        }
        let mut calls = lock(&self.calls);
        let call = calls.record(id);
        call.carried_out += 1;
        call.in_doubt |= !matches!(fault, Fault::None | Fault::CloseAfter);
        Answer { fault, ..Answer::json(format!(r#"{{"id":{id}}}"#)) }
    }

    /// Returns a random number below 1,000 (SplitMix64).
    fn draw(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut mixed = self.random.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % 1000
    }
}

impl Calls {
    /// Returns the record of a call. A finished write was carried out before.
    fn record(&mut self, id: u64) -> &mut Handled {
        let carried_out = u8::from(self.is_finished(id));
        self.open.entry(id).or_insert(Handled { carried_out, in_doubt: false })
    }

    fn finish(&mut self, id: u64) {
        let (word, bit) = place(id);
        if self.finished.len() <= word {
            self.finished.resize(word + 1, 0);
        }
        if let Some(word) = self.finished.get_mut(word) {
            *word |= bit;
        }
    }

    fn is_finished(&self, id: u64) -> bool {
        let (word, bit) = place(id);
        self.finished.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// Returns the word and the bit of an id.
const fn place(id: u64) -> (usize, u64) {
    ((id / 64) as usize, 1 << (id % 64))
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Selects the fault of a call that was carried out.
const fn fault(drawn: u64) -> Fault {
    match drawn {
        70..90 => Fault::Close,
        90..110 => Fault::Reset,
        110..120 => Fault::ResetInHead,
        120..130 => Fault::ResetInBody,
        130..140 => Fault::CloseInBody,
        140..145 => Fault::CloseAfter,
        145..147 => Fault::Hang,
        147..149 => Fault::HangInBody,
        _ => Fault::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soak() -> Soak {
        Soak::new("http://127.0.0.1".to_owned(), 1, Duration::from_secs(1))
    }

    #[test]
    fn a_request_after_the_success_of_a_write_is_a_second_one() {
        let soak = soak();
        for id in [7, 200] {
            let _ = soak.carry_out(id, Fault::None);
            assert_eq!(soak.finish(id).carried_out, 1);
        }
        assert!(soak.left().is_empty());
        let _ = soak.carry_out(200, Fault::None);
        assert_eq!(soak.left().get(&200).map(|call| call.carried_out), Some(2));
        assert_eq!(soak.left().len(), 1);
    }

    #[test]
    fn reads_can_be_repeated() {
        let soak = soak();
        for _ in 0..2 {
            let _ = soak.carry_out(8, Fault::None);
            assert_eq!(soak.take(8).carried_out, 1);
        }
        assert!(soak.left().is_empty());
    }
}
