//! The typed code of each operation builds every recorded request that succeeded. The request is the same.

use logto_admin::Client;
use logto_admin::operation::{AnswerKind, BodyKind, OperationInfo, find};
use logto_admin::token::FixedToken;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder};

use super::compare::{Kind, differences};
use super::exchange::{Exchange, Recordings};
use super::sent::{Content, Sent, input};
use crate::document::Documents;
use crate::failures::Failures;
use crate::typed::Typed;

/// A client that can call every operation but sends nothing.
pub(crate) fn client() -> Client {
    let transport = ScriptedTransport::answers::<logto_admin::transport::HttpResponse>([]);
    let builder = builder(&transport, &FakeRuntime::new()).token_source(FixedToken::new("t")).cookies([("a", "b")]);
    builder.build().unwrap()
}

/// The reason why typed code cannot build a request. Undocumented members of a body are also lost.
fn left_out(info: &OperationInfo, sent: &Sent) -> Option<&'static str> {
    let pages = sent.query.iter().filter(|(name, _)| matches!(name.as_str(), "page" | "page_size"));
    match (&sent.body, info.body) {
        (Content::Raw, _) => Some("its body is not valid JSON"),
        (Content::Form(_), BodyKind::Json { .. }) => Some("its body is a form, but JSON is documented"),
        (Content::None, BodyKind::Json { required: true }) => Some("its documented body is missing"),
        _ if pages.into_iter().any(|(_, value)| value.parse::<u32>().is_err()) => {
            Some("its page is not a whole number")
        }
        _ => None,
    }
}

pub(super) fn build(recordings: &Recordings) {
    let client = client();
    let mut failures = Failures::new();
    for (id, exchange) in recordings.successes() {
        failures.checked();
        let (Some(typed), Some(info)) = (Typed::find(id), find(id)) else {
            failures.add(exchange, "no operation has this id");
            continue;
        };
        let wanted = Sent::recorded(exchange);
        if let Some(reason) = left_out(info, &wanted) {
            println!("left out: {exchange}: {reason}");
            continue;
        }
        let built = input(info, exchange).ok_or_else(|| "the path does not match the operation".to_owned());
        match built.and_then(|mut input| (typed.build)(&client, &mut input)) {
            Err(problem) => failures.add(exchange, problem),
            Ok(request) => tell_apart(id, exchange, &wanted, &Sent::of(&request), &mut failures),
        }
    }
    failures.settle("requests");
}

/// Adds every difference between the recorded request and the built request.
fn tell_apart(id: &str, exchange: &Exchange, wanted: &Sent, built: &Sent, failures: &mut Failures) {
    for (what, same) in [
        ("method", wanted.method == built.method),
        ("path", wanted.path == built.path),
        ("query", wanted.query == built.query),
    ] {
        if !same {
            failures.add(exchange, format!("the {what} differs: {wanted:?} changed to {built:?}"));
        }
    }
    match (&wanted.body, &built.body) {
        (Content::Json(wanted), Content::Json(built)) => {
            for difference in differences(wanted, built) {
                if difference.kind == Kind::Lost && !Documents::load().body_has(id, &difference.pointer) {
                    println!("left out: {exchange}: the document has no {}", difference.pointer);
                } else {
                    failures.add(exchange, format!("the body {difference}"));
                }
            }
        }
        (wanted, built) if wanted == built => {}
        (wanted, built) => failures.add(exchange, format!("the body differs: {wanted:?} changed to {built:?}")),
    }
}

pub(super) fn match_the_table(recordings: &Recordings) {
    let kinds = |id: &str| find(id).map(|info| info.answer);
    let mut failures = Failures::new();
    for (id, exchange) in recordings.successes() {
        failures.checked();
        let fits = match kinds(id) {
            Some(AnswerKind::Json) => exchange.answers_json(),
            // Older servers answer some of these operations with a word.
            Some(AnswerKind::OptionalJson) => true,
            Some(AnswerKind::Redirect) => (300..400).contains(&exchange.status),
            _ => !exchange.answers_json(),
        };
        if !fits {
            failures.add(exchange, format!("the table has {:?}", kinds(id)));
        }
    }
    failures.settle("kinds of answers");
}
