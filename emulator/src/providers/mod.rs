//! Identity providers. Social connectors, enterprise SSO, SAML applications, and the tokens that providers issue.

pub(crate) mod saml;
pub(crate) mod saml_response;
pub(crate) mod social;
pub(crate) mod sso;
pub(crate) mod sso_sign_in;
pub(crate) mod token_sets;
