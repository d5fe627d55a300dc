//! What commands need: the connection, the printer, and answers from the user.

use std::io::{IsTerminal, Write, stdin};

use logto_admin::Client;

use crate::arguments::Global;
use crate::connection::Connection;
use crate::failure::{Failure, Result};
use crate::output::Printer;
use crate::profiles::Profiles;

/// The surroundings of a command.
#[derive(Debug)]
pub struct Context {
    /// Options of all commands.
    pub global: Global,
    /// Where data and messages go.
    pub printer: Printer,
    client: Option<Client>,
}

impl Context {
    /// Creates the surroundings for the standard streams.
    #[must_use]
    pub fn new(global: Global) -> Self {
        let printer = Printer::standard(global.output, global.quiet);
        Self { global, printer, client: None }
    }

    /// Creates surroundings with a client, for tests.
    #[must_use]
    pub const fn with_client(global: Global, printer: Printer, client: Client) -> Self {
        Self { global, printer, client: Some(client) }
    }

    /// Returns the connection.
    pub fn connection(&self) -> Result<Connection> {
        let variables = |name: &str| std::env::var(name).ok();
        let profiles = Profiles::load(&Profiles::path(&variables)?)?;
        Connection::resolve(&self.global.connection, &variables, &profiles)
    }

    /// Returns the client.
    pub fn client(&self) -> Result<Client> {
        match &self.client {
            Some(client) => Ok(client.clone()),
            None => Ok(self.connection()?.builder().build()?),
        }
    }

    /// Asks before something is changed that cannot be undone. Fails without `--yes` if nobody can answer.
    pub fn confirm(&self, question: &str) -> Result<()> {
        if self.global.yes {
            return Ok(());
        }
        if !stdin().is_terminal() {
            return Err(Failure::usage(format!("{question} pass --yes to confirm")));
        }
        let mut answer = String::new();
        anstream::eprint!("{question} [y/N] ");
        std::io::stderr().flush().and_then(|()| stdin().read_line(&mut answer))?;
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new("cancelled: nothing was changed")),
        }
    }
}
