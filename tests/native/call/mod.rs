//! The path of a call, from the request to the answer.

mod answers;
mod authentication;
mod bodies;
mod bulk;
mod clones;
mod decoding;
mod hooks;
mod limits;
mod path;
mod restriction;
mod retries;
mod time;
mod tokens;
mod untyped;
