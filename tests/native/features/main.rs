//! What the features of the crate add.

#[cfg(feature = "blocking")]
mod blocking;
mod prefetch;
#[cfg(feature = "tracing")]
mod tracing;
