use std::error::Error as StdError;
use std::fmt;

use super::Error;
use crate::types::Printable;

/// Text from outside is escaped and shortened to fit one line of a log. Logto's message is an example.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}")?;
        }
        if let (Some(method), Some(path)) = (inner.method, &inner.path) {
            write!(f, " ({method} {})", Printable(path))?;
        }
        if inner.operation.is_some() {
            f.write_str(": ")?;
        }
        if let Some(status) = inner.status {
            write!(f, "{status} ")?;
        }
        if let Some(code) = &inner.code {
            write!(f, "{}: ", Printable(code))?;
        }
        write!(f, "{}", Printable(&inner.message))?;
        if let Some(path) = &inner.decode_path {
            write!(f, " at {}", Printable(path))?;
        }
        if let Some(details) = self.details() {
            write!(f, " [details: {}]", Printable(&details))?;
        }
        self.fmt_circumstances(f)
    }
}

impl Error {
    fn fmt_circumstances(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(request_id) = self.request_id() {
            write!(f, " [request {}]", Printable(request_id))?;
        }
        if inner.attempts > 1 {
            write!(f, " [{} attempts in {:.1?}]", inner.attempts, inner.elapsed)?;
        }
        inner.hint.map_or(Ok(()), |hint| write!(f, " (hint: {hint})"))
    }
}

/// One line, because `main` prints returned errors with `Debug`. It has the text of [`Display`](fmt::Display), the
/// kind, why the call was not retried, and the causes. The body might contain personal data and is not shown.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{self} [kind: {:?}", inner.kind)?;
        if let Some(stopped) = inner.stopped {
            write!(f, ", stopped: {stopped:?}")?;
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.downcast_ref::<Self>().map_or_else(|| error.to_string(), |error| error.0.message.clone());
            if !inner.message.contains(&text) {
                write!(f, ", caused by: {}", Printable(&text))?;
            }
            cause = error.source();
        }
        f.write_str("]")
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
