use logto_admin::serde_json::{Value, json};

use super::{Draft, Rules, Shape, View};
use crate::call::Call;
use crate::document::validate::refuse_empty;
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record, drop_repeated};

/// Milliseconds.
const DAY: i64 = 86_400_000;

pub(super) static RULES: Rules = Rules { prepare, present, ..Rules::NONE };

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if draft.sent.get("events").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        return Err(refuse_empty("events"));
    }
    if let Some(Value::Array(events)) = draft.members.get_mut("events") {
        drop_repeated(events);
    }
    if !draft.creates {
        return Ok(());
    }
    // Hooks of old releases have a single event.
    if !draft.sent.contains_key("events") && !draft.sent.contains_key("event") {
        return Err(Refusal::new(400, "hook.missing_events", "A hook requires at least one event."));
    }
    draft.members.insert("signingKey".to_owned(), call.state.ids.secret(32).into());
    Ok(())
}

/// Adds the numbers of deliveries within the last 24 hours.
fn present(view: &View<'_>, hook: &Record, members: &mut Members) {
    let asked = match view.shape {
        Shape::Listed => view.query.is_true("includeExecutionStats"),
        // The server accepts any value here.
        Shape::Got => view.query.get("includeExecutionStats").is_some_and(|value| !value.is_empty()),
        _ => false,
    };
    if asked {
        let oldest = view.state.clock.now().saturating_sub(DAY);
        let recent = || view.state.logs.of_hook(&hook.id).filter(|log| log.created_at > oldest);
        let successes = recent().filter(|log| log.is_success()).count();
        let stats = json!({ "successCount": successes, "requestCount": recent().count() });
        members.insert("executionStats".to_owned(), stats);
    }
}
