use std::borrow::Cow;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::JsonObject;
use super::object::Key;
use super::union::visit_plain;

/// An object's members as they came, from which it can be decoded more than once. Text, which most of them are, is not
/// copied.
pub(super) struct Members<'de>(Vec<(Key<'de>, Captured<'de>)>);

enum Captured<'de> {
    Text(Cow<'de, str>),
    Object(Members<'de>),
    Other(Value),
}

impl<'de> Members<'de> {
    pub(super) fn read<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut members = Vec::with_capacity(map.size_hint().unwrap_or(4));
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Self(members))
    }

    /// The text by which a constant is told apart: of a string itself, of anything else its JSON.
    pub(super) fn tag(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self.0.iter().find(|(key, _)| key.as_str() == name)?;
        Some(match value {
            Captured::Text(text) => Cow::Borrowed(text),
            Captured::Other(value) => Cow::Owned(value.to_string()),
            Captured::Object(_) => return None,
        })
    }

    /// The object, ready to be decoded.
    pub(super) fn object(
        &self,
    ) -> impl Deserializer<'_, Error = serde_json::Error> + MapAccess<'_, Error = serde_json::Error> {
        MapDeserializer::new(self.0.iter().map(|(key, value)| (key, value)))
    }

    pub(super) fn into_json(self) -> Value {
        let member = |(key, value): (Key<'_>, Captured<'_>)| (key.as_str().to_owned(), value.into_json());
        Value::Object(self.0.into_iter().map(member).collect::<JsonObject>())
    }
}

impl Captured<'_> {
    fn into_json(self) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Object(members) => members.into_json(),
            Self::Other(value) => value,
        }
    }
}

impl<'a, E: Error> IntoDeserializer<'a, E> for &'a Key<'_> {
    type Deserializer = BorrowedStrDeserializer<'a, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        BorrowedStrDeserializer::new(self.as_str())
    }
}

impl<'a> IntoDeserializer<'a, serde_json::Error> for &'a Captured<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Captured<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Captured::Text(text) => visitor.visit_borrowed_str(text),
            Captured::Object(members) => visitor.visit_map(members.object()),
            Captured::Other(value) => value.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Captured::Other(Value::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> Deserialize<'de> for Captured<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CapturedVisitor)
    }
}

struct CapturedVisitor;

impl<'de> Visitor<'de> for CapturedVisitor {
    type Value = Captured<'de>;

    visit_plain!(Captured::Other);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Captured<'de>, E> {
        Ok(Captured::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Captured<'de>, E> {
        Ok(Captured::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Captured<'de>, A::Error> {
        Members::read(map).map(Captured::Object)
    }
}
