//! Runs the long soak test.

use anyhow::Result;

use crate::command;
use crate::tool::Tool;

/// The environment variable from which the test reads its length.
const MINUTES: &str = "LOGTO_SOAK_MINUTES";

pub(crate) fn run(minutes: u64) -> Result<()> {
    Tool::OpenSsl.ensure()?;
    Tool::Redis.ensure()?;
    command::heading(&format!("10,000 callers for {minutes} minutes"));
    let mut test = command::cargo();
    test.args(["test", "-p", "logto-admin", "--all-features", "--test", "soak", "--", "--ignored", "--nocapture"]);
    command::run(test.env(MINUTES, minutes.to_string()))
}
