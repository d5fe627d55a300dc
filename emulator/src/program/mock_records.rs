//! The files to which Logto's mock connectors write messages.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use logto_admin::serde_json::{self, Map, Value};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::Message;

/// Writes a message of a mock connector as Logto does. All others are ignored.
pub(super) fn write(folder: &Path, message: &Message) -> io::Result<()> {
    let record = Record::of(message);
    let (name, record) = match &*message.connector {
        "mock-email-service" => ("mock_email_record.txt", record.for_email().with_template(message)),
        "mock-email-service-alternative" => ("mock_email_record.txt", record.for_email()),
        "mock-short-message-service" => ("mock_sms_record.txt", record.for_phone()),
        _ => return Ok(()),
    };
    fs::create_dir_all(folder)?;
    // Nobody reads a part of it, and only its owner can read it.
    let mut file = NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, &record)?;
    writeln!(file)?;
    file.persist(folder.join(name)).map(drop).map_err(|error| error.error)
}

#[derive(Serialize)]
struct Record<'a> {
    #[serde(skip)]
    recipient: &'a str,
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
        Self {
            recipient: &message.recipient,
            address: None,
            phone: None,
            code: message.code(),
            usage: &message.usage,
            payload: &message.payload,
            filled: None,
        }
    }

    fn for_email(self) -> Self {
        Self { address: Some(self.recipient), ..self }
    }

    fn for_phone(self) -> Self {
        Self { phone: Some(self.recipient), ..self }
    }

    fn with_template(self, message: &'a Message) -> Self {
        let template = message.template.as_ref();
        let filled = Filled { template, subject: message.subject(), content: message.content() };
        Self { filled: Some(filled), ..self }
    }
}
