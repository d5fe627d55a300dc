//! Releases of Logto.

use std::fmt;

use serde::Deserialize;

/// A release of Logto 1.x, such as 1.36. `NEXT` is newer than every published one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Release(u16);

impl Release {
    /// The oldest release that the documents in `spec/` cover.
    pub const OLDEST: Self = Self(17);
    /// The last published release in `spec/`, which the emulator imitates.
    pub const EMULATED: Self = Self(42);
    pub const NEXT: Self = Self(u16::MAX);
    /// The last release with the operations that Logto has removed.
    pub const LAST_WITH_REMOVED: Self = Self(30);

    /// The releases that have a document in `spec/`, newest first.
    pub const SAMPLED: [Self; 7] = [Self::NEXT, Self(42), Self(36), Self(30), Self(24), Self(20), Self(17)];

    /// Returns the release before this one.
    pub const fn previous(self) -> Self {
        if self.0 == Self::NEXT.0 { Self::EMULATED } else { Self(self.0.saturating_sub(1)) }
    }

    pub const fn minor(self) -> u16 {
        self.0
    }

    /// The name of the release's document in `spec/`.
    pub fn document(self) -> String {
        if self == Self::NEXT { "logto-next.json".to_owned() } else { format!("logto-1.{}.json", self.0) }
    }

    /// Returns the sentence for items that exist since this release. Returns `None` if all covered releases have them.
    pub fn since_text(self) -> Option<String> {
        match self {
            Self::OLDEST => None,
            Self::NEXT => Some(format!("Since the release after Logto {}.", Self::EMULATED)),
            release => Some(format!("Since Logto {release}.")),
        }
    }
}

impl TryFrom<String> for Release {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        if text == "next" {
            return Ok(Self::NEXT);
        }
        let minor = text.strip_prefix("1.").and_then(|minor| minor.parse().ok());
        minor.map(Self).ok_or_else(|| format!("invalid release {text:?}: expected 1.N or next"))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEXT { f.write_str("next") } else { write!(f, "1.{}", self.0) }
    }
}
