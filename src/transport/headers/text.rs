use std::borrow::Cow;
use std::sync::Arc;

/// A header's name or value.
#[derive(Clone)]
pub(super) enum Text {
    /// Its own.
    Own(Cow<'static, str>),
    /// A part of the text that all headers of an answer share: memory for each of them would cost more than the rest
    /// of the call.
    Part { whole: Arc<str>, start: usize, end: usize },
}

impl Text {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Own(text) => text,
            Self::Part { whole, start, end } => whole.get(*start..*end).unwrap_or_default(),
        }
    }

    pub(super) fn into_cow(self) -> Cow<'static, str> {
        match self {
            Self::Own(text) => text,
            part @ Self::Part { .. } => Cow::Owned(part.as_str().to_owned()),
        }
    }
}

impl<T: Into<Cow<'static, str>>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::Own(text.into())
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}
