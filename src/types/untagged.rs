use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::strict;
use super::union::visit_plain;

/// The JSON types that a variant accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// A string. The variant accepts all strings.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
    /// An object. The variant accepts all objects.
    FreeObject,
    /// Several types.
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

    /// Whether a variant of this type can accept a value of the type `value`.
    #[must_use]
    pub fn takes(self, value: Self) -> bool {
        self == value || self == Self::Any || (self == Self::FreeObject && value == Self::Object)
    }
}

/// Decodes a value into a variant, if it matches.
pub type Attempt<T> = fn(&Value) -> Option<T>;

/// A union whose variants are distinguished by their content. `untagged_union!` implements it.
pub trait Untagged: Serialize + Sized + 'static {
    /// The variants in order: the JSON type that each accepts, and its decoder.
    const VARIANTS: &'static [(Json, Attempt<Self>)];

    /// Decodes the first variant that accepts this type.
    ///
    /// # Errors
    /// Fails if the value does not match the variant.
    fn decode<'de, D: Deserializer<'de>>(json: Json, value: D) -> Result<Self, D::Error>;

    /// Keeps a value that matches no variant.
    fn unknown(value: Value) -> Self;
}

/// Decodes an untagged union.
///
/// If only one variant accepts the value's type, decodes that variant, without a buffer if it accepts all values of the
/// type. Otherwise, decodes the first variant that loses nothing, or else the first that decodes at all.
///
/// # Errors
/// Fails if the input is not JSON.
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

/// Returns the type of the only variant that accepts values of this type.
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

/// Defines a union whose variants are distinguished by their content. Each variant names the JSON type that it accepts.
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
#[allow(unreachable_pub, reason = "the macros define models, which are public")]
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
        /// One of two objects, or another union.
        pub enum Person {
            /// With a name.
            Named(Named) = Object,
            /// With a name and an optional age.
            Aged(Aged) = Object,
            /// Another union.
            Thing(Thing) = Any,
        }
    }

    untagged_union! {
        /// An object with a name.
        pub enum Card {
            /// With a name.
            Named(Named) = Object,
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
    fn the_json_type_selects_the_variant() {
        assert_eq!(round_trip::<Thing>(r#""\u00c4da""#), Thing::Text("Äda".into()));
        assert_eq!(round_trip::<Thing>("1.5"), Thing::Number(1.5.into()));
        assert_eq!(round_trip::<Thing>("false"), Thing::None(False));
        assert_eq!(round_trip::<Thing>(r#"["a"]"#), Thing::List(vec!["a".into()]));
        let object = round_trip::<Thing>(r#"{"a":{"b":[null,{}]},"c":"d"}"#);
        assert!(matches!(object, Thing::Object(object) if object.len() == 2));
    }

    #[test]
    fn values_that_match_no_variant_are_kept() {
        for text in ["null", "true", "[1]", r#"["a",2]"#] {
            assert!(matches!(round_trip::<Thing>(text), Thing::Unknown(_)), "{text}");
        }
    }

    #[test]
    fn a_list_is_not_decoded_as_the_members_of_an_object() {
        assert!(serde_json::from_str::<Named>(r#"["Ada"]"#).is_ok(), "serde's derived code accepts it");
        assert!(matches!(round_trip::<Card>(r#"["Ada"]"#), Card::Unknown(_)));
    }

    #[test]
    fn the_variant_that_loses_nothing_is_preferred() {
        let named = Named { name: "Ada".into() };
        assert_eq!(round_trip::<Person>(r#"{"name":"Ada"}"#), Person::Named(named.clone()));
        let aged = Person::Aged(Aged { name: "Ada".into(), age: Some(36) });
        assert_eq!(round_trip::<Person>(r#"{"name":"Ada","age":36}"#), aged);
        let thing = round_trip::<Person>(r#"{"name":"Ada","born":1815}"#);
        assert!(matches!(thing, Person::Thing(Thing::Object(_))));
        assert_eq!(round_trip::<Person>("7"), Person::Thing(Thing::Number(7.into())));
    }

    #[test]
    fn a_variant_takes_values_of_its_own_type_only() {
        use Json::{Any, Boolean, FreeObject, List, Number, Object, Text};
        for json in [Boolean, Number, Text, List, Object] {
            assert!(json.takes(json) && Any.takes(json), "{json:?}");
            assert_eq!(FreeObject.takes(json), json == Object, "{json:?}");
            assert!(!Text.takes(json) || json == Text, "{json:?}");
        }
    }

    #[test]
    fn invalid_json_is_an_error() {
        for text in ["", "{", r#"{"a""#, "[1", "tru"] {
            assert!(serde_json::from_str::<Thing>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_an_error() {
        let bytes = serde::de::value::BytesDeserializer::<serde_json::Error>::new(b"x");
        assert!(Thing::deserialize(bytes).unwrap_err().to_string().contains("expected any JSON"));
    }
}
