//! Configuration as code, against the emulator.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answers;
mod changes;
mod connectors;
mod content;
mod dropped;
mod experience;
mod files;
mod folder;
mod own_access;
mod profile_fields;
mod refused;
mod releases;
mod round_trip;
mod safety;
mod secrets;
mod tenants;
mod values;
