//! Permissions to call the operations of the account API.

use logto_admin::serde_json::Value;

use crate::call::Call;
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal, forbidden};
use crate::passwords;
use crate::record::Record;
use crate::settings::ACCOUNT_CENTER;
use crate::state::State;

/// Requirements of an operation.
struct Rule {
    id: &'static str,
    /// The field of the account center, and whether users must be able to change it.
    field: &'static str,
    access: Access,
    /// The scope of the access token. Empty if any scope will do.
    scope: &'static str,
    proof: Proof,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Edit,
}

/// Whether a verification record is required.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    No,
    Yes,
    /// Unless the user has no way to get one.
    IfPossible,
}

use Access::{Edit, Read};
use Proof::{IfPossible, No, Yes};

const SESSIONS: &str = "urn:logto:scope:sessions";
/// The scope of operations that respond with tokens of other services. Without it, they respond with 403.
const FOREIGN_TOKENS: &str = "identities of other services";

const fn rule(id: &'static str, field: &'static str, access: Access, scope: &'static str, proof: Proof) -> Rule {
    Rule { id, field, access, scope, proof }
}

/// Operations without a rule only require that the account center is enabled.
const RULES: &[Rule] = &[
    rule("UpdateOtherProfile", "profile", Edit, "profile", No),
    rule("UpdatePassword", "password", Edit, "", IfPossible),
    rule("GetMfaSettings", "mfa", Read, "", No),
    rule("UpdateMfaSettings", "mfa", Edit, "identities", Yes),
    rule("GetLogtoConfig", "mfa", Read, "", No),
    rule("UpdateLogtoConfig", "mfa", Edit, "identities", Yes),
    rule("GetSocialIdentityAccessToken", "social", Read, FOREIGN_TOKENS, No),
    rule("UpdateSocialIdentityAccessTokenByVerificationId", "social", Edit, FOREIGN_TOKENS, No),
    rule("GetEnterpriseSsoIdentityAccessToken", "social", Read, FOREIGN_TOKENS, No),
    rule("UpdatePrimaryEmail", "email", Edit, "email", Yes),
    rule("DeletePrimaryEmail", "email", Edit, "email", Yes),
    rule("UpdatePrimaryPhone", "phone", Edit, "phone", Yes),
    rule("DeletePrimaryPhone", "phone", Edit, "phone", Yes),
    rule("AddUserIdentities", "social", Edit, "identities", Yes),
    rule("ReplaceMyAccountIdentity", "social", Edit, "identities", Yes),
    rule("DeleteIdentity", "social", Edit, "identities", Yes),
    rule("GetMfaVerifications", "mfa", Read, "identities", No),
    rule("AddMfaVerification", "mfa", Edit, "identities", Yes),
    rule("CreateOrReplaceTotpMfaVerification", "mfa", Edit, "identities", Yes),
    rule("GenerateTotpSecret", "mfa", Edit, "identities", No),
    rule("GenerateMyAccountBackupCodes", "mfa", Edit, "identities", No),
    rule("GetBackupCodes", "mfa", Read, "identities", Yes),
    rule("UpdateMfaVerificationName", "mfa", Edit, "identities", Yes),
    rule("DeleteMfaVerification", "mfa", Edit, "identities", Yes),
    rule("GetSessions", "session", Read, SESSIONS, Yes),
    rule("DeleteSessionById", "session", Edit, SESSIONS, Yes),
    rule("GetGrants", "session", Read, SESSIONS, Yes),
    rule("DeleteGrantById", "session", Edit, SESSIONS, Yes),
    rule("UploadAccountAvatar", "avatar", Edit, "", No),
];

/// Rejects all calls of the account API while the account center is disabled.
pub(crate) fn check_enabled(path: &str, state: &State) -> Outcome<()> {
    let belongs = path.starts_with("/api/my-account");
    if belongs && state.settings.get(&ACCOUNT_CENTER).get("enabled") != Some(&Value::Bool(true)) {
        return Err(Refusal::new(400, "account_center.not_enabled", "Account center is not enabled."));
    }
    Ok(())
}

/// Rejects a call whose rule is not met.
pub(crate) fn check(call: &Call<'_>) -> Outcome<()> {
    let Some(rule) = RULES.iter().find(|rule| rule.id == call.info.id) else { return Ok(()) };
    if rule.proof == Yes || (rule.proof == IfPossible && has_method(call.record(&USERS, &call.caller)?)) {
        require_proof(call)?;
    }
    match rule.access {
        Edit => require_editable(call, rule.field)?,
        Read if !is_visible(call, rule.field) => {
            return Err(Refusal::new(400, "account_center.field_not_enabled", "The field is not enabled."));
        }
        Read => {}
    }
    match rule.scope {
        "" => Ok(()),
        FOREIGN_TOKENS if has_scope(call, "identities") => Ok(()),
        FOREIGN_TOKENS => Err(forbidden()),
        scope => require_scope(call, scope),
    }
}

/// Returns whether the user can prove who they are.
pub(super) fn has_method(user: &Record) -> bool {
    let has = |member| !user.text(member).is_empty();
    user.hidden.contains_key(passwords::DIGEST) || has("primaryEmail") || has("primaryPhone")
}

/// Rejects a call without a valid verification record of the user.
pub(super) fn require_proof(call: &Call<'_>) -> Outcome<()> {
    let id = call.request.headers.get("logto-verification-id").unwrap_or_default();
    if call.state.verifications.proves(id, &call.caller, call.now) {
        return Ok(());
    }
    let message = "Permission denied, please re-authenticate.";
    Err(Refusal::new(401, "verification_record.permission_denied", message))
}

fn control(call: &Call<'_>, field: &str) -> Option<String> {
    let settings = call.state.settings.get(&ACCOUNT_CENTER);
    settings.get("fields")?.get(field)?.as_str().map(str::to_owned)
}

pub(super) fn is_visible(call: &Call<'_>, field: &str) -> bool {
    matches!(control(call, field).as_deref(), Some("Edit" | "ReadOnly"))
}

pub(super) fn require_editable(call: &Call<'_>, field: &str) -> Outcome<()> {
    if control(call, field).as_deref() == Some("Edit") {
        return Ok(());
    }
    Err(Refusal::new(400, "account_center.field_not_editable", "Field is not editable."))
}

pub(super) fn has_scope(call: &Call<'_>, scope: &str) -> bool {
    call.access_token().is_some_and(|token| token.scope.split(' ').any(|granted| granted == scope))
}

/// The status is 400, unlike that of an invalid access token.
pub(super) fn require_scope(call: &Call<'_>, scope: &str) -> Outcome<()> {
    if has_scope(call, scope) {
        return Ok(());
    }
    Err(Refusal::usual(400, "auth.unauthorized"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_belongs_to_an_operation() {
        for rule in RULES {
            assert!(logto_admin::operation::find(rule.id).is_some(), "{}", rule.id);
        }
    }
}
