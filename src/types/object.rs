//! Reads and writes structs as JSON objects. The macro `object!` implements it for a struct:
//!
//! ```text
//! object! { Cat { required name "name", optional nick "nick" } tag "kind" "cat" rest extra }
//! ```
//!
//! - Each member has its presence, its field and its JSON name. The presence is one of `required`, `nullable`,
//!   `optional` and `patch`. For an `i64`, it is `whole`, `nullable_whole`, `optional_whole` or `patch_whole`, which
//!   accept 1.0, unlike serde.
//! - `tag` is a member with a constant value and without a field. It can be left out.
//! - `rest` is the field that keeps all other members. It can be left out: other members are then dropped.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::number::Whole;
use super::{JsonObject, Patch};

/// A JSON object with known members. `object!` implements it, because serde's derived code takes three times as long to
/// compile.
pub trait Object<'de>: Sized {
    /// The name of the type, for messages.
    const NAME: &'static str;

    /// Reads the members.
    ///
    /// # Errors
    /// Fails if a member is missing or does not match its type.
    fn read<A: MapAccess<'de>>(members: A) -> Result<Self, A::Error>;
}

/// Decodes an object.
///
/// # Errors
/// Fails if the value is not an object, or if a member is missing or does not match its type.
pub fn decode_object<'de, T: Object<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::read(members)
    }
}

/// The name of a member, borrowed if possible.
pub struct Key<'de>(Cow<'de, str>);

impl<'de> Key<'de> {
    pub(super) fn into_inner(self) -> Cow<'de, str> {
        self.0
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(name.to_owned())))
    }
}

/// Reads the value of a member.
///
/// # Errors
/// Fails if the value does not match the type.
pub fn read_member<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    members: &mut A,
    to: &mut Option<T>,
) -> Result<(), A::Error> {
    *to = Some(members.next_value()?);
    Ok(())
}

/// Skips the value of a member that the type does not have.
///
/// # Errors
/// Fails if the value is not JSON.
pub fn skip_member<'de, A: MapAccess<'de>>(members: &mut A) -> Result<(), A::Error> {
    members.next_value::<IgnoredAny>().map(drop)
}

/// Keeps an additional member of an open object.
///
/// # Errors
/// Fails if the value is not JSON.
pub fn keep_member<'de, A: MapAccess<'de>>(
    members: &mut A,
    key: &Key<'_>,
    to: &mut JsonObject,
) -> Result<(), A::Error> {
    to.insert(key.as_str().to_owned(), members.next_value::<Value>()?);
    Ok(())
}

/// Presence of a member: required, optional, or optional and nullable.
pub mod presence {
    use super::{Error, Patch, Whole};

    /// Returns the value of a required member.
    ///
    /// # Errors
    /// Fails if the member is missing.
    pub fn required<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
        value.ok_or_else(|| E::missing_field(name))
    }

    /// Returns the value of a required member that can be null.
    ///
    /// # Errors
    /// Never fails: an absent member counts as null.
    pub fn nullable<T, E: Error>(value: Option<Option<T>>, _: &'static str) -> Result<Option<T>, E> {
        Ok(value.flatten())
    }

    /// Returns the value of an optional member.
    ///
    /// # Errors
    /// Never fails.
    pub fn optional<T, E: Error>(value: Option<Option<T>>, _: &'static str) -> Result<Option<T>, E> {
        Ok(value.flatten())
    }

    /// Returns the value of a member that can be absent or null.
    ///
    /// # Errors
    /// Never fails.
    pub fn patch<T, E: Error>(value: Option<Patch<T>>, _: &'static str) -> Result<Patch<T>, E> {
        Ok(value.unwrap_or_default())
    }

    /// Returns the whole number of a required member.
    ///
    /// # Errors
    /// Fails if the member is missing.
    pub fn whole<E: Error>(value: Option<Whole>, name: &'static str) -> Result<i64, E> {
        required(value, name).map(|whole| whole.0)
    }

    /// Returns the whole number of a member that is optional, or required and nullable.
    ///
    /// # Errors
    /// Never fails.
    pub fn optional_whole<E: Error>(value: Option<Option<Whole>>, _: &'static str) -> Result<Option<i64>, E> {
        Ok(value.flatten().map(|whole| whole.0))
    }

    pub use optional_whole as nullable_whole;

    /// Returns the whole number of a member that can be absent or null.
    ///
    /// # Errors
    /// Never fails.
    pub fn patch_whole<E: Error>(value: Option<Patch<Whole>>, _: &'static str) -> Result<Patch<i64>, E> {
        Ok(value.map_or(Patch::Absent, |value| Patch::from(value.into_value().map(|whole| whole.0))))
    }
}

/// Writes members: always, or only if they are present.
pub mod write {
    use super::{Patch, Serialize, SerializeMap};

    /// Writes a required member.
    ///
    /// # Errors
    /// Fails if the value cannot be written as JSON.
    pub fn required<M: SerializeMap, T: Serialize>(
        members: &mut M,
        name: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        members.serialize_entry(name, value)
    }

    pub use required as nullable;
    pub use required as whole;
    pub use required as nullable_whole;

    /// Writes an optional member.
    ///
    /// # Errors
    /// Fails if the value cannot be written as JSON.
    pub fn optional<M: SerializeMap, T: Serialize>(
        members: &mut M,
        name: &'static str,
        value: &Option<T>,
    ) -> Result<(), M::Error> {
        value.as_ref().map_or(Ok(()), |value| members.serialize_entry(name, value))
    }

    /// Writes a member that can be absent or null.
    ///
    /// # Errors
    /// Fails if the value cannot be written as JSON.
    pub fn patch<M: SerializeMap, T: Serialize>(
        members: &mut M,
        name: &'static str,
        value: &Patch<T>,
    ) -> Result<(), M::Error> {
        if value.is_absent() { Ok(()) } else { members.serialize_entry(name, value) }
    }

    pub use optional as optional_whole;
    pub use patch as patch_whole;
}

/// Implements reading and writing of a struct as a JSON object. The documentation of the module has the grammar.
#[allow(unused_macros)]
macro_rules! object {
    ($name:ident { $($kind:ident $field:ident $json:literal),* $(,)? } $(tag $tag:literal $text:literal)? $(rest $rest:ident)?) => {
        impl<'de> $crate::types::support::Object<'de> for $name {
            const NAME: &'static str = stringify!($name);

            #[allow(unused_mut)]
            fn read<A: serde::de::MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
                $(let mut $field = None;)*
                $(let mut $rest = $crate::types::JsonObject::new();)?
                while let Some(key) = members.next_key::<$crate::types::support::Key<'de>>()? {
                    match key.as_str() {
                        $($json => $crate::types::support::read_member(&mut members, &mut $field),)*
                        $($tag => $crate::types::support::skip_member(&mut members),)?
                        $(_ => $crate::types::support::keep_member(&mut members, &key, &mut $rest),)?
                        #[allow(unreachable_patterns)]
                        _ => $crate::types::support::skip_member(&mut members),
                    }?;
                }
                Ok(Self { $($field: $crate::types::support::presence::$kind($field, $json)?,)* $($rest)? })
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::support::decode_object(deserializer)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut members = serializer.serialize_map(None)?;
                $(members.serialize_entry($tag, $text)?;)?
                $($crate::types::support::write::$kind(&mut members, $json, &self.$field)?;)*
                $($crate::types::support::write_rest(&mut members, &self.$rest)?;)?
                members.end()
            }
        }
    };
}

#[allow(unused_imports)]
pub(crate) use object;

/// Writes the additional members of an open object.
///
/// # Errors
/// Fails if a value cannot be written as JSON.
pub fn write_rest<M: SerializeMap>(members: &mut M, rest: &JsonObject) -> Result<(), M::Error> {
    rest.iter().try_for_each(|(name, value)| members.serialize_entry(name, value))
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros define models, which are public")]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq)]
    struct Pet {
        name: String,
        chip: Option<i64>,
        nick: Option<String>,
        owner: Patch<String>,
        rest: JsonObject,
    }

    object! { Pet { required name "name", nullable chip "chipNumber", optional nick "nick", patch owner "owner" } tag "kind" "cat" rest rest }

    #[derive(Debug, PartialEq)]
    struct Counts {
        all: i64,
        some: Option<i64>,
        none: Option<i64>,
        most: Patch<i64>,
    }

    object! { Counts { whole all "all", nullable_whole some "some", optional_whole none "none", patch_whole most "most" } }

    #[test]
    fn whole_numbers_are_read_in_any_notation_and_written_as_integers() {
        let counts: Counts = serde_json::from_str(r#"{"all":1.0,"some":1e3,"none":2.9,"most":-7}"#).unwrap();
        assert_eq!(counts, Counts { all: 1, some: Some(1000), none: Some(2), most: Patch::Value(-7) });
        assert_eq!(serde_json::to_string(&counts).unwrap(), r#"{"all":1,"some":1000,"none":2,"most":-7}"#);
        for (text, most) in [(r#"{"all":0}"#, Patch::Absent), (r#"{"all":0,"none":null,"most":null}"#, Patch::Null)] {
            assert_eq!(serde_json::from_str::<Counts>(text).unwrap(), Counts { all: 0, some: None, none: None, most });
        }
        assert!(serde_json::from_str::<Counts>("{}").unwrap_err().to_string().contains("missing field `all`"));
    }

    fn round_trip(text: &str) -> Pet {
        let pet: Pet = serde_json::from_str(text).unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&pet).unwrap(), value);
        pet
    }

    #[test]
    fn members_of_each_presence_round_trip() {
        let pet = round_trip(r#"{"kind":"cat","name":"Tom","chipNumber":null}"#);
        assert_eq!(pet, Pet { name: "Tom".into(), ..Pet::default() });
        let pet = round_trip(r#"{"kind":"cat","name":"Tom","chipNumber":7,"nick":"T","owner":null,"age":[3]}"#);
        assert_eq!((pet.chip, pet.nick.as_deref(), pet.owner.is_null()), (Some(7), Some("T"), true));
        assert_eq!(pet.rest.get("age"), Some(&serde_json::json!([3])));
        assert_eq!(round_trip(r#"{"kind":"cat","name":"T\u00f6m","chipNumber":1,"owner":"Ada"}"#).name, "Töm");
    }

    #[test]
    fn errors_name_missing_and_mismatched_members() {
        let problem = |text| serde_json::from_str::<Pet>(text).unwrap_err().to_string();
        assert!(problem(r#"{"chipNumber":1}"#).contains("missing field `name`"));
        assert!(problem(r#"{"name":1}"#).contains("invalid type: integer `1`, expected a string"));
        assert!(problem("[]").contains("expected an object (Pet)"));
    }

    #[test]
    fn a_name_of_a_member_is_text() {
        use serde::de::IntoDeserializer;

        let number = IntoDeserializer::<serde_json::Error>::into_deserializer(7_u64);
        assert!(Key::deserialize(number).err().unwrap().to_string().contains("expected a member's name"));
    }
}
