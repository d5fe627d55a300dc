//! Computations that can take seconds. A request that needs one ends without an effect, so that other requests are
//! handled in the meantime, and is handled again with the result.

use logto_admin::serde_json::Value;

use crate::errors::{Outcome, Refusal};
use crate::passwords;
use crate::record::Fields;
use crate::scripts::{self, Failure};

/// A computation.
#[derive(Clone, PartialEq)]
pub(crate) enum Job {
    /// Compares a password with a digest.
    Digest { algorithm: String, digest: String, password: String },
    /// Calls a function of a script.
    Script { script: String, function: &'static str, payload: Value },
}

/// The result of a computation.
pub(crate) enum Done {
    Matches(bool),
    Returned(Result<Option<Value>, Failure>),
}

impl Job {
    /// Carries out the computation.
    pub(crate) fn run(self) -> (Self, Done) {
        let done = match &self {
            Self::Digest { algorithm, digest, password } => {
                Done::Matches(passwords::matches(algorithm, digest, password))
            }
            Self::Script { script, function, payload } => Done::Returned(scripts::run(script, function, payload)),
        };
        (self, done)
    }

    /// Carries out the computation on another thread. There are only a few threads, because each can need much memory.
    #[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    pub(crate) async fn run_elsewhere(self) -> (Self, Done) {
        static THREADS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);
        let turn = THREADS.acquire().await;
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let work = self.clone();
        // The process does not wait for the thread when it ends. The thread keeps its turn even if the peer disconnects.
        let started = std::thread::Builder::new().spawn(move || {
            let _ = sender.send(work.run());
            drop(turn);
        });
        drop(started);
        receiver.await.unwrap_or_else(|_| self.give_up())
    }

    #[cfg(not(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown")))))]
    pub(crate) async fn run_elsewhere(self) -> (Self, Done) {
        self.run()
    }

    /// Returns the result of a computation that could not be started.
    #[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    fn give_up(self) -> (Self, Done) {
        let done = match &self {
            Self::Digest { .. } => Done::Matches(false),
            Self::Script { .. } => Done::Returned(Err(Failure::Failed("no thread for the script".to_owned()))),
        };
        (self, done)
    }

    /// Returns whether this is the same computation. The payload of a script has ids, which can have changed since.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Script { script, .. }, Self::Script { script: other, .. }) => script == other,
            _ => self == other,
        }
    }
}

/// The computations of the request that is handled.
#[derive(Default)]
pub(crate) struct Jobs {
    done: Vec<(Job, Done)>,
    asked: Option<Job>,
}

impl Jobs {
    /// Starts to handle a request for which these computations were carried out.
    pub(crate) fn begin(&mut self, done: Vec<(Job, Done)>) {
        *self = Self { done, asked: None };
    }

    /// Ends the handling. Returns the computation that the request waits for, if it waits, and the others.
    pub(crate) fn end(&mut self) -> (Option<Job>, Vec<(Job, Done)>) {
        let ended = std::mem::take(self);
        (ended.asked, ended.done)
    }

    /// Returns whether the request waits for a computation. Its response is discarded, and it must have no effect.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    /// Returns whether this is the password whose digest is stored.
    pub(crate) fn verify(&mut self, hidden: &Fields, password: &str) -> Outcome<bool> {
        let (algorithm, digest) = (hidden.text(passwords::ALGORITHM), hidden.text(passwords::DIGEST));
        if passwords::is_slow(algorithm, digest) {
            return self.matches(algorithm, digest, password);
        }
        Ok(hidden.contains_key(passwords::DIGEST) && passwords::matches(algorithm, digest, password))
    }

    /// Returns whether a password has a digest that takes long to compare.
    fn matches(&mut self, algorithm: &str, digest: &str, password: &str) -> Outcome<bool> {
        let [algorithm, digest, password] = [algorithm, digest, password].map(str::to_owned);
        match self.result(Job::Digest { algorithm, digest, password }) {
            Some(Done::Matches(matches)) => Ok(*matches),
            _ => Err(waiting()),
        }
    }

    /// Returns what a function of a script returns.
    pub(crate) fn returned(
        &mut self,
        script: &str,
        function: &'static str,
        payload: Value,
    ) -> Outcome<Result<Option<Value>, Failure>> {
        match self.result(Job::Script { script: script.to_owned(), function, payload }) {
            Some(Done::Returned(returned)) => Ok(returned.clone()),
            _ => Err(waiting()),
        }
    }

    /// Returns the result of a computation, or asks for it.
    fn result(&mut self, job: Job) -> Option<&Done> {
        let found = self.done.iter().find(|(known, _)| known.is(&job)).map(|(_, done)| done);
        if found.is_none() {
            self.asked = Some(job);
        }
        found
    }
}

/// Ends the handling of a request that waits. It is not sent.
fn waiting() -> Refusal {
    Refusal::plain(503, "Waiting")
}

#[cfg(test)]
mod tests {
    use logto_admin::serde_json::{self, json};
    use logto_admin::transport::{HttpRequest, Method};

    use super::*;
    use crate::Emulator;
    use crate::emulator::handle::Attempt;

    const DIGEST: &str = r#"["pbkdf2",["salt","1000","20","sha512","@"],"0ecb3c32f57685303ff0878481d223bc1a16eb13"]"#;

    fn verification(user: &str, token: &str, password: &str) -> HttpRequest {
        let mut request = HttpRequest::new(Method::Post, format!("http://h/api/users/{user}/password/verify"));
        request.headers.set("authorization", format!("Bearer {token}"));
        request.body = json!({ "password": password }).to_string().into();
        request
    }

    /// Returns the state without the clock and the source of ids.
    fn saved(emulator: &Emulator) -> Value {
        let mut bytes = Vec::new();
        emulator.save(&mut bytes).unwrap();
        let mut state: Value = serde_json::from_slice(&bytes).unwrap();
        for member in ["clock", "ids"] {
            state.as_object_mut().unwrap().remove(member);
        }
        state
    }

    #[tokio::test]
    async fn a_request_that_waits_has_no_effect_and_blocks_no_other() -> logto_admin::Result<()> {
        let emulator = Emulator::new();
        let client = emulator.client()?;
        let user = json!({ "passwordAlgorithm": "Legacy", "passwordDigest": DIGEST });
        let user = client.operation("CreateUser")?.json(&user).await?["id"].as_str().unwrap().to_owned();
        let token = client.access_token().await?;
        for (password, status) in [("wrong", 422), ("password123", 204)] {
            let request = verification(&user, token.secret(), password);
            let before = saved(&emulator);
            let mut done = Vec::new();
            let Attempt::Waits(job) = emulator.attempt(&request, &mut done) else { panic!("answered at once") };
            assert_eq!(saved(&emulator), before);
            // The state is not locked.
            client.operation("GetUser")?.path("userId", &user).await?;
            done.push(job.run_elsewhere().await);
            let Attempt::Answered(response, _) = emulator.attempt(&request, &mut done) else { panic!("waits again") };
            assert_eq!(response.status, status);
        }
        Ok(())
    }

    #[tokio::test]
    async fn the_result_for_a_digest_that_was_replaced_is_not_used() -> logto_admin::Result<()> {
        let emulator = Emulator::new();
        let client = emulator.client()?;
        let user = json!({ "passwordAlgorithm": "Legacy", "passwordDigest": DIGEST });
        let user = client.operation("CreateUser")?.json(&user).await?["id"].as_str().unwrap().to_owned();
        let request = verification(&user, client.access_token().await?.secret(), "password123");
        let mut done = Vec::new();
        let Attempt::Waits(job) = emulator.attempt(&request, &mut done) else { panic!("answered at once") };
        done.push(job.run());
        client.operation("UpdateUserPassword")?.path("userId", &user).json(&json!({ "password": "other" })).await?;
        let Attempt::Answered(response, _) = emulator.attempt(&request, &mut done) else { panic!("waits again") };
        assert_eq!(response.status, 422);
        Ok(())
    }
}
