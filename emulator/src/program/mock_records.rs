//! The files to which Logto's mock connectors write messages.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use logto_admin::serde_json::{self, Map, Value};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::{Channel, Message};

/// Writes a message of a mock connector as Logto does. All others are ignored.
pub(super) fn write(folder: &Path, message: &Message) -> io::Result<()> {
    let name = match &*message.connector {
        "mock-email-service" | "mock-email-service-alternative" => "mock_email_record.txt",
        "mock-short-message-service" => "mock_sms_record.txt",
        _ => return Ok(()),
    };
    fs::create_dir_all(folder)?;
    // Readers never see a part of it, and only its owner can read it.
    let mut file = NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, &Record::of(message))?;
    writeln!(file)?;
    file.persist(folder.join(name)).map(drop).map_err(|error| error.error)
}

#[derive(Serialize)]
struct Record<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(rename = "type")]
    usage: &'a str,
    payload: &'a Map<String, Value>,
    #[serde(flatten)]
    filled: Option<Filled<'a>>,
}

#[derive(Serialize)]
struct Filled<'a> {
    template: Option<&'a Value>,
    subject: Option<String>,
    content: Option<String>,
}

impl<'a> Record<'a> {
    fn of(message: &'a Message) -> Self {
        let to = |channel| (message.channel == channel).then_some(&*message.recipient);
        let filled =
            || Filled { template: message.template.as_ref(), subject: message.subject(), content: message.content() };
        Self {
            address: to(Channel::Email),
            phone: to(Channel::Sms),
            code: message.code(),
            usage: &message.usage,
            payload: &message.payload,
            filled: (message.connector == "mock-email-service").then(filled),
        }
    }
}
