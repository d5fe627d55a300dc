//! The messages of errors that several places raise, by code. `{}` stands for the value that the error is about.

/// Returns the message of a code.
pub(crate) fn of(code: &str, value: &str) -> String {
    let known = MESSAGES.iter().find(|(known, _)| *known == code).map(|(_, message)| *message);
    match known {
        Some(message) => message.replace("{}", value),
        // The server has no message for these codes of the provider.
        None if code.starts_with("oidc.") => format!("An OIDC error occurred: {code}."),
        None => format!("The server rejects the request: {code}."),
    }
}

#[rustfmt::skip]
const MESSAGES: &[(&str, &str)] = &[
    ("application.invalid_role_type", "Can not assign user type role to machine to machine application."),
    ("application.invalid_type", "Only machine to machine applications can have associated roles."),
    ("application.protected_app_not_configured", "Protected app provider is not configured. This feature is not available for open source version."),
    ("application.secret_name_exists", "Secret name already exists."),
    ("auth.forbidden", "Forbidden. Please check your user roles and permissions."),
    ("auth.unauthorized", "Unauthorized. Please check credentials and its scope."),
    ("connector.invalid_config", "The connector's config is invalid."),
    ("custom_profile_fields.name_exists", "Field already exists with the given name."),
    ("domain.domain_in_use", "The domain {} is already in use"),
    ("domain.not_configured", "Domain hostname provider is not configured."),
    ("entity.db_constraint_violated", "Database constraint violated."),
    ("entity.relation_foreign_key_not_found", "Cannot find one or more foreign keys. Please check the input and ensure that all referenced entities exist."),
    ("entity.unique_integrity_violation", "The entity already exists. Please check the input and try again."),
    ("oidc.access_denied", "Access denied."),
    ("oidc.invalid_grant", "Grant request is invalid."),
    ("oidc.invalid_redirect_uri", "`redirect_uri` did not match any of the client's registered `redirect_uris`."),
    ("oidc.invalid_request", "Request is invalid."),
    ("oidc.invalid_target", "Invalid resource indicator."),
    ("oidc.session_not_found", "Session not found."),
    ("oidc.unsupported_grant_type", "Unsupported `grant_type` requested."),
    ("resource.resource_identifier_in_use", "The API identifier {} is already in use"),
    // The server does not fill in this placeholder.
    ("role.application_exists", "The application id {{applicationId}} is already been added to this role"),
    ("role.name_in_use", "This role name {} is already in use"),
    ("role.scope_exists", "The scope id {} has already been added to this role"),
    ("role.user_exists", "The user id {} is already been added to this role"),
    ("session.invalid_credentials", "Incorrect account or password. Please check your input."),
    ("session.mfa.backup_code_required", "Backup code is required."),
    ("session.mfa.invalid_totp_code", "Invalid TOTP code."),
    ("session.not_found", "Session not found. Please go back and sign in again."),
    ("storage.not_configured", "Storage provider is not configured."),
    ("user.email_already_in_use", "This email is associated with an existing account."),
    ("user.identity_already_in_use", "The social account has been associated with an existing account."),
    ("user.identity_not_exist", "The social account has not been registered yet."),
    ("user.invalid_role_type", "Invalid role type, can not assign machine-to-machine role to user."),
    ("user.missing_profile", "You need to provide additional info before signing-in."),
    ("user.personal_access_token_name_exists", "Personal access token name already exists."),
    ("user.phone_already_in_use", "This phone number is associated with an existing account."),
    ("user.totp_secret_invalid", "Invalid TOTP secret supplied."),
    ("user.username_already_in_use", "This username is already in use."),
    ("verification_code.code_mismatch", "Invalid verification code."),
    ("verification_code.not_found", "Verification code not found. Please send verification code first."),
    ("verification_record.not_found", "Verification record not found."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_contain_the_value() {
        assert_eq!(of("role.name_in_use", "clerk"), "This role name clerk is already in use");
        assert_eq!(of("user.username_already_in_use", "ada"), "This username is already in use.");
        assert_eq!(of("oidc.invalid_client", ""), "An OIDC error occurred: oidc.invalid_client.");
    }
}
