//! What the benches share: the data, the server's process, and the two sides that are compared.

pub mod data;
pub mod report;
pub mod server;
pub mod sides;
