//! Permissions to call the operations of the account API.

use logto_admin::serde_json::Value;

use crate::call::Call;
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal, forbidden};
use crate::operations::mfa;
use crate::passwords;
use crate::record::Record;
use crate::settings::ACCOUNT_CENTER;
use crate::state::State;

/// A requirement of an operation.
#[derive(Clone, Copy)]
enum Rule {
    /// The field of the account center is visible.
    Read(&'static str),
    /// The users can change the field.
    Edit(&'static str),
    /// The users can change second factors of the type in the body.
    EditFactor,
    /// The access token has the scope. The status of the error differs.
    Scope(&'static str, u16),
    /// The call has a verification record.
    Proof,
    /// The same, unless the user has no way to get one.
    ProofIfPossible,
}

use Rule::{Edit, EditFactor, Proof, ProofIfPossible, Read, Scope};

/// The scope of operations on sessions, with the status of their error.
const SESSIONS: Rule = Scope("urn:logto:scope:sessions", 401);
/// The scope of operations on factors and identities.
const IDENTITIES: Rule = Scope("identities", 401);
/// The scope of operations that respond with tokens of other services.
const FOREIGN_TOKENS: Rule = Scope("identities", 403);

/// The rules by operation, in the order in which they are checked. Others only require that the account center is enabled.
const RULES: &[(&str, &[Rule])] = &[
    ("UpdateOtherProfile", &[Edit("profile"), Scope("profile", 400)]),
    ("UpdatePassword", &[ProofIfPossible, Edit("password")]),
    ("GetMfaSettings", &[IDENTITIES, Read("mfa")]),
    ("UpdateMfaSettings", &[Proof, IDENTITIES, Edit("mfa")]),
    ("GetLogtoConfig", &[IDENTITIES, Read(PASSKEY)]),
    ("UpdateLogtoConfig", &[Proof, IDENTITIES, Edit(PASSKEY)]),
    ("GetSocialIdentityAccessToken", &[FOREIGN_TOKENS]),
    ("UpdateSocialIdentityAccessTokenByVerificationId", &[FOREIGN_TOKENS]),
    ("GetEnterpriseSsoIdentityAccessToken", &[FOREIGN_TOKENS]),
    ("UpdatePrimaryEmail", &[Proof, Edit("email"), Scope("email", 400)]),
    ("DeletePrimaryEmail", &[Proof, Edit("email"), Scope("email", 400)]),
    ("UpdatePrimaryPhone", &[Proof, Edit("phone"), Scope("phone", 400)]),
    ("DeletePrimaryPhone", &[Proof, Edit("phone"), Scope("phone", 400)]),
    ("AddUserIdentities", &[Edit("social"), IDENTITIES, ProofIfPossible]),
    ("ReplaceMyAccountIdentity", &[Edit("social"), IDENTITIES, ProofIfPossible]),
    ("DeleteIdentity", &[Edit("social"), Scope("identities", 400), ProofIfPossible]),
    ("GetMfaVerifications", &[Read("mfa"), IDENTITIES]),
    ("AddMfaVerification", &[Proof, EditFactor, IDENTITIES]),
    ("CreateOrReplaceTotpMfaVerification", &[Proof, Edit("mfa"), IDENTITIES]),
    ("GetBackupCodes", &[Proof, IDENTITIES]),
    ("UpdateMfaVerificationName", &[Proof, Edit(PASSKEY), IDENTITIES]),
    ("DeleteMfaVerification", &[Proof, IDENTITIES]),
    ("GetSessions", &[Proof, Read("session"), SESSIONS]),
    ("DeleteSessionById", &[Proof, Edit("session"), SESSIONS]),
    ("GetGrants", &[Proof, Read("session"), SESSIONS]),
    ("DeleteGrantById", &[Proof, Edit("session"), SESSIONS]),
    ("UploadAccountAvatar", &[Scope("profile", 401), Edit("avatar")]),
];

/// Rejects all calls of the account API while the account center is disabled.
pub(crate) fn check_enabled(path: &str, state: &State) -> Outcome<()> {
    let belongs = path.starts_with("/api/my-account") || path.starts_with("/api/verifications");
    if belongs && state.settings.get(&ACCOUNT_CENTER).get("enabled") != Some(&Value::Bool(true)) {
        return Err(Refusal::new(400, "account_center.not_enabled", "Account center is not enabled."));
    }
    Ok(())
}

/// Rejects a call whose rules are not met.
pub(crate) fn check(call: &Call<'_>) -> Outcome<()> {
    let rules = RULES.iter().find(|(id, _)| *id == call.info.id).map_or(&[][..], |(_, rules)| rules);
    rules.iter().try_for_each(|rule| match *rule {
        Read(field) if is_visible(call, field) => Ok(()),
        Read(_) => Err(Refusal::new(400, "account_center.field_not_enabled", "The field is not enabled.")),
        Edit(field) => require_editable(call, field),
        EditFactor => require_editable(call, field_of(call.text("type"))),
        Scope(scope, status) => require(call, scope, status),
        Proof => require_proof(call),
        ProofIfPossible if has_method(call.record(&USERS, &call.caller)?) => require_proof(call),
        ProofIfPossible => Ok(()),
    })
}

/// The field of the account center for passkeys. Unless it is set, it is that of all factors.
const PASSKEY: &str = "passkey";

/// Returns the field of the account center for second factors of a type.
pub(super) fn field_of(factor: &str) -> &'static str {
    if factor == mfa::PASSKEY { PASSKEY } else { "mfa" }
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
    let fields = settings.get("fields")?;
    let of_all = || fields.get("mfa").filter(|_| field == PASSKEY);
    fields.get(field).or_else(of_all)?.as_str().map(str::to_owned)
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

pub(super) fn require_scope(call: &Call<'_>, scope: &str) -> Outcome<()> {
    require(call, scope, 400)
}

fn require(call: &Call<'_>, scope: &str, status: u16) -> Outcome<()> {
    match status {
        _ if has_scope(call, scope) => Ok(()),
        403 => Err(forbidden()),
        _ => Err(Refusal::usual(status, "auth.unauthorized")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_belongs_to_an_operation() {
        for (id, _) in RULES {
            assert!(logto_admin::operation::find(id).is_some(), "{id}");
        }
    }
}
