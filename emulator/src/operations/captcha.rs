use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::CAPTCHA_PROVIDERS;
use crate::errors::{Outcome, not_found};
use crate::http::reply;
use crate::record::{Members, Record};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::store::Store;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetCaptchaProvider", |call| Ok(shown(call, &provider(call).ok_or_else(not_found)?))),
    ("UpdateCaptchaProvider", replace),
    ("DeleteCaptchaProvider", delete),
];

/// Settings that the sign-in page does not need.
const PRIVATE: [&str; 2] = ["secretKey", "projectId"];

/// Returns the settings as the sign-in page reads them.
pub(super) fn public(store: &Store) -> Option<Value> {
    let mut config = store.all(&CAPTCHA_PROVIDERS).next()?.members.get("config")?.as_object()?.clone();
    config.retain(|name, _| !PRIVATE.contains(&name.as_str()));
    Some(config.into())
}

fn provider(call: &Call<'_>) -> Option<Record> {
    call.state.store.all(&CAPTCHA_PROVIDERS).next().cloned()
}

fn shown(call: &Call<'_>, provider: &Record) -> HttpResponse {
    reply::json(call.success(), &provider.members.to_value())
}

/// Replaces the settings. The provider keeps its id and its times.
fn replace(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let current = provider(call);
    let mut provider = current.unwrap_or_else(|| call.state.blank(&CAPTCHA_PROVIDERS, Members::new(), call.now));
    provider.members.insert("config".to_owned(), call.sent().remove("config").unwrap_or_default());
    call.state.store.put(&CAPTCHA_PROVIDERS, provider.clone());
    Ok(shown(call, &provider))
}

/// Deleting disables captchas, and succeeds without a provider too.
fn delete(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    if let Some(provider) = provider(call) {
        call.state.store.remove(&CAPTCHA_PROVIDERS, &provider.id);
    }
    let mut experience = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    experience.insert("captchaPolicy".to_owned(), json!({ "enabled": false }));
    call.state.settings.put(&SIGN_IN_EXPERIENCE, experience);
    Ok(reply::nothing(call.success()))
}
