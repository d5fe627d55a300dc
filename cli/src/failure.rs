//! Errors of the command line, with their exit codes.

use std::fmt;

use logto_admin::ErrorKind;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything is done.
    Done = 0,
    /// The command failed: the server, the network, or a file that is written.
    Failed = 1,
    /// The arguments, the settings or the input are invalid: nothing was changed.
    Usage = 2,
    /// `config plan` found differences.
    Different = 3,
    /// A bulk command failed for some of its items.
    Partly = 4,
}

/// What comes between a message and its hint.
pub(crate) const HINT: &str = "\nhint: ";

/// Why a command failed, as one message for the user.
#[derive(Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    message: String,
}

/// The result of a command.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// Creates a failure. By convention, the message is lower case and has no full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, message: message.into() }
    }

    /// Creates a failure for invalid arguments, settings or input. A file that cannot be opened is an invalid argument.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    /// Whether the failure is not worth a report: the reader of the output is gone.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.message.is_empty()
    }

    /// Prefixes the message with what was being done.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }
}

/// Ignores that the reader of the output is gone, for commands with an exit code that matters more than their output.
pub(crate) fn even_if_unread(printed: Result<()>) -> Result<()> {
    printed.or_else(|failure| if failure.is_quiet() { Ok(()) } else { Err(failure) })
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<logto_admin::Error> for Failure {
    fn from(error: logto_admin::Error) -> Self {
        let whole = error.to_string();
        // A hint has a line of its own.
        let message = error.hint().and_then(|hint| {
            let rest = whole.strip_suffix(&format!(" (hint: {hint})"))?;
            Some(format!("{rest}{HINT}{hint}"))
        });
        let message = message.unwrap_or(whole);
        match error.kind() {
            // The client rejects these before it sends anything.
            ErrorKind::Config | ErrorKind::Input => Self::usage(message),
            _ => Self::new(message),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // For example, `logto-admin users list | head`.
            std::io::ErrorKind::BrokenPipe => Self { exit: Exit::Done, message: String::new() },
            _ => Self::new(error.to_string()),
        }
    }
}
