//! Generates the defaults and hints that the Rust client and the npm package share. They are in
//! `spec/defaults_and_hints.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::text::NOTICE;
use crate::release::Release;

/// `spec/defaults_and_hints.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    timeout_ms: u32,
    max_response_bytes: u32,
    cloud_requests: u32,
    cloud_per_ms: u32,
    conflicts: Vec<String>,
    no_conflict: String,
    /// Hints with the place `{release}`.
    hints: Hints,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hints {
    introduced: String,
    removed: String,
}

/// The place of a release in a hint.
const RELEASE: &str = "{release}";

impl Defaults {
    /// Returns both files, by path relative to the workspace. `version` is the version of the crate and of the package.
    pub fn files(&self, version: &str) -> BTreeMap<String, String> {
        let rust = ("src/types/defaults.rs".to_owned(), self.rust());
        BTreeMap::from([rust, ("bindings/js/lib/defaults.ts".to_owned(), self.typescript(version))])
    }

    fn numbers(&self) -> [String; 4] {
        [self.timeout_ms, self.max_response_bytes, self.cloud_requests, self.cloud_per_ms].map(grouped)
    }

    fn introduced(&self, release: &str) -> String {
        self.hints.introduced.replace(RELEASE, release)
    }

    fn introduced_next(&self) -> String {
        self.introduced(&format!("the release after Logto {}", Release::EMULATED))
    }

    fn removed(&self) -> String {
        self.hints.removed.replace(RELEASE, &format!("Logto {}", Release::LAST_WITH_REMOVED))
    }

    fn rust(&self) -> String {
        let Self { no_conflict, .. } = self;
        let [timeout_ms, max_response_bytes, cloud_requests, cloud_per_ms] = self.numbers();
        let words: Vec<String> = self.conflicts.iter().map(|word| format!("{word:?}")).collect();
        let releases = Release::OLDEST.minor() + 1..=Release::EMULATED.minor();
        let arms: String = releases
            .map(|minor| format!("        {minor} => Some({:?}),\n", self.introduced(&format!("Logto 1.{minor}"))))
            .collect();
        format!(
            "{NOTICE}//! Values that the npm package shares.

use std::time::Duration;

/// Timeout of each attempt.
pub(crate) const TIMEOUT: Duration = Duration::from_millis({timeout_ms});
/// Maximum size of a response body.
pub(crate) const MAX_RESPONSE_BYTES: u64 = {max_response_bytes};
/// Rate limit of a Logto Cloud tenant: requests, and the period.
pub(crate) const CLOUD_LIMIT: (u32, Duration) = ({cloud_requests}, Duration::from_millis({cloud_per_ms}));
/// Parts of the codes of conflicts.
pub(crate) const CONFLICTS: [&str; {}] = [{}];
/// Part of codes that are not conflicts.
pub(crate) const NO_CONFLICT: &str = {no_conflict:?};
/// Minor version of the oldest release.
pub(crate) const OLDEST: u16 = {};
/// Minor version of the newest published release.
pub(crate) const NEWEST: u16 = {};
/// Hint for an operation that a release removed.
pub(crate) const REMOVED: &str = {:?};

/// Returns the hint for an operation that the release 1.`minor` introduced. `u16::MAX` is the next release.
pub(crate) const fn introduced(minor: u16) -> Option<&'static str> {{
    match minor {{
{arms}        u16::MAX => Some({:?}),
        _ => None,
    }}
}}
",
            words.len(),
            words.join(", "),
            Release::OLDEST.minor(),
            Release::EMULATED.minor(),
            self.removed(),
            self.introduced_next(),
        )
    }

    fn typescript(&self, version: &str) -> String {
        let Self { no_conflict, .. } = self;
        let [timeout_ms, max_response_bytes, cloud_requests, cloud_per_ms] = self.numbers();
        format!(
            "{NOTICE}/** Default `User-Agent`. */
export const USER_AGENT = \"logto-admin/{version}\";

/** Timeout of each attempt, in milliseconds. */
export const TIMEOUT = {timeout_ms};

/** Maximum size of a response body. */
export const MAX_RESPONSE_BYTES = {max_response_bytes};

/** Rate limit of a Logto Cloud tenant, in requests per milliseconds. */
export const CLOUD_LIMIT = {{ requests: {cloud_requests}, per: {cloud_per_ms} }};

/** Matches the codes of conflicts. */
export const CONFLICT = /^(?!.*{no_conflict}).*({})/;

/** Minor version of the oldest release. */
export const OLDEST = {};

/** Minor version that represents the release after the newest published one. */
export const NEXT = {};

/** Minor version of the last release with the removed operations. */
export const LAST_WITH_REMOVED = {};

/** Hint for an operation that a release removed. */
export const REMOVED = {:?};

/** Returns the hint for an operation that the release 1.`minor` introduced. */
export const introduced = (minor: number): string => (minor < NEXT ? `{}` : {:?});
",
            self.conflicts.join("|"),
            Release::OLDEST.minor(),
            Release::EMULATED.minor() + 1,
            Release::LAST_WITH_REMOVED.minor(),
            self.removed(),
            self.introduced("Logto 1.${minor}"),
            self.introduced_next(),
        )
    }
}

/// Returns a number with its digits in groups of three.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let separated = |(at, digit): (usize, char)| {
        let starts_group = at > 0 && (digits.len() - at).is_multiple_of(3);
        starts_group.then_some('_').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(separated).collect()
}
