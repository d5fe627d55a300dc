//! The list of all collections.

use super::{
    APPLICATION_SECRETS, APPLICATIONS, CAPTCHA_PROVIDERS, CONNECTORS, CONSENT_USER_SCOPES, CUSTOM_PHRASES, Collection,
    DOMAINS, EMAIL_TEMPLATES, HOOKS, INVITATIONS, JIT_EMAIL_DOMAINS, MFA_VERIFICATIONS, ONE_TIME_TOKENS,
    ORGANIZATION_ROLES, ORGANIZATION_SCOPES, ORGANIZATIONS, PERSONAL_ACCESS_TOKENS, PROFILE_FIELDS, RESOURCES, ROLES,
    SAML_APPLICATION_SECRETS, SAML_APPLICATIONS, SCOPES, SECRETS, SSO_CONNECTORS, SSO_SIGNING_KEYS,
    USER_SSO_IDENTITIES, USERS,
};

static ALL: &[&Collection] = &[
    &USERS,
    &PERSONAL_ACCESS_TOKENS,
    &MFA_VERIFICATIONS,
    &ROLES,
    &RESOURCES,
    &SCOPES,
    &APPLICATIONS,
    &APPLICATION_SECRETS,
    &CONSENT_USER_SCOPES,
    &ORGANIZATIONS,
    &ORGANIZATION_ROLES,
    &ORGANIZATION_SCOPES,
    &JIT_EMAIL_DOMAINS,
    &INVITATIONS,
    &HOOKS,
    &CONNECTORS,
    &SSO_CONNECTORS,
    &SSO_SIGNING_KEYS,
    &USER_SSO_IDENTITIES,
    &CAPTCHA_PROVIDERS,
    &CUSTOM_PHRASES,
    &DOMAINS,
    &EMAIL_TEMPLATES,
    &ONE_TIME_TOKENS,
    &PROFILE_FIELDS,
    &SECRETS,
    &SAML_APPLICATIONS,
    &SAML_APPLICATION_SECRETS,
];

/// Returns every collection.
pub(crate) fn all() -> impl Iterator<Item = &'static Collection> {
    ALL.iter().copied()
}

/// Returns the collection with this name.
pub(crate) fn named(name: &str) -> Option<&'static Collection> {
    ALL.iter().copied().find(|collection| collection.name == name)
}

/// Returns the collections whose entities are deleted with their owner. The members contain the owner's id.
pub(crate) fn owned_by(owner: &Collection) -> impl Iterator<Item = (&'static Collection, &'static str)> {
    let name = owner.name;
    all().flat_map(move |owned| {
        let owners = owned.owner.map(|owner| (owner.member, owner.collection)).into_iter().chain(owned.dies_with);
        owners.filter(move |(_, owner)| owner.name == name).map(move |(member, _)| (owned, member))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn blanks_have_every_unique_and_searchable_member() {
        for collection in ALL {
            let blank = (collection.blank)();
            let members = blank.as_object().unwrap();
            let named = collection.unique.iter().map(|unique| unique.member);
            for member in named.chain(collection.searchable.iter().copied()).filter(|member| *member != "id") {
                assert!(members.contains_key(member), "{} {member}", collection.name);
            }
        }
    }

    /// `rules` identifies collections by their paths, because two of them have one table.
    #[test]
    fn paths_are_unique() {
        let paths: BTreeSet<&str> = all().map(|collection| collection.path).collect();
        assert_eq!(paths.len(), all().count());
    }

    #[test]
    fn columns_and_targets_of_links_are_collections() {
        let columns = crate::store::links::TABLES.iter().flat_map(|table| table.columns);
        let targets = ALL.iter().flat_map(|collection| collection.links).map(|link| &link.target);
        for name in columns.chain(targets) {
            assert!(named(name).is_some(), "{name}");
        }
    }
}
