//! Messages that the server would send. The emulator keeps them, so that tests can read verification codes and links.

use logto_admin::Timestamp;
use logto_admin::serde_json::{Map, Value, json};

pub use super::message::{Channel, Message};

pub(crate) use super::message::Recipient;
pub(crate) use super::message_check::check_sender;
pub(crate) use super::message_limits::INVITATION;
use super::message_limits::RATE_LIMITED;
use super::message_template::template;
use crate::collections::CONNECTORS;
use crate::collections::connector_factories::{self, Factory};
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record};
use crate::state::State;

/// Number of messages that are kept. The oldest are dropped.
const KEPT: usize = 10_000;

/// Returns whether a message was rejected because the recipient got too many.
pub(crate) fn is_rate_limited<T>(outcome: &Outcome<T>) -> bool {
    outcome.as_ref().is_err_and(|refusal| refusal.code() == Some(RATE_LIMITED))
}

/// Returns what the event about a rejected code has about the message.
pub(crate) fn about_limit(recipient: &Recipient) -> Value {
    json!({ "action": "VerificationCodeSend", "recipient": recipient.address })
}

/// Rejects a message without a connector that can send it. Also rejects it if the recipient got too many messages of
/// this kind.
pub(crate) fn check(
    state: &State,
    now: i64,
    recipient: &Recipient,
    usage: &str,
    payload: &Map<String, Value>,
) -> Outcome<()> {
    let missing = || no_connector(501, recipient.channel.connector_type());
    let (factory, connector) = connector(state, recipient.channel).ok_or_else(missing)?;
    state.message_limits.check(now, recipient, usage)?;
    check_sender(state, recipient.channel, (factory, &config_of(connector)), usage, payload)
}

/// Counts a message like a sent one, but does not send it.
pub(crate) fn withhold(state: &mut State, now: i64, recipient: &Recipient, usage: &str) -> Outcome<()> {
    state.message_limits.check(now, recipient, usage)?;
    state.message_limits.count(now, recipient, usage);
    Ok(())
}

/// Sends a message through the connector of the recipient's channel.
pub(crate) fn send(
    state: &mut State,
    now: i64,
    recipient: &Recipient,
    usage: &str,
    payload: Map<String, Value>,
) -> Outcome<()> {
    check(state, now, recipient, usage, &payload)?;
    deliver(state, now, recipient, usage, payload);
    Ok(())
}

/// Sends a message that was checked.
pub(crate) fn deliver(state: &mut State, now: i64, recipient: &Recipient, usage: &str, payload: Map<String, Value>) {
    state.message_limits.count(now, recipient, usage);
    let connector = connector(state, recipient.channel);
    let sender = connector.map_or_else(Sender::default, |(_, connector)| Sender {
        factory: connector.text("connectorId").to_owned(),
        config: config_of(connector),
    });
    keep(state, now, recipient, usage, payload, sender);
}

/// The connector that sends a message.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    /// The id of the connector's factory.
    pub factory: String,
    /// The configuration of the connector.
    pub config: Members,
}

/// Sends a message without checks. It does not count for the limit of its recipient.
pub(crate) fn keep(
    state: &mut State,
    now: i64,
    recipient: &Recipient,
    usage: &str,
    payload: Map<String, Value>,
    sender: Sender,
) {
    let template = template(state, recipient.channel, &sender.config, usage, &payload);
    if state.messages.len() == KEPT {
        state.messages.pop_front();
    }
    state.messages.push_back(Message {
        channel: recipient.channel,
        recipient: recipient.address.clone(),
        usage: usage.to_owned(),
        payload,
        connector: sender.factory,
        template,
        sent_at: Timestamp::from_millis(now),
    });
    state.outbox.messages += 1;
}

/// Returns the error for a missing connector of this type.
pub(crate) fn no_connector(status: u16, kind: &str) -> Refusal {
    let message = format!("Cannot find any available connector for type: {kind}.");
    Refusal::new(status, "connector.not_found", message)
}

/// Returns whether there is a connector for messages of this channel.
pub(crate) fn can_send(state: &State, channel: Channel) -> bool {
    connector(state, channel).is_some()
}

fn config_of(connector: &Record) -> Members {
    connector.members.get("config").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Returns the connector that sends the messages of a channel, with its factory.
fn connector(state: &State, channel: Channel) -> Option<(Factory, &Record)> {
    state.store.all(&CONNECTORS).find_map(|record| {
        let factory = connector_factories::find(record.text("connectorId"))?;
        (factory.text("type") == channel.connector_type()).then_some((factory, record))
    })
}

#[cfg(test)]
mod tests {
    use logto_admin::operation::Release;

    use super::*;
    use crate::state::clock::Clock;

    #[test]
    fn old_messages_are_dropped() {
        let mut state = State::new(1, Clock::own(), Release::new(42));
        for number in 0..=KEPT {
            keep(&mut state, 0, &Recipient::email(number.to_string()), "SignIn", Map::new(), Sender::default());
        }
        assert_eq!(state.messages.len(), KEPT);
        assert_eq!(state.messages.front().map(|message| message.recipient.as_str()), Some("1"));
    }
}
