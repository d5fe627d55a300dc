//! Shared code of the benches. It has the clocks, the data, the server process, and the two sides of a comparison.

pub mod clock;
pub mod data;
pub mod report;
pub mod server;
pub mod sides;
