use super::{
    avatars, binding, codes, factors, identification, legacy, one_time_tokens, passkeys, passwords, profile, social,
    sso, start, submission,
};
use crate::call::Handler;
use crate::oidc::consent;

const CONSENT: &[(&str, Handler)] = &[
    ("GetLegacyInteractionConsent", |call| consent::interaction(call.request, call.state, call.now)),
    ("ConsentLegacyInteraction", |call| consent::interaction(call.request, call.state, call.now)),
];

/// The operations, by module.
pub(crate) const ALL: &[&[(&str, Handler)]] = &[
    CONSENT,
    start::ALL,
    passwords::ALL,
    codes::ALL,
    one_time_tokens::ALL,
    social::ALL,
    sso::ALL,
    passkeys::ALL,
    factors::ALL,
    binding::ALL,
    identification::ALL,
    profile::ALL,
    avatars::ALL,
    submission::ALL,
    legacy::ALL,
];
