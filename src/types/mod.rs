//! Building blocks of the models: [`Patch`], [`Timestamp`], [`Number`], open enums and unions.

mod cfg_items;
mod constant;
pub(crate) mod defaults;
mod enumeration;
pub(crate) mod headers;
mod method;
mod number;
mod object;
mod patch;
mod percent;
mod printable;
mod query;
mod read_json;
mod replayed_members;
mod single_member;
mod strict;
mod tagged;
mod timestamp;
mod union;
mod untagged;
mod upload;

pub use constant::{False, True};
pub use method::Method;
pub use number::Number;
pub use patch::Patch;
pub(crate) use percent::{Pairs, encode};
pub(crate) use printable::Printable;
pub use query::{QueryTarget, QueryValue, TextValue, TimeValue};
pub(crate) use read_json::{read_json, read_members, without_text};
pub use timestamp::{Timestamp, TimestampSeconds};
pub use upload::{Part, Upload};

#[doc(hidden)]
pub mod support {
    //! Used by the macros of generated code, and by benches. Not part of the public API.
    pub use super::object::{
        Key, Object, decode_object, keep_member, presence, read_member, skip_member, write, write_rest,
    };
    pub use super::strict::{decode, is_strict};
    pub use super::tagged::{Tagged, decode_tagged};
    pub use super::untagged::{Attempt, Json, Untagged, decode_untagged};
}

pub(crate) use enumeration::string_enum;
// The models of the enabled features might not use all of these.
#[allow(unused_imports)]
pub(crate) use {
    cfg_items::cfg_items, object::object, single_member::single_member, tagged::tagged_union, union::union_enum,
    untagged::untagged_union,
};

/// A JSON object with arbitrary members.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;
