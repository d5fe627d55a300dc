//! How tests outside of this process open sessions and read what was seen.

use crate::script::{Answer, End, Script, Seen};
use crate::server::refusing_url;
use crate::session::Sessions;

/// - `POST /control/open`: opens a session with the script in the body; gives its URL as a JSON string.
/// - `GET /control/seen/s1?requests=2&aborted=1`: waits until at least so many requests were seen and aborted; gives
///   all that were seen.
/// - `GET /control/refusing`: gives a URL where nobody listens.
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
    Answer::json(serde_json::to_string(value).expect("what was seen is plain data"))
}
