//! The emulator through the client's own types: what is created is there, what is not allowed is refused.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod access;
mod accounts;
mod applications;
mod lists;
mod organizations;
mod roles;
mod server;
mod users;

use logto_admin::{Client, Error, Result};
use logto_admin_emulator::Emulator;

/// A client of a new emulator.
fn client() -> Client {
    Emulator::new().client().unwrap()
}

/// The error of a call that has to fail, as status and code.
fn refused<T>(result: Result<T>) -> (u16, String) {
    let error = result.err().unwrap_or_else(|| panic!("it has to be refused"));
    (error.status().unwrap_or_default(), code(&error))
}

fn code(error: &Error) -> String {
    error.code().unwrap_or_default().to_owned()
}
