//! Values of files, with their lines.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Span, Spanned};

/// How deeply values can be nested.
const MAX_DEPTH: usize = 64;

/// A value of a file, with the line where it starts.
#[derive(Clone)]
pub(in super::super) struct Node {
    pub line: u64,
    pub content: Content,
    /// Where the value is written. An alias is written elsewhere.
    span: Span,
}

/// The content of a [`Node`].
#[derive(Clone)]
pub(in super::super) enum Content {
    Scalar(Value),
    List(Vec<Node>),
    Object(Vec<Entry>),
}

/// A member of an object.
#[derive(Clone)]
pub(in super::super) struct Entry {
    pub name: String,
    pub line: u64,
    pub value: Node,
}

impl Node {
    /// Parses a document.
    ///
    /// # Errors
    /// Returns the line, if it is known, and the message.
    pub(in super::super) fn parse(text: &str) -> Result<Self, (Option<u64>, String)> {
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! { max_depth: MAX_DEPTH },
            with_snippet: false,
            strict_booleans: true,
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
        };
        serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| (crate::yaml::line(&error), crate::yaml::reason(&error)))
    }

    /// Returns the lines of integers that were rounded. They do not fit into 64 bits. `text` is the document.
    pub(in super::super) fn rounded_integers(&self, text: &str) -> Vec<u64> {
        let mut found = BTreeMap::new();
        self.find_rounded(text, &mut found);
        found.into_values().collect()
    }

    /// Collects the lines of rounded integers by where they are written. That is the same place for all aliases.
    fn find_rounded(&self, text: &str, found: &mut BTreeMap<u64, u64>) {
        match &self.content {
            Content::Scalar(Value::Number(number)) if number.is_f64() => {
                if let Some(place) = self.span.byte_offset().filter(|place| is_integer(text, *place)) {
                    found.entry(place).or_insert(self.line);
                }
            }
            Content::Scalar(_) => {}
            Content::List(items) => items.iter().for_each(|item| item.find_rounded(text, found)),
            Content::Object(entries) => entries.iter().for_each(|entry| entry.value.find_rounded(text, found)),
        }
    }

    pub(in super::super) fn value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => items.iter().map(Self::value).collect(),
            Content::Object(entries) => Value::Object(
                entries.iter().map(|entry| (entry.name.clone(), entry.value.value())).collect::<Map<_, _>>(),
            ),
        }
    }

    pub(in super::super) fn is_null(&self) -> bool {
        matches!(self.content, Content::Scalar(Value::Null))
    }

    pub(in super::super) fn is_empty_text(&self) -> bool {
        matches!(&self.content, Content::Scalar(Value::String(text)) if text.is_empty())
    }

    /// Returns the members, if this is an object.
    pub(in super::super) fn entries(&self) -> Option<&[Entry]> {
        match &self.content {
            Content::Object(entries) => Some(entries),
            _ => None,
        }
    }

    pub(in super::super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.name == name)
    }

    /// Returns the line of the deepest value that is on the way to this place.
    pub(in super::super) fn line_of(&self, place: &[String]) -> u64 {
        self.line_below(place).unwrap_or(self.line)
    }

    fn line_below(&self, place: &[String]) -> Option<u64> {
        let (step, rest) = place.split_first()?;
        match &self.content {
            Content::Object(_) => {
                let entry = self.entry(step)?;
                Some(entry.value.line_below(rest).unwrap_or(entry.line))
            }
            Content::List(items) => {
                let item = items.get(step.parse::<usize>().ok()?)?;
                Some(item.line_of(rest))
            }
            Content::Scalar(_) => None,
        }
    }
}

/// Whether the number at this place is written as an integer.
fn is_integer(text: &str, place: u64) -> bool {
    let written = usize::try_from(place).ok().and_then(|place| text.get(place..)).unwrap_or_default();
    let token = written.split(|letter: char| letter.is_whitespace() || ",]}#".contains(letter)).next();
    let digits = token.map(|token| token.strip_prefix(['+', '-']).unwrap_or(token)).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        Ok(Self { line: spanned.referenced.line(), content: spanned.value, span })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Content, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("the number is not finite"))?;
        Ok(Content::Scalar(number.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, value)) = map.next_entry::<Spanned<String>, Node>()? {
            entries.push(Entry { line: name.referenced.line(), name: name.value, value });
        }
        Ok(Content::Object(entries))
    }
}
