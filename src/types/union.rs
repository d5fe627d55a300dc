/// Defines the enum of a union, which keeps unknown values.
#[allow(unused_macros)]
macro_rules! union_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident($inner:ty))+ }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)]
        pub enum $name {
            $($(#[$variant_meta])* $variant($inner),)+
            /// A value of a kind that this client does not support, as the API sent it.
            Unknown(serde_json::Value),
        }

        /// Hides unknown values, which might be secret.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant(value) => f.debug_tuple(stringify!($variant)).field(value).finish(),)+
                    Self::Unknown(_) => f.write_str("Unknown([redacted])"),
                }
            }
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

/// Visits values other than strings and objects, and passes their JSON to `$make`.
macro_rules! visit_plain {
    (@ $make:path, $($method:ident($type:ty)),+) => {$(
        fn $method<E: serde::de::Error>(self, value: $type) -> Result<Self::Value, E> {
            Ok($make(serde_json::Value::from(value)))
        }
    )+};
    ($make:path) => {
        visit_plain!(@ $make, visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64));

        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok($make(serde_json::Value::Null))
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            serde::Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map($make)
        }
    };
}

#[allow(unused_imports)]
pub(crate) use union_enum;
pub(super) use visit_plain;
