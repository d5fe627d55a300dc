//! Recorded exchanges with a real server. `LOGTO_RECORDINGS` names another file or folder of them.

mod answers;
mod compare;
mod errors;
mod exchange;
mod requests;
mod sent;
mod tokens;
