//! `emulator`: an in-memory Logto server.

use std::io::ErrorKind;

use logto_admin_emulator::program::{self, Arguments};

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};

pub(crate) async fn run(context: &mut Context, arguments: &Arguments) -> Result<Exit> {
    let ended = program::run(arguments, |warning| context.printer.message(warning)).await;
    ended.map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => Failure::usage(error.to_string()),
        _ => error.into(),
    })?;
    Ok(Exit::Done)
}
