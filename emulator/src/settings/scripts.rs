//! Scripts that customize tokens and sign-ins. Each has a fixed key.

use super::Setting;

/// Scripts of one kind: the path parameters and their keys, in the order of lists.
pub(crate) type Kind = [(&'static str, Setting); 2];

const fn script(name: &'static str) -> Setting {
    Setting { name, ..Setting::DEFAULT }
}

/// Scripts that add claims to access tokens.
pub(crate) static OF_TOKENS: Kind =
    [("access-token", script("jwt.accessToken")), ("client-credentials", script("jwt.clientCredentials"))];

pub(crate) static ACTIONS: Kind = [
    ("action.postFirstFactorVerification", script("action.postFirstFactorVerification")),
    ("action.postSignIn", script("action.postSignIn")),
];

/// The function of a script that returns claims.
pub(crate) const CUSTOMIZER: &str = "getCustomJwtClaims";
