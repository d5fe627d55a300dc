//! The rules of each collection.

use super::{
    Rules, applications, connectors, domains, hooks, invitations, mfa_verifications, one_time_tokens, organizations,
    phrases, profile_fields, resources, role_summaries, saml_applications, sso_connectors, users,
};
use crate::collections::{
    APPLICATION_SECRETS, APPLICATIONS, CONNECTORS, CUSTOM_PHRASES, Collection, DOMAINS, HOOKS, INVITATIONS,
    MFA_VERIFICATIONS, ONE_TIME_TOKENS, ORGANIZATION_ROLES, ORGANIZATIONS, PERSONAL_ACCESS_TOKENS, PROFILE_FIELDS,
    RESOURCES, ROLES, SAML_APPLICATION_SECRETS, SAML_APPLICATIONS, SCOPES, SSO_CONNECTORS, SSO_SIGNING_KEYS, USERS,
};

static ALL: &[(&Collection, &Rules)] = &[
    (&USERS, &users::RULES),
    (&PERSONAL_ACCESS_TOKENS, &users::TOKEN_RULES),
    (&MFA_VERIFICATIONS, &mfa_verifications::RULES),
    (&ROLES, &role_summaries::RULES),
    (&RESOURCES, &resources::RULES),
    (&SCOPES, &resources::SCOPE_RULES),
    (&APPLICATIONS, &applications::RULES),
    (&APPLICATION_SECRETS, &applications::SECRET_RULES),
    (&ORGANIZATIONS, &organizations::RULES),
    (&ORGANIZATION_ROLES, &organizations::ROLE_RULES),
    (&INVITATIONS, &invitations::RULES),
    (&HOOKS, &hooks::RULES),
    (&CONNECTORS, &connectors::RULES),
    (&SSO_CONNECTORS, &sso_connectors::RULES),
    (&SSO_SIGNING_KEYS, &sso_connectors::KEY_RULES),
    (&CUSTOM_PHRASES, &phrases::RULES),
    (&DOMAINS, &domains::RULES),
    (&ONE_TIME_TOKENS, &one_time_tokens::RULES),
    (&PROFILE_FIELDS, &profile_fields::RULES),
    (&SAML_APPLICATIONS, &saml_applications::RULES),
    (&SAML_APPLICATION_SECRETS, &saml_applications::SECRET_RULES),
];

/// Returns the rules of a collection. Two collections of one table have different paths.
pub(crate) fn of(collection: &Collection) -> &'static Rules {
    static NONE: Rules = Rules::NONE;
    ALL.iter().find(|(known, _)| known.path == collection.path).map_or(&NONE, |(_, rules)| rules)
}
