//! `emulator`: an in-memory Logto server.

use logto_admin_emulator::program::{self, Arguments};

use crate::context::Context;
use crate::failure::{Exit, Result};

pub(crate) async fn run(context: &mut Context, arguments: &Arguments) -> Result<Exit> {
    program::run(arguments, |warning| context.printer.message(warning)).await?;
    Ok(Exit::Done)
}
