use std::borrow::Cow;
use std::ops::Range;

/// The name or the value of a header.
#[derive(Clone)]
pub(super) enum Text {
    /// Owned or static text.
    Own(Cow<'static, str>),
    /// A part of the text that all headers of a response share. A separate allocation for each would cost more than the
    /// rest of the call.
    Packed(Range<usize>),
}

impl Text {
    pub(super) fn of<'a>(&'a self, packed: &'a str) -> &'a str {
        match self {
            Self::Own(text) => text,
            Self::Packed(range) => packed.get(range.clone()).unwrap_or_default(),
        }
    }

    pub(super) fn into_own(self, packed: &str) -> Cow<'static, str> {
        match self {
            Self::Own(text) => text,
            part @ Self::Packed(_) => Cow::Owned(part.of(packed).to_owned()),
        }
    }
}
