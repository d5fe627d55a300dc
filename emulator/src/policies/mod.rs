//! Policies of the tenant. For passwords, usernames, email addresses, phone numbers, languages, and the lockout of the
//! sentinel.

//! Policies of the tenant. For passwords, usernames and email addresses, phone numbers, and the lockout of the
//! sentinel.

pub(crate) mod application_access;
pub(crate) mod avatars;
pub(crate) mod consent_scopes;
pub(crate) mod email;
pub(crate) mod languages;
pub(crate) mod one_time_tokens;
pub(crate) mod password;
pub(crate) mod password_expiration;
pub(crate) mod phones;
pub(crate) mod sentinel;
pub(crate) mod template_variables;
pub(crate) mod username;
