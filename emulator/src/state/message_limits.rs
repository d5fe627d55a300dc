//! The limit of the messages that a recipient gets. Invitations are counted apart from codes.

use serde::{Deserialize, Serialize};

use super::message::Recipient;
use crate::errors::{Outcome, Refusal};

/// The number of messages of a kind that a recipient can get within `PERIOD`.
const MOST: usize = 10;
/// Milliseconds.
const PERIOD: i64 = 600_000;

/// The code of the error for too many messages.
pub(super) const RATE_LIMITED: &str = "request.message_rate_limited";

/// The usage type of the template for invitations.
pub(crate) const INVITATION: &str = "OrganizationInvitation";

/// The messages of the last period.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct MessageLimits(Vec<Counted>);

#[derive(Debug, Serialize, Deserialize)]
struct Counted {
    recipient: Recipient,
    is_invitation: bool,
    /// Milliseconds since the epoch.
    at: i64,
}

impl MessageLimits {
    /// Rejects a message to a recipient that got too many. The case of an address does not matter.
    pub(super) fn check(&self, now: i64, recipient: &Recipient, usage: &str) -> Outcome<()> {
        let counts = |counted: &&Counted| {
            counted.recipient.channel == recipient.channel
                && counted.recipient.address.eq_ignore_ascii_case(&recipient.address)
                && counted.is_invitation == (usage == INVITATION)
                && counted.at > now - PERIOD
        };
        if self.0.iter().filter(counts).count() < MOST {
            return Ok(());
        }
        Err(Refusal::new(429, RATE_LIMITED, "Too many messages to this recipient."))
    }

    /// Removes the messages to these addresses. Those of emails are in lower case.
    pub(crate) fn forget(&mut self, addresses: &[String]) {
        self.0.retain(|counted| !addresses.contains(&counted.recipient.address.to_lowercase()));
    }

    pub(super) fn count(&mut self, now: i64, recipient: &Recipient, usage: &str) {
        self.0.retain(|counted| counted.at > now - PERIOD);
        self.0.push(Counted { recipient: recipient.clone(), is_invitation: usage == INVITATION, at: now });
    }
}
