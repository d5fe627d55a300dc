//! Control API. With it, tests outside of this process open sessions and read the recorded requests.

use crate::script::{Answer, End, Script, Seen};
use crate::server::refusing_url;
use crate::session::Sessions;

/// Answers a control request:
///
/// - `POST /control/open`: opens a session with the script in the body and returns the session's URL as a JSON string.
/// - `GET /control/seen/s1?requests=2&aborted=1`: waits until the session has seen at least this many requests and
///   aborted requests, then returns all requests.
/// - `GET /control/refusing`: returns a URL that refuses connections.
pub(crate) async fn answer(sessions: &Sessions, path: &str, request: &Seen) -> Answer {
    match path {
        "open" => match serde_json::from_str::<Script>(&request.body) {
            Ok(script) => json(&sessions.open(script).url()),
            Err(error) => Answer::error(400, &error.to_string()),
        },
        "refusing" => json(&refusing_url().await),
        _ => seen(sessions, path, request).await,
    }
}

async fn seen(sessions: &Sessions, path: &str, request: &Seen) -> Answer {
    let session = path.strip_prefix("seen").and_then(|id| sessions.find(&format!("{id}/")).map(|(session, _)| session));
    let Some(session) = session else { return Answer::status(404) };
    let (requests, aborted) = (number(&request.query, "requests"), number(&request.query, "aborted"));
    let count_aborted = |seen: &[Seen]| seen.iter().filter(|seen| seen.end == End::Aborted).count();
    json(&session.until(|seen| seen.len() >= requests && count_aborted(seen) >= aborted).await)
}

fn number(query: &str, name: &str) -> usize {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).find_map(|(_, value)| value.parse().ok()).unwrap_or(0)
}

fn json(value: &impl serde::Serialize) -> Answer {
    Answer::json(serde_json::to_string(value).expect("the value can be serialized"))
}
