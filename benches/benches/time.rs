//! Time of decoding and of single calls, by Criterion.
fn main() {}
