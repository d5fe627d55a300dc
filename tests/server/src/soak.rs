//! Random faults for a large number of calls, with a count of the calls that were carried out.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::script::{Answer, Fault, Seen, TOKEN_PATH};
use crate::session::token;

/// Answers calls `/api/...?id=N`, each with a different N, with random faults.
///
/// For each call it only remembers how often the call was carried out.
#[derive(Debug)]
pub struct Soak {
    url: String,
    random: AtomicU64,
    tokens: AtomicU64,
    carried_out: Vec<AtomicU8>,
}

impl Soak {
    pub(crate) fn new(url: String, seed: u64, calls: usize) -> Self {
        let carried_out = std::iter::repeat_with(AtomicU8::default).take(calls).collect();
        Self { url, random: AtomicU64::new(seed), tokens: AtomicU64::default(), carried_out }
    }

    /// The URL to use as the client's endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns how often a call was carried out.
    #[must_use]
    pub fn carried_out(&self, id: usize) -> u8 {
        self.carried_out.get(id).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// Number of tokens issued.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.tokens.load(Ordering::Relaxed)
    }

    pub(crate) fn answer(&self, path: &str, request: &Seen) -> Answer {
        if path == TOKEN_PATH {
            return self.token();
        }
        let Some(id) = request.query.strip_prefix("id=").and_then(|id| id.parse().ok()) else {
            return Answer::status(400);
        };
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
            _ => token(self.tokens.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }

    fn carry_out(&self, id: usize, fault: Fault) -> Answer {
        if let Some(count) = self.carried_out.get(id) {
            count.fetch_add(1, Ordering::Relaxed);
        }
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
