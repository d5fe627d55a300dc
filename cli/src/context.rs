//! Context of commands: the connection, the printer, and answers from the user.

use std::io::{IsTerminal, Write, stdin};
use std::sync::OnceLock;

use logto_admin::Client;

use crate::connection::Connection;
use crate::environment::variable;
use crate::failure::{Failure, Result};
use crate::files;
use crate::options::Global;
use crate::output::Printer;
use crate::profiles::Profiles;
use crate::terminal::{message, shown};

/// The surroundings of a command.
#[derive(Debug)]
pub struct Context {
    /// Options of all commands.
    pub global: Global,
    /// Prints data and messages.
    pub printer: Printer,
    connection: OnceLock<Connection>,
    client: OnceLock<Client>,
}

impl Context {
    /// Creates the surroundings for the standard streams.
    #[must_use]
    pub fn new(global: Global) -> Self {
        let printer = Printer::standard(global.output, global.quiet);
        Self { global, printer, connection: OnceLock::new(), client: OnceLock::new() }
    }

    /// Creates surroundings with a client, for tests.
    #[must_use]
    pub fn with_client(global: Global, printer: Printer, client: Client) -> Self {
        Self { global, printer, connection: OnceLock::new(), client: client.into() }
    }

    /// Returns the connection. Resolves it once, because that can run the command of a secret.
    pub fn connection(&self) -> Result<&Connection> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let path = Profiles::path(&variable)?;
        let profiles = Profiles::load(&path)?;
        if profiles.has_secrets() && files::is_open(&path) && !self.global.quiet {
            let path = path.display();
            message(&format!("warning: other users of this machine can read the secrets in {path}: use mode 600"));
        }
        let connection = Connection::resolve(&self.global.connection, &variable, &profiles)?;
        Ok(self.connection.get_or_init(|| connection))
    }

    /// Returns the client. All parts of a command share it, and its access token.
    pub fn client(&self) -> Result<Client> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = self.connection()?.client()?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    /// Asks before something is changed that cannot be undone. Fails without `--yes` if nobody can answer.
    pub fn confirm(&self, question: &str) -> Result<()> {
        if self.global.yes {
            return Ok(());
        }
        if !stdin().is_terminal() {
            let message =
                format!("\"{question}\" needs an answer, and standard input is not a terminal: nothing was changed");
            return Err(Failure::usage(message).with_hint("pass `--yes` to answer with yes"));
        }
        let mut answer = String::new();
        let mut terminal = anstream::stderr();
        write!(terminal, "{} [y/N] ", shown(question)).and_then(|()| terminal.flush())?;
        stdin().read_line(&mut answer)?;
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new(format!("\"{question}\" was answered with no: nothing was changed"))),
        }
    }
}
