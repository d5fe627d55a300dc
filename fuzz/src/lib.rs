//! Fuzz targets: each module checks one part of the workspace with arbitrary input.
//!
//! `cargo xtask fuzz` builds and runs them. A target checks properties, such as a round trip or the agreement with another
//! implementation, and not only that nothing panics.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a target that cannot continue has found a fault"
)]

pub mod answers;
pub mod codegen;
pub mod emulator;
pub mod endpoints;
pub mod headers;
pub mod multipart;
pub mod redirects;
pub mod retry_after;
pub mod stored_tokens;
pub mod token_answers;
pub mod unions;
pub mod urls;
pub mod webhooks;

#[path = "../../tests/native/operations/recordings/compare.rs"]
mod compare;
mod difference;
#[path = "../../tests/native/operations/dispatch.rs"]
mod dispatch;
mod edits;
mod fields;
mod marker;
mod recordings;
mod reference;
mod seeded;
pub mod seeds;
mod stage;
#[path = "../../tests/native/operations/typed.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod typed;

#[cfg(fuzzing)]
pub use libfuzzer_sys::fuzz_target;

/// Defines the fuzz target of a module. The module has `seeds`, the first inputs, and `check`, which panics if a property
/// does not hold. Without cargo-fuzz, the target does nothing: tests and lints need no libFuzzer.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        #[cfg(fuzzing)]
        $crate::fuzz_target!(
            init: $crate::seeds::write(stringify!($name), &$crate::$name::seeds()),
            |data: &[u8]| $crate::$name::check(data)
        );

        #[cfg(not(fuzzing))]
        fn main() {}
    };
}
