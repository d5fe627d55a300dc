use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::JsonObject;

/// A union of objects that a constant member tells apart; `tagged_union!` implements it.
pub trait Tagged: Sized {
    /// The constant member's name.
    const TAG: &'static str;

    /// Whether a variant has this tag.
    fn is_known(tag: &str) -> bool;

    /// Decodes the variant of this tag, which is known, from the object's other members.
    ///
    /// # Errors
    /// The members do not fit the variant.
    fn decode<'de, D: Deserializer<'de>>(tag: &str, members: D) -> Result<Self, D::Error>;

    /// Keeps what matches no variant.
    fn unknown(value: Value) -> Self;
}

/// A union whose variants are told apart by what they can hold; `untagged_union!` implements it.
pub trait Untagged: Serialize + Sized + 'static {
    /// Attempts at each variant, in order.
    const ATTEMPTS: &'static [fn(&Value) -> Option<Self>];

    /// Keeps what matches no variant.
    fn unknown(value: Value) -> Self;
}

/// Decodes a tagged union, without buffering if the tag is the first member.
///
/// # Errors
/// A variant whose tag is known and whose members do not fit.
pub fn decode_tagged<'de, T: Tagged, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(TaggedVisitor(PhantomData))
}

/// Decodes an untagged union: the first variant that loses nothing, else the first that decodes at all.
///
/// # Errors
/// What is not JSON.
pub fn decode_untagged<'de, T: Untagged, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let mut first = None;
    for union in T::ATTEMPTS.iter().filter_map(|attempt| attempt(&value)) {
        if serde_json::to_value(&union).is_ok_and(|encoded| encoded == value) {
            return Ok(union);
        }
        first.get_or_insert(union);
    }
    Ok(first.unwrap_or_else(|| T::unknown(value)))
}

/// The text by which a constant is told apart: of a string itself, of anything else its JSON.
fn tag_text(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

struct TaggedVisitor<T>(PhantomData<T>);

/// Keeps the values that are no objects, whatever they are.
macro_rules! keep {
    ($($method:ident($type:ty)),+) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<T, E> {
            Ok(T::unknown(value.into()))
        }
    )+};
}

impl<'de, T: Tagged> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    keep!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", T::TAG)
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::unknown(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(T::unknown)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = JsonObject::new();
        if let Some((key, value)) = map.next_entry::<String, Value>()? {
            if key == T::TAG && T::is_known(&tag_text(&value)) {
                return T::decode(&tag_text(&value), MapAccessDeserializer::new(map));
            }
            object.insert(key, value);
        }
        while let Some((key, value)) = map.next_entry()? {
            object.insert(key, value);
        }
        decode_buffered(object).map_err(A::Error::custom)
    }
}

fn decode_buffered<T: Tagged>(object: JsonObject) -> Result<T, serde_json::Error> {
    let tag = object.get(T::TAG).map(|value| tag_text(value).into_owned()).filter(|tag| T::is_known(tag));
    match tag {
        Some(tag) => T::decode(&tag, Value::Object(object)),
        None => Ok(T::unknown(Value::Object(object))),
    }
}

/// Makes the enum of a union, which keeps what it does not know.
#[allow(unused_macros)]
macro_rules! union_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident($inner:ty))+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)]
        pub enum $name {
            $($(#[$variant_meta])* $variant($inner),)+
            /// What matches none of the kinds that this version of the client knows, as the API sent it.
            Unknown(serde_json::Value),
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)+
                    Self::Unknown(value) => value.serialize(serializer),
                }
            }
        }

        $(impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self::$variant(value)
            }
        })+
    };
}

/// Makes a union of objects that a constant member tells apart.
#[allow(unused_macros)]
macro_rules! tagged_union {
    ($(#[$meta:meta])* pub enum $name:ident by $tag:literal {
        $($(#[$variant_meta:meta])* $variant:ident($inner:ty) = $value:literal),+ $(,)?
    }) => {
        $crate::types::union_enum!($(#[$meta])* $name { $($(#[$variant_meta])* $variant($inner))+ });

        impl $crate::types::support::Tagged for $name {
            const TAG: &'static str = $tag;

            fn is_known(tag: &str) -> bool {
                matches!(tag, $($value)|+)
            }

            fn decode<'de, D: serde::Deserializer<'de>>(tag: &str, members: D) -> Result<Self, D::Error> {
                match tag {
                    $($value => serde::Deserialize::deserialize(members).map(Self::$variant),)+
                    _ => serde::Deserialize::deserialize(members).map(Self::Unknown),
                }
            }

            fn unknown(value: serde_json::Value) -> Self {
                Self::Unknown(value)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::support::decode_tagged(deserializer)
            }
        }
    };
}

/// Makes a union whose variants are told apart by what they can hold.
#[allow(unused_macros)]
macro_rules! untagged_union {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($inner:ty)),+ $(,)?
    }) => {
        $crate::types::union_enum!($(#[$meta])* $name { $($(#[$variant_meta])* $variant($inner))+ });

        impl $crate::types::support::Untagged for $name {
            const ATTEMPTS: &'static [fn(&serde_json::Value) -> Option<Self>] =
                &[$(|value| <$inner as serde::Deserialize>::deserialize(value).ok().map(Self::$variant)),+];

            fn unknown(value: serde_json::Value) -> Self {
                Self::Unknown(value)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::support::decode_untagged(deserializer)
            }
        }
    };
}

#[allow(unused_imports)]
pub(crate) use {tagged_union, union_enum, untagged_union};

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros are made for models, which are public")]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type", rename = "circle")]
    pub struct Circle {
        radius: i64,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Named {
        name: String,
    }

    tagged_union! {
        /// A shape.
        pub enum Shape by "type" {
            /// Round.
            Circle(Circle) = "circle",
        }
    }

    untagged_union! {
        /// A name, or an object with one.
        pub enum Name {
            /// Bare.
            Text(String),
            /// In an object.
            Named(Named),
        }
    }

    fn round_trip<T: Serialize + for<'de> Deserialize<'de>>(text: &str) -> T {
        let decoded: T = serde_json::from_str(text).unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&decoded).unwrap(), value);
        decoded
    }

    #[test]
    fn a_tagged_union_finds_its_variant_wherever_the_tag_stands() {
        for text in [r#"{"type":"circle","radius":2}"#, r#"{"radius":2,"type":"circle"}"#] {
            assert_eq!(round_trip::<Shape>(text), Shape::Circle(Circle { radius: 2 }));
        }
    }

    #[test]
    fn a_tagged_union_keeps_what_it_does_not_know() {
        for text in [r#"{"type":"star","points":5}"#, r#"{"a":1}"#, "{}", "null", "3", "-1.5", "true", r#""x""#, "[1]"]
        {
            assert!(matches!(round_trip::<Shape>(text), Shape::Unknown(_)), "{text}");
        }
    }

    #[test]
    fn members_that_do_not_fit_a_known_tag_are_an_error() {
        assert!(serde_json::from_str::<Shape>(r#"{"type":"circle","radius":"two"}"#).is_err());
    }

    #[test]
    fn an_untagged_union_takes_the_variant_that_loses_nothing() {
        assert_eq!(round_trip::<Name>(r#""Ada""#), Name::Text("Ada".into()));
        assert_eq!(round_trip::<Name>(r#"{"name":"Ada"}"#), Name::Named(Named { name: "Ada".into() }));
        assert!(matches!(round_trip::<Name>("7"), Name::Unknown(_)));
    }
}
