//! Messages that the server would send. The emulator keeps them, so that tests can read verification codes and links.

use logto_admin::Timestamp;
use logto_admin::serde_json::{Map, Value, json};

pub use super::message::{Channel, Message};

pub(crate) use super::message::Recipient;
use crate::collections::CONNECTORS;
use crate::collections::connector_factories;
use crate::errors::{Outcome, Refusal};
use crate::record::Record;
use crate::state::State;

/// Number of messages that are kept. The oldest are dropped.
const KEPT: usize = 10_000;
/// The number of messages that a recipient can get within `PERIOD`.
const LIMIT: usize = 10;
/// Milliseconds.
const PERIOD: i64 = 600_000;

const RATE_LIMITED: &str = "request.message_rate_limited";

/// Returns whether a message was rejected because the recipient got too many.
pub(crate) fn is_rate_limited<T>(outcome: &Outcome<T>) -> bool {
    outcome.as_ref().is_err_and(|refusal| refusal.code() == Some(RATE_LIMITED))
}

/// Returns what the event about a rejected code has about the message.
pub(crate) fn about_limit(recipient: &Recipient) -> Value {
    json!({ "action": "VerificationCodeSend", "recipient": recipient.address })
}

/// Rejects a message without a connector. Also rejects it if the recipient got too many messages.
pub(crate) fn check(state: &State, now: i64, recipient: &Recipient) -> Outcome<()> {
    let kind = recipient.channel.connector_type();
    if connector(state, recipient.channel).is_none() {
        return Err(no_connector(501, kind));
    }
    check_limit(state, now, recipient)
}

/// Rejects a message to a recipient that got too many. The case of an address does not matter.
fn check_limit(state: &State, now: i64, recipient: &Recipient) -> Outcome<()> {
    let sent = state.messages.iter().map(|message| (message.channel, &message.recipient, message.sent_at.as_millis()));
    let withheld = state.withheld.iter().map(|(to, at)| (to.channel, &to.address, *at));
    let recent = sent.chain(withheld).filter(|(channel, address, at)| {
        *channel == recipient.channel && address.eq_ignore_ascii_case(&recipient.address) && *at > now - PERIOD
    });
    if recent.count() >= LIMIT {
        return Err(Refusal::new(429, RATE_LIMITED, "Too many messages to this recipient."));
    }
    Ok(())
}

/// Counts a message like a sent one, but does not send it.
pub(crate) fn withhold(state: &mut State, now: i64, recipient: &Recipient) -> Outcome<()> {
    check_limit(state, now, recipient)?;
    state.withheld.retain(|(_, at)| *at > now - PERIOD);
    state.withheld.push((recipient.clone(), now));
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
    check(state, now, recipient)?;
    keep(state, now, recipient, usage, payload);
    Ok(())
}

/// Sends a message without checks.
pub(crate) fn keep(state: &mut State, now: i64, recipient: &Recipient, usage: &str, payload: Map<String, Value>) {
    if state.messages.len() == KEPT {
        state.messages.pop_front();
    }
    state.messages.push_back(Message {
        channel: recipient.channel,
        recipient: recipient.address.clone(),
        usage: usage.to_owned(),
        payload,
        sent_at: Timestamp::from_millis(now),
    });
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

/// Returns the connector that sends the messages of a channel.
fn connector(state: &State, channel: Channel) -> Option<&Record> {
    let sends = |record: &&Record| {
        connector_factories::find(record.text("connectorId"))
            .is_some_and(|factory| factory.text("type") == channel.connector_type())
    };
    state.store.all(&CONNECTORS).find(sends)
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
            keep(&mut state, 0, &Recipient::email(number.to_string()), "SignIn", Map::new());
        }
        assert_eq!(state.messages.len(), KEPT);
        assert_eq!(state.messages.front().map(|message| message.recipient.as_str()), Some("1"));
    }
}
