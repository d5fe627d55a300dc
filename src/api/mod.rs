//! Generated.
pub(crate) mod table;
