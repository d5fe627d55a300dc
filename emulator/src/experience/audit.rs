//! Logs the steps of interactions, without secrets.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::record::Members;
use crate::state::logs::{Entry, MASK};
use crate::state::progress::{Event, Progress};

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

/// Members whose values the log masks.
const SECRET: [&str; 7] = ["captchaToken", "code", "connectorData", "password", "payload", "token", "tokenResponse"];

/// A step that is logged when it is done.
pub(crate) struct Step {
    key: String,
    /// The interaction before the step.
    before: Option<Progress>,
}

impl Step {
    /// Returns the step that a call makes.
    pub(crate) fn of(call: &Call<'_>) -> Option<Self> {
        let (_, end) = KEYS.iter().find(|(id, _)| *id == call.info.id)?;
        let interactions = &call.state.oidc.interactions;
        let before = interactions.get(&call.caller).and_then(|interaction| interaction.progress.clone());
        let named = Event::named(call.text("interactionEvent")).filter(|_| call.info.id == "InitInteraction");
        let event = named.or(before.as_ref().map(|progress| progress.event))?;
        let identifier = call.body.get("identifier").and_then(|identifier| identifier.get("type")?.as_str());
        let is_phone = identifier == Some("phone") || call.text("identifierType") == "phone";
        let end = end.replace("{}", if is_phone { "Phone" } else { "Email" }).replace("[]", call.text("type"));
        Some(Self { key: format!("Interaction.{}.{end}", event.name()), before })
    }

    /// Logs the step with its outcome.
    pub(crate) fn log(self, call: &mut Call<'_>, outcome: &Outcome<HttpResponse>) {
        let interaction = call.state.oidc.interactions.get(&call.caller);
        let progress = interaction.and_then(|interaction| interaction.progress.as_ref()).or(self.before.as_ref());
        let mut payload = Members::new();
        if let Some(interaction) = interaction {
            payload.insert("applicationId".to_owned(), interaction.authorization.client.id.clone().into());
        }
        if let Some(progress) = progress {
            payload.extend(progress.user.clone().map(|user| ("userId".to_owned(), user.into())));
            let shown = masked(progress.shown());
            if call.info.id == "IdentifyUser" {
                payload.extend(named_record(call, &shown).map(|record| ("verification".to_owned(), record.clone())));
            }
            payload.insert("interaction".to_owned(), shown);
        }
        if !call.body.is_empty() && call.info.id != "InitInteraction" {
            payload.insert("payload".to_owned(), masked_body(call).into());
        }
        let error = outcome.as_ref().err().map(Refusal::logged);
        let entry = Entry::new(self.key, error, payload).from(call.request);
        call.state.log(call.now, entry);
    }
}

/// Returns the verification record that a call names.
fn named_record<'i>(call: &Call<'_>, interaction: &'i Value) -> Option<&'i Value> {
    let mut records = interaction.get("verificationRecords")?.as_array()?.iter();
    records.find(|record| record.get("id").is_some_and(|id| *id == call.text("verificationId")))
}

/// Returns the body without secrets. The value of a new password is one.
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
                let value = if SECRET.contains(&name.as_str()) { MASK.into() } else { masked(value) };
                (name, value)
            });
            Value::Object(members.collect())
        }
        Value::Array(elements) => elements.into_iter().map(masked).collect(),
        other => other,
    }
}
