//! Random faults for a large number of calls, with a count of the calls that were carried out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::script::{Answer, Fault, Seen, TOKEN_PATH};
use crate::session::token;

/// Answers calls `/api/...?id=N`, each with a different N, with random faults.
///
/// For each call it only remembers how often the call was carried out.
#[derive(Debug)]
pub struct Soak {
    url: String,
    random: AtomicU64,
    /// Lifetime of a token.
    lifetime: Duration,
    /// Time when each token was issued.
    issued: Mutex<Vec<Instant>>,
    carried_out: Mutex<HashMap<u64, u8>>,
}

impl Soak {
    pub(crate) fn new(url: String, seed: u64, lifetime: Duration) -> Self {
        Self { url, random: AtomicU64::new(seed), lifetime, issued: Mutex::default(), carried_out: Mutex::default() }
    }

    /// The URL to use as the client's endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns how often a call was carried out, and removes it. A late request counts once more.
    #[must_use]
    pub fn take(&self, id: u64) -> u8 {
        lock(&self.carried_out).remove(&id).unwrap_or_default()
    }

    /// Returns the calls that were carried out and not taken since.
    #[must_use]
    pub fn left(&self) -> HashMap<u64, u8> {
        lock(&self.carried_out).clone()
    }

    /// Number of tokens issued.
    #[must_use]
    pub fn tokens(&self) -> usize {
        lock(&self.issued).len()
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
            0..10 => Answer::error(500, "unlucky"),
            10..30 => Answer::error(503, "unlucky"),
            30..50 => Answer::error(503, "unlucky").header("retry-after", "0"),
            50..70 => Answer::error(429, "unlucky"),
            70..73 => Answer::error(401, "auth.unauthorized"),
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
        let issued = number.and_then(|number| lock(&self.issued).get(number.checked_sub(1)?).copied());
        issued.is_some_and(|issued| issued.elapsed() < self.lifetime)
    }

    fn carry_out(&self, id: u64, fault: Fault) -> Answer {
        *lock(&self.carried_out).entry(id).or_default() += 1;
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

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Selects the fault of a call that was carried out.
const fn fault(drawn: u64) -> Fault {
    match drawn {
        73..90 => Fault::Close,
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
