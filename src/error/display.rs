use std::error::Error as StdError;
use std::fmt;

use super::Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}")?;
        }
        if let (Some(method), Some(path)) = (inner.method, &inner.path) {
            write!(f, " ({method} {path})")?;
        }
        if inner.operation.is_some() {
            f.write_str(": ")?;
        }
        if let Some(status) = inner.status {
            write!(f, "{status} ")?;
        }
        if let Some(code) = &inner.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&inner.message)?;
        if let Some(path) = &inner.decode_path {
            write!(f, " at {path}")?;
        }
        self.fmt_circumstances(f)
    }
}

impl Error {
    fn fmt_circumstances(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(request_id) = &inner.request_id {
            write!(f, " [request {request_id}]")?;
        }
        if inner.attempts > 1 {
            write!(f, " [{} attempts in {:?}]", inner.attempts, inner.elapsed)?;
        }
        inner.hint.map_or(Ok(()), |hint| write!(f, " (hint: {hint})"))
    }
}

impl fmt::Debug for Error {
    /// Everything but the body, which may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("method", &inner.method)
            .field("path", &inner.path)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("message", &inner.message)
            .field("decode_path", &inner.decode_path)
            .field("request_id", &inner.request_id)
            .field("attempts", &inner.attempts)
            .field("elapsed", &inner.elapsed)
            .field("stopped", &inner.stopped)
            .field("hint", &inner.hint)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
