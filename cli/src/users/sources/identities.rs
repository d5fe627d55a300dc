//! Names of social providers.

/// Names in other systems, and the targets of Logto's connectors. Other names are used unchanged.
const TARGETS: [(&str, &str); 9] = [
    ("microsoft", "azuread"),
    ("windowslive", "azuread"),
    ("azure", "azuread"),
    ("twitter", "x"),
    ("signinwithapple", "apple"),
    ("loginwithamazon", "amazon"),
    ("google-plus", "google"),
    ("linkedin-openid-connect", "linkedin"),
    ("facebook-oidc", "facebook"),
];

/// Game services of Firebase. Their user ids are not those of `google` and `apple`, and Logto has no connectors for them.
const WITHOUT_CONNECTOR: [&str; 2] = ["playgames.google.com", "gc.apple.com"];

/// Returns the target of a provider. An example is `google` for `google-oauth2`, `google.com` and `oauth_google`.
pub(super) fn target(provider: &str) -> String {
    let name = provider.trim().to_ascii_lowercase();
    if has_no_connector(&name) {
        return name;
    }
    let name = name.strip_prefix("oauth_").unwrap_or(&name);
    let name = [".com", "-oauth2", "_oidc"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    TARGETS.iter().find(|(other, _)| *other == name).map_or(name, |(_, target)| target).to_owned()
}

/// Whether no connector of Logto has this target, unless you configure one with it.
pub(super) fn has_no_connector(target: &str) -> bool {
    WITHOUT_CONNECTOR.contains(&target)
}
