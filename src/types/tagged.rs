use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::JsonObject;
use super::object::Key;
use super::replayed_members::ReplayedMembers;
use super::strict;
use super::union::visit_plain;

/// A union of objects that a constant member distinguishes. `tagged_union!` implements it.
pub trait Tagged: Sized {
    /// The name of the constant member.
    const TAG: &'static str;

    /// Returns the tag, if a variant has it.
    fn known(tag: &str) -> Option<&'static str>;

    /// Decodes the variant with this tag. For an unknown tag, accepts any JSON.
    ///
    /// # Errors
    /// Fails if the members do not match the variant.
    fn decode<'de, D: Deserializer<'de>>(tag: &str, object: D) -> Result<Self, D::Error>;

    /// Keeps a value that matches no variant.
    fn unknown(value: Value) -> Self;
}

/// Decodes a tagged union.
///
/// The strict pass decodes the variant directly from the input, and buffers only the members before the tag. The
/// lenient pass buffers all members, and keeps an object that matches no variant.
///
/// # Errors
/// Fails if the input is not JSON. The strict pass also fails if the members do not match the variant.
pub fn decode_tagged<'de, T: Tagged, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(TaggedVisitor(PhantomData))
}

struct TaggedVisitor<T>(PhantomData<T>);

impl<'de, T: Tagged> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    visit_plain!(T::unknown);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", T::TAG)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::unknown(text.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        if strict::is_strict() { as_it_comes(map) } else { kept(map) }
    }
}

fn as_it_comes<'de, T: Tagged, A: MapAccess<'de>>(mut map: A) -> Result<T, A::Error> {
    let mut before = Vec::new();
    while let Some((key, value)) = map.next_entry::<Key<'de>, Value>()? {
        let tag = if key.as_str() == T::TAG { T::known(&tag_text(&value)) } else { None };
        before.push((key, value));
        if let Some(tag) = tag {
            return T::decode(tag, MapAccessDeserializer::new(ReplayedMembers::new(before, map)));
        }
    }
    let object = before.into_iter().map(|(key, value)| (key.as_str().to_owned(), value));
    Ok(T::unknown(object.collect::<JsonObject>().into()))
}

fn kept<'de, T: Tagged, A: MapAccess<'de>>(map: A) -> Result<T, A::Error> {
    let object = Value::deserialize(MapAccessDeserializer::new(map))?;
    let tag = object.get(T::TAG).and_then(|value| T::known(&tag_text(value)));
    let decoded = tag.and_then(|tag| T::decode(tag, &object).ok());
    Ok(decoded.unwrap_or_else(|| T::unknown(object)))
}

/// Returns the text of a tag: a string as it is, any other value as JSON.
fn tag_text(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

/// Defines a union of objects that a constant member distinguishes.
#[allow(unused_macros)]
macro_rules! tagged_union {
    ($(#[$meta:meta])* pub enum $name:ident by $tag:literal {
        $($(#[$variant_meta:meta])* $variant:ident($inner:ty) = $value:literal),+ $(,)?
    }) => {
        $crate::types::union_enum!($(#[$meta])* $name { $($(#[$variant_meta])* $variant($inner))+ });

        impl $crate::types::support::Tagged for $name {
            const TAG: &'static str = $tag;

            fn known(tag: &str) -> Option<&'static str> {
                match tag {
                    $($value => Some($value),)+
                    _ => None,
                }
            }

            fn decode<'de, D: serde::Deserializer<'de>>(tag: &str, object: D) -> Result<Self, D::Error> {
                match tag {
                    $($value => serde::Deserialize::deserialize(object).map(Self::$variant),)+
                    _ => serde::Deserialize::deserialize(object).map(Self::Unknown),
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

#[allow(unused_imports)]
pub(crate) use tagged_union;

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros define models, which are public")]
mod tests {
    use std::cell::Cell;

    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type", rename = "circle")]
    pub struct Circle {
        radius: i64,
        name: Option<String>,
        colours: Option<Vec<String>>,
    }

    tagged_union! {
        /// A shape.
        pub enum Shape by "type" {
            /// Round.
            Circle(Circle) = "circle",
        }
    }

    fn decoded(text: &str) -> Shape {
        let shape: Shape = serde_json::from_str(text).unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_value::<Shape>(value).unwrap(), shape, "{text}");
        assert_eq!(strict::decode(|| serde_json::from_str::<Shape>(text)).unwrap(), shape, "{text}");
        shape
    }

    /// Returns the result of the strict pass alone.
    fn strictly<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
        let first = Cell::new(None);
        let _ = strict::decode(|| {
            first.set(serde_json::from_str(text).ok());
            Ok::<_, ()>(())
        });
        first.take()
    }

    #[test]
    fn a_tagged_union_finds_its_variant_wherever_the_tag_is() {
        let circle = |radius, name: Option<&str>, colours| {
            Shape::Circle(Circle { radius, name: name.map(str::to_owned), colours })
        };
        for text in [r#"{"type":"circle","radius":2}"#, r#"{"radius":2,"new":[{}],"type":"c\u0069rcle","name":null}"#] {
            assert_eq!(decoded(text), circle(2, None, None), "{text}");
        }
        let full = r#"{"type":"circle","radius":-1,"name":"\u00e4","colours":["red"]}"#;
        assert_eq!(decoded(full), circle(-1, Some("ä"), Some(vec!["red".to_owned()])));
    }

    #[test]
    fn the_strict_pass_fails_if_members_do_not_match_the_variant() {
        for text in [
            r#"{"type":"circle","radius":2}"#,
            r#"{"radius":2,"type":"circle","colours":["red"]}"#,
            r#"{"name":"\u00e4","colours":["red"],"radius":2,"type":"circle"}"#,
            r#"{"type":"star","points":5}"#,
            "[1]",
        ] {
            assert_eq!(strictly(text), Some(decoded(text)), "{text}");
        }
        for text in [r#"{"type":"circle","radius":"two"}"#, r#"{"name":1,"type":"circle","radius":2}"#] {
            assert_eq!(strictly::<Shape>(text), None, "{text}");
        }
    }

    #[test]
    fn an_object_that_does_not_match_does_not_affect_its_neighbours() {
        let list = r#"[{"type":"circle","radius":2},{"type":"circle"},{"radius":3,"type":"circle"}]"#;
        let shapes = strict::decode(|| serde_json::from_str::<Vec<Shape>>(list)).unwrap();
        assert_eq!(shapes, serde_json::from_str::<Vec<Shape>>(list).unwrap());
        assert!(matches!(&*shapes, [Shape::Circle(_), Shape::Unknown(_), Shape::Circle(_)]));
    }

    #[test]
    fn a_tagged_union_keeps_unknown_and_mismatched_values() {
        for text in [
            r#"{"type":"star","points":5}"#,
            r#"{"type":"circle","radius":"two","name":"\u00e4","new":[{"a":null}]}"#,
            r#"{"name":"Ada","type":"circle"}"#,
            r#"{"type":"circle","radius":{"cm":2}}"#,
            r#"{"type":7}"#,
            r#"{"a":1}"#,
            "{}",
            "null",
            "3",
            "-1.5",
            "true",
            r#""x""#,
            "[1]",
        ] {
            let shape = decoded(text);
            assert!(matches!(shape, Shape::Unknown(_)), "{text}");
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_value(&shape).unwrap(), value);
        }
    }

    #[test]
    fn debug_output_shows_variants_and_hides_unknown_values() {
        assert!(format!("{:?}", decoded(r#"{"type":"circle","radius":2}"#)).starts_with("Circle(Circle { radius: 2"));
        assert_eq!(format!("{:?}", decoded(r#"{"type":"star","key":"s3cret"}"#)), "Unknown([redacted])");
    }

    #[test]
    fn invalid_json_is_an_error() {
        for text in [r#"{"type":"circle","radius":"#, r#"{"type":"circle""#, "[1", r#"{"type" 1}"#] {
            assert!(serde_json::from_str::<Shape>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_an_error_that_names_the_tag() {
        let bytes = serde::de::value::BytesDeserializer::<serde_json::Error>::new(b"x");
        assert!(Shape::deserialize(bytes).unwrap_err().to_string().contains("expected an object with `type`"));
    }
}
