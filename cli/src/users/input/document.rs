//! JSON documents: an array of records, or objects with such an array.
//!
//! A thread parses the document, because serde pushes the elements of an array. A bounded channel turns that into an
//! iterator.

use std::fmt;
use std::io::BufReader;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use serde::de;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::ndjson::reason;
use super::{InputError, Location, Placed, Source, io_message};
use crate::json_object::might_be_rounded;
use crate::lost_digits::loses_digits;
use crate::unique_keys::{Unique, insert};

/// Number of records that are parsed ahead.
const AHEAD: usize = 64;

type Item = Result<Placed<Value>, InputError>;

/// Returns the records of one or more documents.
pub(super) fn records(
    file: Arc<str>,
    reader: BufReader<Source>,
    container: Option<&'static str>,
) -> impl Iterator<Item = Item> + Send {
    let (sender, receiver) = sync_channel(AHEAD);
    let name = Arc::clone(&file);
    let spawned = thread::Builder::new().name("json".to_owned()).spawn(move || {
        let mut parser = Parser { file, sender, element: 0, container };
        if let Err(error) = parser.run(reader) {
            let line = Some(error.line() as u64).filter(|line| *line > 0);
            let location = Location { line, element: None, file: Arc::clone(&parser.file) };
            let message = error.io_error_kind().map_or_else(
                || {
                    let hint = if error.is_eof() { "; the file might be truncated" } else { "" };
                    format!("invalid JSON at column {}: {}{hint}", error.column(), reason(&error))
                },
                |kind| io_message(&kind.into()),
            );
            // The receiver is gone if the caller has stopped reading.
            let _ = parser.sender.send(Err(InputError { location, message, is_fatal: true }));
        }
    });
    let failed = spawned.err().map(|error| {
        let location = Location { file: name, line: None, element: None };
        Err(InputError { location, message: format!("cannot start a thread: {error}"), is_fatal: true })
    });
    failed.into_iter().chain(receiver)
}

struct Parser {
    file: Arc<str>,
    sender: SyncSender<Item>,
    element: u64,
    container: Option<&'static str>,
}

impl Parser {
    fn run(&mut self, reader: BufReader<Source>) -> serde_json::Result<()> {
        let mut deserializer = serde_json::Deserializer::from_reader(reader);
        // Several documents can follow each other, such as the pages of an API.
        while let Err(error) = deserializer.end() {
            if error.is_io() {
                return Err(error);
            }
            Document { parser: self, is_element: false }.deserialize(&mut deserializer)?;
        }
        Ok(())
    }

    fn send<E: de::Error>(&mut self, value: Value, has_lost_digits: bool) -> Result<(), E> {
        self.element += 1;
        let location = Location { file: Arc::clone(&self.file), line: None, element: Some(self.element) };
        self.sender
            .send(Ok(Placed { location, value, has_lost_digits }))
            .map_err(|_| E::custom("the caller has stopped reading"))
    }
}

/// A document, or an element of its array.
struct Document<'a> {
    parser: &'a mut Parser,
    is_element: bool,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        if self.is_element {
            return Err(A::Error::custom("an array in an array"));
        }
        while elements.next_element_seed(Document { parser: &mut *self.parser, is_element: true })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (mut record, mut has_lost_digits) = (Map::new(), false);
        while let Some(name) = members.next_key::<String>()? {
            if self.parser.container == Some(name.as_str()) {
                members.next_value_seed(Document { parser: &mut *self.parser, is_element: false })?;
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(());
            }
            // The text shows whether a number loses digits.
            let text = members.next_value::<Box<RawValue>>()?;
            let Unique(value) = serde_json::from_str(text.get()).map_err(|error| A::Error::custom(reason(&error)))?;
            has_lost_digits |= might_be_rounded(&value) && loses_digits(text.get());
            insert(&mut record, name, value)?;
        }
        self.parser.send(Value::Object(record), has_lost_digits)
    }
}
