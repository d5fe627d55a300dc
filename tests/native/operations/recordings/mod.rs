//! Recorded exchanges with a real server. `LOGTO_RECORDINGS` names another file or folder of them.

mod answers;
pub(crate) mod compare;
mod errors;
mod exchange;
pub(crate) mod requests;
pub(crate) mod sent;
mod tokens;
