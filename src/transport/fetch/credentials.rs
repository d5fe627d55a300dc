/// The requests to which a browser adds cookies and other credentials. Has no effect outside of browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// No requests.
    Omit,
    /// Requests to the origin of the page.
    SameOrigin,
    /// All requests.
    Include,
}

impl Credentials {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Omit => "omit",
            Self::SameOrigin => "same-origin",
            Self::Include => "include",
        }
    }
}
