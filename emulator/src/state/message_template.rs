//! The template that a message uses.

use logto_admin::serde_json::{Map, Value};

use super::State;
use super::message::Channel;
use crate::collections::EMAIL_TEMPLATES;
use crate::record::{Members, Record};

/// The usage type of templates for all messages that have no template of their own.
const GENERIC: &str = "Generic";

/// Returns the template of a message.
///
/// Custom templates for emails come before those of the connector's configuration.
pub(crate) fn template(
    state: &State,
    channel: Channel,
    config: &Members,
    usage: &str,
    payload: &Map<String, Value>,
) -> Option<Value> {
    let custom = match channel {
        Channel::Email => custom(state, usage, payload.get("locale").and_then(Value::as_str)),
        Channel::Sms => None,
    };
    custom.or_else(|| of_connector(config, usage)).cloned()
}

/// Returns the custom template for a language.
///
/// Without one, returns that for the fallback language, or else the generic one for it.
fn custom<'a>(state: &'a State, usage: &str, language: Option<&str>) -> Option<&'a Value> {
    let fallback = &state.settings.default_language();
    let find = |usage: &str, language: &str| {
        let is_it = |record: &&Record| record.text("templateType") == usage && record.text("languageTag") == language;
        state.store.all(&EMAIL_TEMPLATES).find(is_it)?.members.get("details")
    };
    let in_language = language.and_then(|language| find(usage, language));
    in_language.or_else(|| find(usage, fallback)).or_else(|| find(GENERIC, fallback))
}

/// Returns the template of a connector for a usage, or else its generic one.
fn of_connector<'a>(config: &'a Members, usage: &str) -> Option<&'a Value> {
    if let Some(deliveries) = config.get("deliveries") {
        return deliveries.get(usage).or_else(|| deliveries.get(GENERIC));
    }
    let templates = config.get("templates")?.as_array()?;
    let find = |usage: &str| templates.iter().find(|template| template.get("usageType").is_some_and(|of| of == usage));
    find(usage).or_else(|| find(GENERIC))
}
