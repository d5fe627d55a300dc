//! Releases of Logto.

use std::fmt;
use std::str::FromStr;

use crate::types::defaults;

/// A release of Logto 1.x, such as 1.36. Patch releases do not change the API.
///
/// ```
/// use logto_admin::operation::Release;
///
/// assert!(Release::new(36) < Release::new(42));
/// assert!(Release::new(42) < Release::NEXT);
/// assert_eq!("1.36".parse(), Ok(Release::new(36)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release(u16);

impl Release {
    /// The oldest release that this client supports: 1.17.
    pub const OLDEST: Self = Self(defaults::OLDEST);
    /// The newest published release that this client supports: 1.42.
    pub const NEWEST: Self = Self(defaults::NEWEST);
    /// The release after 1.42, which is not published yet.
    pub const NEXT: Self = Self(u16::MAX);

    /// Returns the release 1.`minor`.
    #[must_use]
    pub const fn new(minor: u16) -> Self {
        Self(minor)
    }

    /// Returns the minor version: 36 for 1.36. `None` for [`NEXT`](Self::NEXT).
    #[must_use]
    pub const fn minor(self) -> Option<u16> {
        if self.0 == Self::NEXT.0 { None } else { Some(self.0) }
    }

    /// The release before this one.
    pub(crate) const fn previous(self) -> Self {
        if self.0 == Self::NEXT.0 { Self::NEWEST } else { Self(self.0.saturating_sub(1)) }
    }
}

impl FromStr for Release {
    type Err = InvalidRelease;

    /// Parses `1.N` or `next`.
    fn from_str(text: &str) -> Result<Self, InvalidRelease> {
        match text.strip_prefix("1.").map(str::parse) {
            Some(Ok(minor)) => Ok(Self(minor)),
            _ if text == "next" => Ok(Self::NEXT),
            _ => Err(InvalidRelease),
        }
    }
}

/// The error for a text that is not a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRelease;

impl fmt::Display for InvalidRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid release: expected `1.N`, such as `1.36`, or `next`")
    }
}

impl std::error::Error for InvalidRelease {}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor() {
            Some(minor) => write!(f, "1.{minor}"),
            None => f.write_str("next"),
        }
    }
}

/// Returns the hint for an operation that the server does not have.
pub(crate) fn hint(since: Release, until: Option<Release>) -> Option<&'static str> {
    if until.is_some() { Some(defaults::REMOVED) } else { defaults::introduced(since.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::TABLE;

    #[test]
    fn releases_are_parsed_as_they_are_displayed() {
        for (text, release) in [("1.17", Release::OLDEST), ("1.42", Release::new(42)), ("next", Release::NEXT)] {
            assert_eq!(text.parse(), Ok(release));
            assert_eq!(release.to_string(), text);
        }
        for text in ["", "1.", "2.1", "1.x", "v1.42", "1.42.1", "latest"] {
            assert_eq!(text.parse::<Release>(), Err(InvalidRelease), "{text}");
        }
        assert_eq!(InvalidRelease.to_string(), "invalid release: expected `1.N`, such as `1.36`, or `next`");
    }

    #[test]
    fn every_release_has_a_hint_for_the_operations_that_it_introduced() {
        for minor in defaults::OLDEST + 1..=defaults::NEWEST {
            let hint = hint(Release::new(minor), None).unwrap_or_default();
            assert!(hint.ends_with(&format!(": Logto 1.{minor} introduced this operation")), "{hint}");
        }
        assert_eq!(hint(Release::OLDEST, None), None);
    }

    #[test]
    fn every_operation_that_some_releases_lack_has_a_hint() {
        for info in TABLE.iter().filter(|info| info.since > Release::OLDEST || info.until.is_some()) {
            let hint = hint(info.since, info.until).unwrap_or_default();
            let release = match (info.until, info.since.minor()) {
                (Some(until), _) => format!("after Logto {until} removed"),
                (None, Some(_)) => format!(": Logto {} introduced", info.since),
                (None, None) => format!("after Logto {} introduced", info.since.previous()),
            };
            assert!(hint.contains(&release), "{}: {hint}", info.id);
        }
    }
}
