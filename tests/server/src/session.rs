//! Sessions. Each test has one, with its script and the requests that it has seen.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::script::{Answer, End, Script, Seen};
use crate::soak::Soak;

/// A script, and the requests that were seen.
#[derive(Debug)]
pub struct Session {
    url: String,
    script: Script,
    seen: watch::Sender<Vec<Seen>>,
}

impl Session {
    /// The URL to use as the client's endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// All requests so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }

    /// The requests to the API so far.
    #[must_use]
    pub fn api_calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_token_call()).collect()
    }

    /// The requests to the token endpoint so far.
    #[must_use]
    pub fn token_calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_token_call).collect()
    }

    /// Waits until the requests meet a condition.
    pub async fn until(&self, as_told: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let mut changes = self.seen.subscribe();
        let seen = changes.wait_for(|seen| as_told(seen)).await;
        seen.expect("the session lives as long as its sender").clone()
    }

    /// Waits until the session has seen this many API calls.
    pub async fn until_api_calls(&self, count: usize) {
        self.until(|seen| seen.iter().filter(|seen| !seen.is_token_call()).count() >= count).await;
    }

    /// Waits until clients have aborted this many requests.
    pub async fn until_aborted(&self, count: usize) {
        self.until(|seen| seen.iter().filter(|seen| seen.end == End::Aborted).count() >= count).await;
    }

    /// Records a request. Returns its number and its answer.
    pub(crate) fn note(&self, request: Seen) -> (usize, Answer) {
        let token_call = request.is_token_call();
        let mut place = (0, 0);
        self.seen.send_modify(|seen| {
            let alike = seen.iter().filter(|seen| seen.is_token_call() == token_call).count();
            place = (seen.len(), alike);
            seen.push(request);
        });
        let (number, alike) = place;
        let list = if token_call { &self.script.token } else { &self.script.api };
        let answer = list.get(alike).or_else(|| list.last()).cloned();
        (number, answer.unwrap_or_else(|| if token_call { token(alike as u64 + 1, HOUR) } else { Answer::json("[]") }))
    }

    pub(crate) fn end(&self, number: usize, end: End) {
        self.seen.send_modify(|seen| {
            if let Some(seen) = seen.get_mut(number) {
                seen.end = end;
            }
        });
    }
}

const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn token(number: u64, lifetime: Duration) -> Answer {
    let seconds = lifetime.as_secs();
    Answer::json(format!(
        r#"{{"access_token":"token-{number}","expires_in":{seconds},"token_type":"Bearer","scope":"all"}}"#
    ))
}

const SOAK_PATH: &str = "/soak";

/// All sessions of a server.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    base: String,
    opened: Mutex<HashMap<String, Arc<Session>>>,
    connections: AtomicU64,
    soak: OnceLock<Arc<Soak>>,
}

impl Sessions {
    pub(crate) fn at(base: String) -> Self {
        Self { base, ..Self::default() }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn open(&self, script: Script) -> Arc<Session> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let id = format!("s{}", opened.len() + 1);
        let url = format!("{}/{id}", self.base);
        let session = Arc::new(Session { url, script, seen: watch::Sender::default() });
        opened.insert(id, Arc::clone(&session));
        session
    }

    /// Starts the soak test, with tokens of this lifetime. A server has at most one.
    pub(crate) fn begin_soak(&self, seed: u64, lifetime: Duration) -> Arc<Soak> {
        Arc::clone(self.soak.get_or_init(|| Arc::new(Soak::new(format!("{}{SOAK_PATH}", self.base), seed, lifetime))))
    }

    /// Returns the soak test that `path` belongs to, and the rest of the path.
    pub(crate) fn soak<'a>(&self, path: &'a str) -> Option<(&Soak, &'a str)> {
        self.soak.get().map(Arc::as_ref).zip(path.strip_prefix(SOAK_PATH))
    }

    /// Returns the session that `path` belongs to, and the rest of the path.
    pub(crate) fn find<'a>(&self, path: &'a str) -> Option<(Arc<Session>, &'a str)> {
        let (id, _) = path.strip_prefix('/')?.split_once('/')?;
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let session = opened.get(id)?;
        path.get(id.len() + 1..).map(|inner| (Arc::clone(session), inner))
    }

    pub(crate) fn number_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }
}
