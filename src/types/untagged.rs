use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::strict;
use super::union::visit_plain;

/// The types of JSON by which variants are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// A string, of which the variant takes every one.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
    /// An object, of which the variant takes every one.
    FreeObject,
    /// Of several types.
    Any,
}

impl Json {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        })
    }

    /// Whether a variant of this type may take a value of that one.
    #[must_use]
    pub fn takes(self, value: Self) -> bool {
        self == value || self == Self::Any || (self == Self::FreeObject && value == Self::Object)
    }
}

/// Decodes a value into a variant, if it fits.
pub type Attempt<T> = fn(&Value) -> Option<T>;

/// A union whose variants are told apart by what they can hold; `untagged_union!` implements it.
pub trait Untagged: Serialize + Sized + 'static {
    /// The variants in their order: what they take, and an attempt at it.
    const VARIANTS: &'static [(Json, Attempt<Self>)];

    /// Decodes the first variant that takes this type.
    ///
    /// # Errors
    /// What does not fit the variant.
    fn decode<'de, D: Deserializer<'de>>(json: Json, value: D) -> Result<Self, D::Error>;

    /// Keeps what matches no variant.
    fn unknown(value: Value) -> Self;
}

/// Decodes an untagged union: the only variant of the value's type; of several the first that loses nothing, else the
/// first that decodes at all. What the only variant takes in any case is not buffered.
///
/// # Errors
/// What is not JSON.
pub fn decode_untagged<'de, T: Untagged, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(UntaggedVisitor(PhantomData))
}

struct UntaggedVisitor<T>(PhantomData<T>);

impl<'de, T: Untagged> Visitor<'de> for UntaggedVisitor<T> {
    type Value = T;

    visit_plain!(told_apart);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        match only::<T>(Json::Text) {
            Some(Json::Text) => T::decode(Json::Text, StrDeserializer::new(text)),
            _ => Ok(told_apart(text.into())),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let object = MapAccessDeserializer::new(map);
        match only::<T>(Json::Object) {
            Some(Json::FreeObject) => T::decode(Json::Object, object),
            _ => Value::deserialize(object).map(told_apart),
        }
    }
}

/// What the only variant takes that takes values of this type.
fn only<T: Untagged>(json: Json) -> Option<Json> {
    let mut fitting = T::VARIANTS.iter().map(|(takes, _)| *takes).filter(|takes| takes.takes(json));
    let first = fitting.next();
    if fitting.next().is_none() { first } else { None }
}

fn told_apart<T: Untagged>(value: Value) -> T {
    let json = Json::of(&value);
    let fits = |takes: Json| json.is_none_or(|json| takes.takes(json));
    let fitting = T::VARIANTS.iter().filter(|(takes, _)| fits(*takes));
    let mut attempts = fitting.filter_map(|(_, attempt)| strict::keeping(|| attempt(&value)));
    let Some(first) = attempts.next() else { return T::unknown(value) };
    let loses_nothing = |union: &T| serde_json::to_value(union).is_ok_and(|encoded| encoded == value);
    if json.is_some_and(|json| only::<T>(json).is_some()) || loses_nothing(&first) {
        return first;
    }
    attempts.find(loses_nothing).unwrap_or(first)
}

/// Makes a union whose variants are told apart by what they can hold, of which the type of JSON is said.
#[allow(unused_macros)]
macro_rules! untagged_union {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($inner:ty) = $json:ident),+ $(,)?
    }) => {
        $crate::types::union_enum!($(#[$meta])* $name { $($(#[$variant_meta])* $variant($inner))+ });

        impl $crate::types::support::Untagged for $name {
            const VARIANTS: &'static [($crate::types::support::Json, $crate::types::support::Attempt<Self>)] = &[$((
                $crate::types::support::Json::$json,
                |value| <$inner as serde::Deserialize>::deserialize(value).ok().map(Self::$variant),
            )),+];

            fn decode<'de, D>(json: $crate::types::support::Json, value: D) -> Result<Self, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                $(if $crate::types::support::Json::$json.takes(json) {
                    return <$inner as serde::Deserialize>::deserialize(value).map(Self::$variant);
                })+
                serde::Deserialize::deserialize(value).map(Self::Unknown)
            }

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
pub(crate) use untagged_union;

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros are made for models, which are public")]
mod tests {
    use super::*;
    use crate::types::{False, JsonObject, Number};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Named {
        name: String,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Aged {
        name: String,
        age: Option<i64>,
    }

    untagged_union! {
        /// Many things.
        pub enum Thing {
            /// A text.
            Text(String) = Text,
            /// Any object.
            Object(JsonObject) = FreeObject,
            /// A number.
            Number(Number) = Number,
            /// False.
            None(False) = Boolean,
            /// A list of texts.
            List(Vec<String>) = List,
        }
    }

    untagged_union! {
        /// One of two objects, or the text of something.
        pub enum Person {
            /// With a name.
            Named(Named) = Object,
            /// With a name and perhaps an age.
            Aged(Aged) = Object,
            /// Another union.
            Thing(Thing) = Any,
        }
    }

    fn round_trip<T: Untagged + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug>(text: &str) -> T {
        let decoded: T = serde_json::from_str(text).unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&decoded).unwrap(), value, "{text}");
        assert_eq!(serde_json::from_value::<T>(value).unwrap(), decoded, "{text}");
        decoded
    }

    #[test]
    fn the_type_of_json_tells_variants_apart() {
        assert_eq!(round_trip::<Thing>(r#""\u00c4da""#), Thing::Text("Äda".into()));
        assert_eq!(round_trip::<Thing>("1.5"), Thing::Number(1.5.into()));
        assert_eq!(round_trip::<Thing>("false"), Thing::None(False));
        assert_eq!(round_trip::<Thing>(r#"["a"]"#), Thing::List(vec!["a".into()]));
        let object = round_trip::<Thing>(r#"{"a":{"b":[null,{}]},"c":"d"}"#);
        assert!(matches!(object, Thing::Object(object) if object.len() == 2));
    }

    #[test]
    fn what_is_of_no_variants_type_or_does_not_fit_it_is_kept() {
        for text in ["null", "true", "[1]", r#"["a",2]"#] {
            assert!(matches!(round_trip::<Thing>(text), Thing::Unknown(_)), "{text}");
        }
    }

    #[test]
    fn of_several_variants_that_take_the_type_the_one_is_taken_that_loses_nothing() {
        let named = Named { name: "Ada".into() };
        assert_eq!(round_trip::<Person>(r#"{"name":"Ada"}"#), Person::Named(named.clone()));
        let aged = Person::Aged(Aged { name: "Ada".into(), age: Some(36) });
        assert_eq!(round_trip::<Person>(r#"{"name":"Ada","age":36}"#), aged);
        let thing = round_trip::<Person>(r#"{"name":"Ada","born":1815}"#);
        assert!(matches!(thing, Person::Thing(Thing::Object(_))));
        assert_eq!(round_trip::<Person>("7"), Person::Thing(Thing::Number(7.into())));
    }

    #[test]
    fn what_is_not_json_is_an_error() {
        for text in ["", "{", r#"{"a""#, "[1", "tru"] {
            assert!(serde_json::from_str::<Thing>(text).is_err(), "{text}");
        }
    }
}
