/// Defines an enum of strings that keeps unknown values.
macro_rules! string_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$value_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$value_meta])* $variant,)+
            /// A value that is unknown to this version of the client.
            Unknown(String),
        }

        impl $name {
            /// The known values, as the API writes them.
            pub const VALUES: &'static [&'static str] = &[$($text),+];

            /// Returns the value as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(value) => value,
                }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($text => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(deserializer).map(|value| Self::from(&*value))
            }
        }

        impl $crate::types::TextValue for $name {}

        impl $crate::types::QueryValue for $name {
            fn append(&self, name: &str, target: &mut dyn $crate::types::QueryTarget) {
                target.pair(name, self.as_str());
            }
        }
    };
}

pub(crate) use string_enum;

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros define models, which are public")]
mod tests {
    string_enum! {
        /// A colour.
        pub enum Colour {
            /// Red.
            Red = "red",
        }
    }

    #[test]
    fn the_known_values_can_be_listed() {
        assert_eq!(Colour::VALUES, ["red"]);
        assert_eq!(Colour::VALUES.iter().map(|text| Colour::from(*text)).collect::<Vec<_>>(), [Colour::Red]);
    }

    #[test]
    fn unknown_values_round_trip() {
        let colours: Vec<Colour> = serde_json::from_str(r#"["red","gr\u00fcn"]"#).unwrap();
        assert_eq!(colours, [Colour::Red, Colour::Unknown("grün".into())]);
        assert_eq!(serde_json::to_string(&colours).unwrap(), r#"["red","grün"]"#);
    }
}
