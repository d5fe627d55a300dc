//! JSON documents: an array of records, or objects with such an array.
//!
//! A thread parses the document, because serde pushes the elements of an array. A bounded channel turns that into an
//! iterator.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use serde::de;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::location::{InputError, Location, Placed};
use super::ndjson::reason;
use super::options::InputOptions;
use super::source::{LONGEST, Source, io_message};
use crate::json_object::might_be_rounded;
use crate::lost_digits::loses_digits;
use crate::unique_keys::{Unique, insert};

/// Number of records that are parsed ahead.
const AHEAD: usize = 64;

/// Maximum number of bytes before the records of a document. They are kept in memory.
const BEFORE: u64 = 4 * LONGEST;

type Item = Result<Placed<Value>, InputError>;

/// Returns the records of one or more documents. Sets `has_beside` if a document has that member.
pub(super) fn records(
    file: Arc<str>,
    reader: BufReader<Source>,
    options: &InputOptions,
    has_beside: &Arc<AtomicBool>,
) -> impl Iterator<Item = Item> + Send + use<> {
    let (sender, receiver) = sync_channel(AHEAD);
    let (container, beside) = (options.container, options.beside);
    let (name, has_beside) = (Arc::clone(&file), Arc::clone(has_beside));
    let spawned = thread::Builder::new().name("json".to_owned()).spawn(move || {
        let left = Rc::default();
        let mut parser = Parser { file, sender, element: 0, container, beside, has_beside, left };
        if let Err(error) = parser.run(reader) {
            let line = Some(error.line() as u64).filter(|line| *line > 0);
            let location = Location { line, element: None, file: Arc::clone(&parser.file) };
            let message = if error.is_io() {
                io_message(&error.into())
            } else {
                let hint = if error.is_eof() { "; the file might be truncated" } else { "" };
                format!("invalid JSON at column {}: {}{hint}", error.column(), reason(&error))
            };
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
    beside: Option<&'static str>,
    has_beside: Arc<AtomicBool>,
    /// Number of bytes that can be read until the next part of the document.
    left: Rc<Cell<u64>>,
}

/// Fails where a part of the document is too long. Its text is kept in memory, and an endless file has no end of it.
struct Limited {
    reader: BufReader<Source>,
    left: Rc<Cell<u64>>,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match self.left.get().checked_sub(count as u64) {
            Some(left) => self.left.set(left),
            None => {
                let (record, before) = (LONGEST >> 20, BEFORE >> 20);
                let message =
                    format!("a record has more than {record} MiB, or more than {before} MiB precede the records");
                return Err(io::Error::other(message));
            }
        }
        Ok(count)
    }
}

impl Parser {
    fn run(&mut self, reader: BufReader<Source>) -> serde_json::Result<()> {
        self.limit(false);
        let reader = BufReader::new(Limited { reader, left: Rc::clone(&self.left) });
        let mut deserializer = serde_json::Deserializer::from_reader(reader);
        // Several documents can follow each other, such as the pages of an API.
        while let Err(error) = deserializer.end() {
            if error.is_io() {
                return Err(error);
            }
            self.limit(false);
            Document { parser: self, is_element: false }.deserialize(&mut deserializer)?;
        }
        Ok(())
    }

    /// Limits the next part of the document: an element, or what precedes the records.
    fn limit(&self, is_element: bool) {
        self.left.set(if is_element || self.container.is_none() { LONGEST } else { BEFORE });
    }

    /// Notes a member beside the container.
    fn note_beside(&self, name: &str, value: &Value) {
        if self.beside == Some(name) && value.as_array().is_some_and(|items| !items.is_empty()) {
            self.has_beside.store(true, Ordering::Relaxed);
        }
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
        self.parser.limit(true);
        while elements.next_element_seed(Document { parser: &mut *self.parser, is_element: true })?.is_some() {
            self.parser.limit(true);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (mut record, mut has_lost_digits) = (Map::new(), false);
        while let Some(name) = members.next_key::<String>()? {
            if self.parser.container == Some(name.as_str()) {
                members.next_value_seed(Document { parser: &mut *self.parser, is_element: false })?;
                record.iter().for_each(|(name, value)| self.parser.note_beside(name, value));
                return self.rest(members);
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

impl Document<'_> {
    /// Reads the members after the container. They are not kept, so they can have any length.
    fn rest<'de, A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        loop {
            self.parser.limit(false);
            match members.next_key::<String>()? {
                None => return Ok(()),
                Some(name) if self.parser.beside == Some(name.as_str()) => {
                    self.parser.note_beside(&name, &members.next_value()?);
                }
                Some(_) => {
                    self.parser.left.set(u64::MAX);
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
    }
}
