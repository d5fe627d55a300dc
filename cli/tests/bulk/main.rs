//! Imports into the emulator, and exports: conflicts, faults, crashes, undo.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]
#![allow(clippy::disallowed_methods, reason = "the journal has times of the system clock")]

mod conflicts;
mod export;
mod faults;
mod lookups;
mod moved;
mod outage;
mod stage;
mod torn;
mod undo;
