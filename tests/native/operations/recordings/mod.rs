//! Recorded exchanges with a real server. Set `LOGTO_RECORDINGS` to use another file or folder.

mod answers;
pub(crate) mod compare;
mod errors;
mod exchange;
pub(crate) mod requests;
pub(crate) mod sent;
mod tokens;
