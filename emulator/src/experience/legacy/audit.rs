//! Logs the steps of the interaction API. Unlike those of the Experience API, the entries are about the input.

use logto_admin::serde_json::Value;

use super::identifier;
use crate::call::Call;
use crate::errors::Refusal;
use crate::record::{Members, text};
use crate::state::logs::Entry;

/// The end of the keys of operations.
pub(in crate::experience) const KEYS: [(&str, &str); 14] = [
    ("StartLegacyInteraction", "Update"),
    ("ReplaceLegacyInteractionEvent", "Update"),
    ("UpdateLegacyInteractionIdentifiers", "Update"),
    ("ReplaceLegacyInteractionProfile", "Profile.Create"),
    ("UpdateLegacyInteractionProfile", "Profile.Update"),
    ("DeleteLegacyInteractionProfile", "Profile.Delete"),
    ("SendLegacyInteractionVerificationCode", "Identifier.VerificationCode.Create"),
    ("CreateLegacyInteractionSocialAuthorizationUri", "Identifier.Social.Create"),
    ("CreateLegacyInteractionTotpSecret", "BindMfa.Totp.Create"),
    ("CreateLegacyInteractionWebAuthnRegistration", "BindMfa.WebAuthn.Create"),
    ("CreateLegacyInteractionWebAuthnAuthentication", "Mfa.WebAuthn.Create"),
    ("BindLegacyInteractionMfa", "BindMfa.[].Submit"),
    ("ReplaceLegacyInteractionMfa", "Mfa.[].Submit"),
    ("SubmitLegacyInteraction", "Submit"),
];

/// Operations that can verify an identifier.
const OF_IDENTIFIERS: [&str; 2] = ["StartLegacyInteraction", "UpdateLegacyInteractionIdentifiers"];

/// Errors of other operations before their step begins. They are not logged.
const EARLY: [&str; 2] = ["session.not_supported_for_forgot_password", "session.mfa.mfa_sign_in_only"];

/// Errors before an identifier is verified.
const UNVERIFIED: [&str; 4] = [
    "auth.forbidden",
    "session.not_supported_for_forgot_password",
    "session.sso_enabled",
    "user.sign_in_method_not_enabled",
];

/// Logs a step, and the identifier that it verifies.
pub(in crate::experience) fn log(call: &mut Call<'_>, key: &str, error: Option<&Refusal>) {
    let code = error.and_then(Refusal::code).unwrap_or_default();
    let may_verify = OF_IDENTIFIERS.contains(&call.info.id);
    let step = Some((key.to_owned(), about(call))).filter(|_| may_verify || !EARLY.contains(&code));
    let identifier = verified(call, key).filter(|_| may_verify && !UNVERIFIED.contains(&code));
    for (key, payload) in step.into_iter().chain(identifier) {
        let entry = Entry::new(key, error.map(Refusal::logged), payload).from(call.request);
        call.state.log(call.now, entry);
    }
}

/// Returns what the entry of a step shows.
fn about(call: &Call<'_>) -> Members {
    let mut about = match call.info.id {
        "ReplaceLegacyInteractionProfile" | "UpdateLegacyInteractionProfile" => {
            Members::from_iter([("profile".to_owned(), call.body.clone().into())])
        }
        "UpdateLegacyInteractionIdentifiers" | "BindLegacyInteractionMfa" | "ReplaceLegacyInteractionMfa" => {
            Members::new()
        }
        _ => call.body.clone(),
    };
    about.remove("identifier");
    if call.info.id == "UpdateLegacyInteractionProfile" {
        about.insert("method".to_owned(), "PATCH".into());
    }
    if call.info.id == "SubmitLegacyInteraction" {
        let interaction = call.state.oidc.interactions.get(&call.caller);
        let user = interaction.and_then(|interaction| interaction.progress.as_ref()?.user.clone());
        about.extend(user.map(|user| ("userId".to_owned(), user.into())));
    }
    about
}

/// Returns the entry of a verified identifier.
fn verified(call: &Call<'_>, key: &str) -> Option<(String, Members)> {
    let is_start = call.info.id == "StartLegacyInteraction";
    let given = if is_start { call.body.get("identifier").and_then(Value::as_object)? } else { &call.body };
    if given.contains_key("connectorId") {
        let shown = given.clone();
        return Some(("Interaction.SignIn.Identifier.Social.Submit".to_owned(), shown));
    }
    let way = if given.contains_key("password") { "Password" } else { "VerificationCode" };
    let kind = identifier(given).kind;
    let shown = Members::from_iter([(kind.clone(), text(given, &kind).into())]);
    Some((key.replace("Update", &format!("Identifier.{way}.Submit")), shown))
}
