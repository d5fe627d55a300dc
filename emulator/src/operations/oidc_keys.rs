//! Lists, rotates and deletes the keys that sign tokens and cookies.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::settings::{KEPT, Key};

pub(super) const ALL: &[(&str, Handler)] =
    &[("GetOidcKeys", |call| list(call)), ("RotateOidcKeys", rotate), ("DeleteOidcKey", delete)];

fn list(call: &Call<'_>) -> Outcome<HttpResponse> {
    Ok(reply::json(200, &call.state.keys.shown(call.parameter(0), call.now)))
}

fn rotate(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let now = call.now;
    let kind = call.parameter(0).to_owned();
    let is_private = kind == "private-keys";
    let period = call.body.get("rotationGracePeriod").and_then(Value::as_f64);
    if !is_private && period.is_some() {
        return Err(refused_rotation());
    }
    let period = period.unwrap_or_default();
    let algorithm = if call.text("signingKeyAlgorithm") == "RSA" { "RSA" } else { "EC" };
    let mut key = Key::new(&mut call.state.ids, algorithm, now);
    let keys = call.state.keys.of(&kind, now);
    if period > 0.0 {
        key.effective_at = Some(now.saturating_add((period * 1000.0) as i64));
        // A key that is not in use yet is replaced.
        keys.retain(|known| !known.is_next(now));
    } else if keys.iter().any(|known| known.is_next(now)) {
        return Err(refused_rotation());
    } else {
        keys.truncate(KEPT - 1);
    }
    keys.insert(0, key);
    list(call)
}

/// Returns the error for an invalid rotation. Keys cannot be rotated at once while a key waits, and cookie keys cannot
/// wait.
fn refused_rotation() -> Refusal {
    Refusal::new(422, "oidc.invalid_request", "The keys cannot be rotated in this way.")
}

fn delete(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (kind, id) = (call.parameter(0).to_owned(), call.parameter(1).to_owned());
    if call.state.keys.of(&kind, call.now).len() < KEPT {
        return Err(Refusal::new(422, "oidc.key_required", "At least one key is required."));
    }
    let missing = || Refusal::new(404, "oidc.key_not_found", format!("Key with ID {id} is not found."));
    let at = call.state.keys.of(&kind, call.now).iter().position(|key| key.id == id).ok_or_else(missing)?;
    let status = call.state.keys.private(call.now).nth(at).map(|(_, status)| status);
    if kind == "private-keys" && status != Some("Previous") {
        return Err(Refusal::new(422, "oidc.only_previous_key_can_be_deleted", "Only a previous key can be deleted."));
    }
    call.state.keys.of(&kind, call.now).remove(at);
    Ok(reply::nothing(204))
}
