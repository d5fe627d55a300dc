//! A message, and who gets it.

use logto_admin::Timestamp;
use logto_admin::serde_json::{Map, Value};
use serde::{Deserialize, Serialize};

use super::filled_template::filled;
use crate::record::Members;

/// A message that Logto would have sent through its email or SMS connector.
///
/// Read the messages of an emulator with [`Emulator::messages`](crate::Emulator::messages).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Message {
    /// Whether it is an email or a text message.
    pub channel: Channel,
    /// The email address or phone number.
    pub recipient: String,
    /// The usage type of the template, such as `SignIn` or `OrganizationInvitation`.
    pub usage: String,
    /// The variables of the template, such as `code` or `link`.
    pub payload: Map<String, Value>,
    /// The id of the connector's factory, such as `simple-mail-transfer-protocol`.
    #[serde(default)]
    pub connector: String,
    /// The template: an email template, or one of the connector's configuration.
    ///
    /// Its members differ by connector.
    #[serde(default)]
    pub template: Option<Value>,
    /// The time of sending, by the emulator's clock.
    pub sent_at: Timestamp,
}

impl Message {
    /// Returns the verification code in the message, if it contains one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.payload.get("code").and_then(Value::as_str)
    }

    /// Returns the subject: that of the template, with its variables replaced.
    #[must_use]
    pub fn subject(&self) -> Option<String> {
        self.text("subject")
    }

    /// Returns the content: that of the template, with its variables replaced.
    ///
    /// Some connectors have templates without content, because their provider keeps it.
    #[must_use]
    pub fn content(&self) -> Option<String> {
        self.text("content")
    }

    fn text(&self, member: &str) -> Option<String> {
        let text = self.template.as_ref()?.get(member)?.as_str()?;
        Some(filled(text, &self.payload))
    }
}

/// The way in which a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Channel {
    /// An email.
    Email,
    /// A text message.
    Sms,
}

/// A channel and an address in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recipient {
    pub channel: Channel,
    /// The email address or phone number.
    pub address: String,
}

impl Channel {
    /// The type of the connectors that send through this channel.
    pub(crate) const fn connector_type(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Sms => "Sms",
        }
    }
}

impl Recipient {
    pub(crate) fn email(address: impl Into<String>) -> Self {
        Self { channel: Channel::Email, address: address.into() }
    }

    pub(crate) fn phone(address: impl Into<String>) -> Self {
        Self { channel: Channel::Sms, address: address.into() }
    }

    /// Returns the recipient that a body names in `email` or `phone`.
    pub(crate) fn of(body: &Members) -> Option<Self> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        text("email").map(Self::email).or_else(|| text("phone").map(Self::phone))
    }
}
