//! A connection. Passes its requests in order to the sessions or to the control API.

use std::sync::Arc;

use bytes::BytesMut;

use crate::script::{Answer, Seen};
use crate::session::Sessions;
use crate::wire::{Wire, read_request};
use crate::{control, reply};

pub(crate) async fn serve<W: Wire>(mut wire: W, sessions: Arc<Sessions>) {
    let connection = sessions.number_connection();
    let mut buffer = BytesMut::new();
    while let Some(request) = read_request(&mut wire, &mut buffer, connection).await {
        if !answer(&mut wire, &sessions, request).await {
            return;
        }
    }
}

/// Answers a request. Returns whether the connection stays open.
async fn answer<W: Wire>(wire: &mut W, sessions: &Sessions, request: Seen) -> bool {
    if request.method == "OPTIONS" && request.header("access-control-request-method").is_some() {
        return reply::reply(wire, &reply::preflight(&request), &request).await.keep;
    }
    if let Some(path) = request.path.strip_prefix("/control/") {
        let answer = control::answer(sessions, path, &request).await;
        return reply::reply(wire, &answer, &request).await.keep;
    }
    if let Some((soak, inner)) = sessions.soak(&request.path) {
        return reply::reply(wire, &soak.answer(inner, &request), &request).await.keep;
    }
    let Some((session, inner)) = sessions.find(&request.path) else {
        return reply::reply(wire, &Answer::status(404), &request).await.keep;
    };
    let request = Seen { path: inner.to_owned(), ..request };
    let (number, answer) = session.note(request.clone());
    let replied = reply::reply(wire, &answer, &request).await;
    session.end(number, replied.end);
    replied.keep
}
