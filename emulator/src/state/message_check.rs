//! Whether a connector can send a message.

use logto_admin::serde_json::{Map, Value, json};

use super::State;
use super::message::Channel;
use super::message_template::template;
use crate::collections::connector_configs;
use crate::collections::connector_factories::Factory;
use crate::errors::{Outcome, Refusal};
use crate::record::Members;

/// Factories of connectors that need no template, because the receiver has them.
const WITHOUT_TEMPLATES: [&str; 2] = ["http-email", "http-sms"];

/// Rejects a message that its connector cannot send.
///
/// Its configuration can be invalid, or there can be no template for the message.
pub(crate) fn check_sender(
    state: &State,
    channel: Channel,
    (factory, config): (Factory, &Members),
    usage: &str,
    payload: &Map<String, Value>,
) -> Outcome<()> {
    connector_configs::check(factory, config)?;
    if WITHOUT_TEMPLATES.contains(&factory.text("id")) {
        return Ok(());
    }
    template(state, channel, config, usage, payload).map(|_| ()).ok_or_else(|| {
        let data = json!({ "message": format!("Template not found for type: {usage}") });
        let message = "Unable to find correct template in connector config.";
        Refusal::new(400, "connector.template_not_found", message).with("data", data)
    })
}
