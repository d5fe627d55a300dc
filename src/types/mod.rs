//! What models are made of: [`Patch`], [`Timestamp`], open enums and unions.

mod constant;
mod enumeration;
mod object;
mod patch;
mod query;
mod timestamp;
mod union;
mod upload;

pub use constant::{False, True};
pub use patch::Patch;
pub use query::{QueryTarget, QueryValue};
pub use timestamp::{Timestamp, TimestampSeconds};
pub use upload::{Part, Upload};

#[doc(hidden)]
pub mod support {
    //! What the macros of generated code expand to; no part of the public API.
    pub use super::object::{
        Key, Object, decode_object, keep_member, presence, read_member, skip_member, write, write_rest,
    };
    pub use super::union::{Tagged, Untagged, decode_tagged, decode_untagged};
}

pub(crate) use enumeration::string_enum;
// What the models of the chosen features are made of, which may be none of these.
#[allow(unused_imports)]
pub(crate) use {
    object::object,
    union::{tagged_union, union_enum, untagged_union},
};

/// A JSON object whose members the API leaves to you.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;
