//! Logs the steps of interactions. All logs mask passwords, secrets and tokens. Like the server, they show codes.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::{adaptive, legacy};
use crate::call::Call;
use crate::collections::{SSO_CONNECTORS, USERS};
use crate::errors::{Outcome, Refusal};
use crate::providers::sso::{self, Protocol};
use crate::record::Members;
use crate::state::logs::{Entry, MASK};
use crate::state::progress::{ENTERPRISE_PROFILE, Event, Kind, Progress};

/// The end of the keys of operations. `{}` is the channel of a message: `Email` or `Phone`.
const KEYS: [(&str, &str); 29] = [
    ("InitInteraction", "Create"),
    ("UpdateInteractionEvent", "Update"),
    ("IdentifyUser", "Identifier.Submit"),
    ("SubmitInteraction", "Submit"),
    ("AddUserProfile", "Profile.Update"),
    ("ResetUserPassword", "Profile.Update"),
    ("CreatePasswordVerification", "Verification.Password.Submit"),
    ("CreateNewPasswordIdentityVerification", "Verification.NewPasswordIdentity.Submit"),
    ("CreateAndSendVerificationCode", "Verification.{}VerificationCode.Create"),
    ("VerifyVerificationCodeVerification", "Verification.{}VerificationCode.Submit"),
    ("CreateAndSendMfaVerificationCode", "Verification.{}VerificationCode.Create"),
    ("VerifyMfaVerificationCode", "Verification.{}VerificationCode.Submit"),
    ("VerifyOneTimeTokenVerification", "Verification.OneTimeToken.Submit"),
    ("CreateSocialVerification", "Verification.Social.Create"),
    ("VerifySocialVerification", "Verification.Social.Submit"),
    ("CreateEnterpriseSsoVerification", "Verification.EnterpriseSso.Create"),
    ("VerifyEnterpriseSsoVerification", "Verification.EnterpriseSso.Submit"),
    ("CreateTotpSecret", "Verification.Totp.Create"),
    ("VerifyTotpVerification", "Verification.Totp.Submit"),
    ("GenerateBackupCodes", "Verification.BackupCode.Create"),
    ("VerifyBackupCode", "Verification.BackupCode.Submit"),
    ("CreateWebAuthnRegistrationVerification", "Verification.WebAuthn.Create"),
    ("VerifyWebAuthnRegistrationVerification", "Verification.WebAuthn.Submit"),
    ("CreateWebAuthnAuthenticationVerification", "Verification.WebAuthn.Create"),
    ("VerifyWebAuthnAuthenticationVerification", "Verification.WebAuthn.Submit"),
    ("CreateSignInPasskeyAuthenticationWithIdentifier", "Verification.SignInPasskey.Create"),
    ("VerifySignInPasskeyAuthentication", "Verification.SignInPasskey.Submit"),
    ("BindMfaVerification", "BindMfa.[].Submit"),
    ("BindPasskey", "SignInPasskey.Submit"),
];

/// The member of a profile with the tokens of its provider. The server stores them elsewhere.
const TOKENS: &str = "tokenResponse";

/// Errors of operations before their step begins. They are not logged.
const EARLY: [(&str, &[&str]); 6] = [
    ("BindMfaVerification", &NOT_ADMITTED),
    ("BindPasskey", &NOT_ADMITTED),
    ("ResetUserPassword", &["session.invalid_interaction_type"]),
    ("CreateAndSendVerificationCode", &["session.captcha_required"]),
    ("CreateAndSendMfaVerificationCode", &["session.identifier_not_found", "session.mfa.mfa_factor_not_enabled"]),
    ("VerifyMfaVerificationCode", &["session.verification_session_not_found"]),
];

const NOT_ADMITTED: [&str; 3] = [
    "session.mfa.require_mfa_verification",
    "session.not_supported_for_forgot_password",
    "session.identifier_not_found",
];

/// Operations whose entries show the verification record that the body names.
const ABOUT_RECORDS: [&str; 4] = ["IdentifyUser", "AddUserProfile", "BindMfaVerification", "BindPasskey"];

/// A step that is logged when it is done.
pub(crate) struct Step {
    key: String,
    /// The interaction before the step.
    before: Option<Progress>,
    /// Assessment of a sign-in that is submitted, if factors are adaptive.
    unusual: Members,
}

impl Step {
    /// Returns the step that a call makes.
    pub(crate) fn of(call: &Call<'_>) -> Option<Self> {
        let keys = KEYS.iter().chain(&legacy::audit::KEYS);
        let (_, end) = keys.into_iter().find(|(id, _)| *id == call.info.id)?;
        let interactions = &call.state.oidc.interactions;
        let before = interactions.get(&call.caller).and_then(|interaction| interaction.progress.clone());
        let named = match call.info.id {
            "InitInteraction" => Event::named(call.text("interactionEvent")),
            "StartLegacyInteraction" | "ReplaceLegacyInteractionEvent" => Event::named(call.text("event")),
            _ => None,
        };
        let event = named.or(before.as_ref().map(|progress| progress.event))?;
        let identifier = call.body.get("identifier").and_then(|identifier| identifier.get("type")?.as_str());
        let is_phone = identifier == Some("phone") || call.text("identifierType") == "phone";
        let end = end.replace("{}", if is_phone { "Phone" } else { "Email" }).replace("[]", call.text("type"));
        let submitted = before.as_ref().filter(|_| call.info.id == "SubmitInteraction");
        let unusual = submitted.map(|progress| adaptive::logged(call, progress)).unwrap_or_default();
        Some(Self { key: format!("Interaction.{}.{end}", event.name()), before, unusual })
    }

    /// Logs the step with its outcome.
    pub(crate) fn log(self, call: &mut Call<'_>, outcome: &Outcome<HttpResponse>) {
        let error = outcome.as_ref().err();
        let early = EARLY.iter().find(|(id, _)| *id == call.info.id).map_or(&[][..], |(_, codes)| codes);
        if error.and_then(Refusal::code).is_some_and(|code| early.contains(&code)) {
            return;
        }
        if legacy::audit::KEYS.iter().any(|(id, _)| *id == call.info.id) {
            return legacy::audit::log(call, &self.key, error);
        }
        let interaction = call.state.oidc.interactions.get(&call.caller);
        let progress = interaction.and_then(|interaction| interaction.progress.as_ref()).or(self.before.as_ref());
        let (mut payload, mut synced) = (self.unusual, None);
        if let Some(interaction) = interaction {
            payload.insert("applicationId".to_owned(), interaction.authorization.client.id.clone().into());
        }
        if let Some(progress) = progress {
            payload.extend(progress.user.clone().map(|user| ("userId".to_owned(), user.into())));
            let is_new = self.before.as_ref().is_some_and(|before| before.user.is_none()) && progress.user.is_some();
            if is_new && progress.event == Event::Register {
                let user = progress.user.as_ref().and_then(|id| call.state.store.get(&USERS, id));
                payload.extend(user.map(|user| ("user".to_owned(), user.members.to_value())));
            } else if is_new && progress.kind_of(call.text("verificationId")).is_some_and(brings_profile) {
                synced = Some(masked(progress.profile.clone().into()));
            }
            payload.insert("interaction".to_owned(), masked(progress.shown()));
        }
        let error = error.map(logged);
        let mut entries = vec![(self.key.clone(), about(call, payload.get("interaction")))];
        if call.info.id == "InitInteraction" && !call.text("captchaToken").is_empty() {
            let passed = Members::from_iter([("success".to_owned(), true.into())]);
            entries
                .push(("Interaction.Create.Captcha".to_owned(), if error.is_none() { passed } else { Members::new() }));
        }
        entries.extend(single_sign_on(call, self.before.as_ref(), payload.get("interaction")));
        if let Some(profile) = synced {
            let key = self.key.replace("Identifier.Submit", "Profile.Update");
            entries.push((key, Members::from_iter([("syncedProfile".to_owned(), profile)])));
        }
        for (key, own) in entries {
            let mut payload = payload.clone();
            payload.extend(own);
            let entry = Entry::new(key, error.clone(), payload).from(call.request);
            call.state.log(call.now, entry);
        }
    }
}

/// Returns the second entry of a step at an enterprise provider. Its key is the same in a registration.
fn single_sign_on(
    call: &Call<'_>,
    before: Option<&Progress>,
    interaction: Option<&Value>,
) -> Option<(String, Members)> {
    let connector = call.state.store.get(&SSO_CONNECTORS, call.parameters.first()?)?;
    let mut members = Members::from_iter([("connectorId".to_owned(), connector.id.clone().into())]);
    let action = match call.info.id {
        "CreateEnterpriseSsoVerification" => {
            members.insert("payload".to_owned(), masked_body(call).into());
            "Create"
        }
        "VerifyEnterpriseSsoVerification" => {
            before?.kind_of(call.text("verificationId")).filter(|kind| *kind == Kind::EnterpriseSso)?;
            members.insert("data".to_owned(), masked(call.object("connectorData").into()));
            let record = interaction.and_then(|interaction| named_record(call, interaction));
            // The server does not log the response of a SAML provider.
            let record =
                record.filter(|_| sso::provider_of(connector).is_some_and(|known| known.protocol == Protocol::Oidc));
            let known = |name: &str| record.and_then(|record| record.get(name)).cloned();
            let about = [("issuer", known("issuer")), ("userInfo", known(ENTERPRISE_PROFILE))];
            members.extend(about.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
            "Submit"
        }
        _ => return None,
    };
    Some((format!("Interaction.SignIn.Identifier.SingleSignOn.{action}"), members))
}

fn logged(refusal: &Refusal) -> Value {
    let mut error = refusal.logged();
    if let Some(data) = error.get_mut("data") {
        *data = masked(data.take());
    }
    error
}

/// Returns whether a record that identifies a user also has data of theirs.
const fn brings_profile(kind: Kind) -> bool {
    matches!(kind, Kind::Social | Kind::EnterpriseSso | Kind::OneTimeToken)
}

/// Returns what an entry shows of the body, and of the record that it names.
fn about(call: &Call<'_>, interaction: Option<&Value>) -> Members {
    let mut about = Members::new();
    if ABOUT_RECORDS.contains(&call.info.id) {
        let record = interaction.and_then(|interaction| named_record(call, interaction));
        about.extend(record.map(|record| ("verification".to_owned(), record.clone())));
    }
    let member = |name: &str| call.body.get(name).map(|value| (name.to_owned(), value.clone()));
    let mut payload = masked_body(call);
    match call.info.id {
        "InitInteraction" | "ResetUserPassword" => payload.clear(),
        "UpdateInteractionEvent" => {
            payload.clear();
            about.extend(member("interactionEvent"));
        }
        "BindMfaVerification" | "BindPasskey" => {
            payload.clear();
            about.extend(member("verificationId"));
        }
        "VerifyTotpVerification" => payload.retain(|name, _| name == "verificationId"),
        "CreateAndSendMfaVerificationCode" | "VerifyMfaVerificationCode" => {
            payload.remove("identifierType");
            let is_phone = call.text("identifierType") == "phone";
            let kind = if is_phone { Kind::MfaPhoneCode } else { Kind::MfaEmailCode };
            let records = interaction.and_then(|interaction| interaction.get("verificationRecords")?.as_array());
            let record = records.into_iter().flatten().find(|record| record.get("type") == Some(&kind.name().into()));
            let identifier = record.and_then(|record| record.get("identifier"));
            payload.extend(identifier.map(|identifier| ("identifier".to_owned(), identifier.clone())));
        }
        id if id.contains("Social") || id.contains("EnterpriseSso") => {
            payload.insert("connectorId".to_owned(), call.parameter(0).into());
        }
        _ => {}
    }
    if !payload.is_empty() {
        about.insert("payload".to_owned(), payload.into());
    }
    about
}

/// Returns the verification record that a call names.
fn named_record<'i>(call: &Call<'_>, interaction: &'i Value) -> Option<&'i Value> {
    let mut records = interaction.get("verificationRecords")?.as_array()?.iter();
    records.find(|record| record.get("id").is_some_and(|id| *id == call.text("verificationId")))
}

/// Returns the body. The value of a new password is masked.
fn masked_body(call: &Call<'_>) -> Members {
    let mut body = match masked(call.body.clone().into()) {
        Value::Object(body) => body,
        _ => Members::new(),
    };
    if call.text("type") == "password" {
        body.insert("value".to_owned(), MASK.into());
    }
    body
}

fn masked(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let value = if name == TOKENS { MASK.into() } else { masked(value) };
                (name, value)
            });
            Value::Object(members.collect())
        }
        Value::Array(elements) => elements.into_iter().map(masked).collect(),
        other => other,
    }
}
