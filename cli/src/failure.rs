//! Errors of the command line, with their exit codes.

use std::fmt;

use logto_admin::operation::find;
use logto_admin::transport::Method;
use logto_admin::{Error, ErrorKind};

use crate::named_server;
use crate::policy_rules::Broken;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// A command of several calls was done in part. Something failed, or it was interrupted. Or the outcome of a change
    /// is unknown.
    Partly = 4,
    /// Ctrl-C ended the command before anything was changed.
    Interrupted = 130,
}

impl Exit {
    /// Returns how a command ends that did some of its work, or none.
    #[must_use]
    pub const fn of_part(done: usize) -> Self {
        if done > 0 { Self::Partly } else { Self::Failed }
    }
}

/// Reason for the failure of a command, as one message for the user.
#[derive(Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    message: String,
    hint: Option<String>,
}

/// The result of a command.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// Creates a failure. By convention, the message is lower case and has no full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, message: message.into(), hint: None }
    }

    /// Creates a failure for invalid arguments, settings or input. A file that cannot be opened is an invalid argument.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new(message) }
    }

    /// Returns the failure of a call. Uses this message if the server does not find what the call is about.
    pub(crate) fn or_missing(error: Error, message: String) -> Self {
        if error.is_not_found() { Self::new(message) } else { error.into() }
    }

    /// Ends the program as one that has changed something before.
    #[must_use]
    pub fn after_changes(self) -> Self {
        self.after_changes_if(true)
    }

    /// Ends the program as one that has changed something before, if it has.
    #[must_use]
    pub fn after_changes_if(self, has_changed: bool) -> Self {
        if has_changed { Self { exit: Exit::Partly, ..self } } else { self }
    }

    /// Whether the failure is not worth a report: the reader of the output is gone.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.message.is_empty()
    }

    /// Returns the message, without the hint.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the hint.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Adds what the user can do, as one imperative sentence.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Prefixes the message with what was being done.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }
}

/// Hint for a change without a clear answer.
pub(crate) const UNCLEAR: &str = "check the change before you repeat it: the server might have made it";

/// Whether calls with this method change something.
pub(crate) const fn is_change(method: Method) -> bool {
    !matches!(method, Method::Get | Method::Head | Method::Options)
}

/// Whether the server might have carried out the call although it failed.
pub(crate) fn is_ambiguous(error: &Error) -> bool {
    // Other calls are only repeated if the server has certainly not carried them out.
    let repeats_unclear_calls = || error.operation().and_then(find).is_some_and(|info| info.idempotent);
    // The first attempt was refused as well: after another outcome, this would be the third.
    let is_refused = error.status() == Some(401) && error.attempts() <= 2;
    match error.kind() {
        ErrorKind::Api if is_refused => false,
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Decode | ErrorKind::TooLarge => true,
        ErrorKind::Api if error.is_server_error() => true,
        ErrorKind::Api | ErrorKind::Connect => error.attempts() > 1 && repeats_unclear_calls(),
        _ => false,
    }
}

/// Returns a text of others in one line. The client writes line breaks as escapes, which are hard to read.
pub(crate) fn one_line(text: &str) -> String {
    let breaks = ["\\u{a}", "\\u{d}", "\\u{9}"];
    let text = breaks.into_iter().fold(text.to_owned(), |text, escape| text.replace(escape, " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Ignores that the reader of the output is gone. For commands with an exit code that matters more than their output.
pub(crate) fn even_if_unread(printed: Result<()>) -> Result<()> {
    printed.or_else(|failure| if failure.is_quiet() { Ok(()) } else { Err(failure) })
}

/// Ends a command that has changed something, and then prints what. That it cannot be printed does not undo the change.
pub(crate) fn printed_after_changes(printed: Result<()>) -> Result<()> {
    even_if_unread(printed).map_err(Failure::after_changes)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        // A hint has a line of its own.
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\nhint: {hint}"))
    }
}

impl std::error::Error for Failure {}

/// Returns the text of an error, without the operation id if the call has none. Calls by method and path have none.
fn named(error: String) -> String {
    match error.strip_prefix("(unlisted) (").and_then(|rest| rest.split_once("): ")) {
        Some((request, rest)) => format!("{request}: {rest}"),
        None => error,
    }
}

/// Returns the text of an error as the client writes it. It is in one line, and cut if it is long.
fn written(text: &str) -> String {
    Error::new(ErrorKind::Api, text).to_string()
}

/// The end of a text that the client has cut.
const CUT: char = '…';

/// Masks a message of the client. `texts` are those of the server in it, as they were before the client cut them.
fn masked(message: &str, texts: &[&str], mask: &dyn Fn(&str) -> String) -> String {
    let split = texts.iter().find_map(|text| Some((message.split_once(&written(text))?, text)));
    match split {
        Some(((before, after), text)) => {
            masked(before, texts, mask) + &written(&mask(text)) + &masked(after, texts, mask)
        }
        None => mask(message),
    }
}

impl Failure {
    /// Returns the failure of a call, with a message without what `mask` replaces. Long texts of the server are cut after
    /// that, so that no part of a secret remains at the end.
    pub(crate) fn masked(error: &Error, mask: &dyn Fn(&str) -> String) -> Self {
        let whole = named(error.to_string());
        let message = error.hint().and_then(|hint| whole.strip_suffix(&format!(" (hint: {hint})"))).unwrap_or(&whole);
        let details = error.details();
        let texts = [
            Some(error.message()),
            details.as_deref(),
            error.path(),
            error.code(),
            error.decode_path(),
            error.request_id(),
        ];
        let cut: Vec<&str> = texts.into_iter().flatten().filter(|text| written(text).ends_with(CUT)).collect();
        let exit = match error.kind() {
            // The client rejects these before it sends anything.
            ErrorKind::Config | ErrorKind::Input => Exit::Usage,
            _ if error.method().is_some_and(is_change) && is_ambiguous(error) => Exit::Partly,
            _ => Exit::Failed,
        };
        let hint = named_server::hint(error).map(str::to_owned);
        let hint = hint.or_else(|| Broken::of(error).map(|broken| mask(&broken.hint())));
        let hint = hint.or_else(|| (exit == Exit::Partly).then(|| UNCLEAR.to_owned()));
        Self { exit, message: one_line(&masked(message, &cut, mask)), hint }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::masked(&error, &str::to_owned)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // For example, `logto-admin users list | head`.
            std::io::ErrorKind::BrokenPipe => Self { exit: Exit::Done, ..Self::new("") },
            _ => Self::new(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_no_escaped_line_breaks() {
        let error = Error::new(ErrorKind::Api, "invalid script:\n\tline 1\r\nline 2");
        assert_eq!(Failure::from(error).message(), "invalid script: line 1 line 2");
    }

    #[test]
    fn secrets_are_masked_before_a_text_is_cut() {
        let mask = |text: &str| text.replace("hunter2", "(secret)");
        let masked = |text: String| Failure::masked(&Error::new(ErrorKind::Api, text), &mask).message;
        let start = "x".repeat(497);
        assert_eq!(masked(format!("{start}hunter2")), format!("{start}(se…"));
        assert_eq!(masked(format!("hunter2 {start}\n")), format!("(secret) {}…", "x".repeat(491)));
        assert_eq!(masked("a\nhunter2".to_owned()), "a (secret)");
    }
}
