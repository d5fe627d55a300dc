//! Progress of a user in an interaction.

use logto_admin::serde_json::{Map, Value, json};
use serde::{Deserialize, Serialize};

use crate::crypto::webauthn::Credential;
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record, text};
use crate::state::messages::Recipient;

/// The members of a record with the profile of a social or enterprise provider.
pub(crate) const SOCIAL_PROFILE: &str = "socialUserInfo";
pub(crate) const ENTERPRISE_PROFILE: &str = "enterpriseSsoUserInfo";

/// The purpose of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    SignIn,
    Register,
    ForgotPassword,
}

impl Event {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::SignIn, Self::Register, Self::ForgotPassword].into_iter().find(|event| event.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "SignIn",
            Self::Register => "Register",
            Self::ForgotPassword => "ForgotPassword",
        }
    }
}

/// A username, an email address or a phone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identifier {
    /// `username`, `email` or `phone`.
    pub kind: String,
    pub value: String,
}

impl Identifier {
    /// Returns the identifier in a body.
    pub(crate) fn of(body: &Members) -> Self {
        let identifier = body.get("identifier").and_then(Value::as_object);
        let part = |name| identifier.map(|identifier| text(identifier, name).to_owned()).unwrap_or_default();
        Self { kind: part("type"), value: part("value") }
    }

    /// Returns the identifier of a user. The value is empty if the user does not have one of this kind.
    pub(crate) fn of_user(kind: &str, user: &Record) -> Self {
        Self { kind: kind.to_owned(), value: user.text(member(kind)).to_owned() }
    }

    /// The member of a user that contains such an identifier.
    pub(crate) fn member(&self) -> &'static str {
        member(&self.kind)
    }

    /// The kind of a record whose code proves the address.
    pub(crate) fn code_kind(&self) -> Kind {
        if self.kind == "phone" { Kind::PhoneCode } else { Kind::EmailCode }
    }

    /// The kind of a record whose code proves the address as a second factor.
    pub(crate) fn factor_kind(&self) -> Kind {
        if self.kind == "phone" { Kind::MfaPhoneCode } else { Kind::MfaEmailCode }
    }

    pub(crate) fn shown(&self) -> Value {
        json!({ "type": self.kind, "value": self.value })
    }

    /// Returns the value with most of it hidden, so that its owner recognizes it.
    pub(crate) fn masked_value(&self) -> String {
        match self.value.rsplit_once('@') {
            Some((name, domain)) => format!("{}****@{domain}", name.chars().take(4).collect::<String>()),
            None => {
                let hidden = self.value.chars().count().saturating_sub(4);
                format!("****{}", self.value.chars().skip(hidden).collect::<String>())
            }
        }
    }

    /// Returns where a message to the user goes.
    pub(crate) fn recipient(&self) -> Recipient {
        if self.kind == "phone" { Recipient::phone(&self.value) } else { Recipient::email(&self.value) }
    }
}

/// Returns the member of a user that contains identifiers of a kind.
fn member(kind: &str) -> &'static str {
    match kind {
        "email" => "primaryEmail",
        "phone" => "primaryPhone",
        _ => "username",
    }
}

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Password,
    EmailCode,
    PhoneCode,
    NewPasswordIdentity,
    OneTimeToken,
    Totp,
    BackupCode,
    MfaEmailCode,
    MfaPhoneCode,
    Social,
    EnterpriseSso,
    WebAuthn,
    SignInPasskey,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::EmailCode => "EmailVerificationCode",
            Self::PhoneCode => "PhoneVerificationCode",
            Self::NewPasswordIdentity => "NewPasswordIdentity",
            Self::OneTimeToken => "OneTimeToken",
            Self::Totp => "Totp",
            Self::BackupCode => "BackupCode",
            Self::MfaEmailCode => "MfaEmailVerificationCode",
            Self::MfaPhoneCode => "MfaPhoneVerificationCode",
            Self::Social => "Social",
            Self::EnterpriseSso => "EnterpriseSso",
            Self::WebAuthn => "WebAuthn",
            Self::SignInPasskey => "SignInPasskey",
        }
    }
}

/// The hidden member of a record with the challenge for a stored passkey. Other hidden members belong to new factors.
pub(crate) const CHALLENGE: &str = "challenge";

/// A verification record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Verification {
    pub id: String,
    pub kind: Kind,
    /// `None` if such records are valid as soon as they exist.
    pub verified: Option<bool>,
    pub identifier: Option<Identifier>,
    /// Further members that responses show.
    pub shown: Members,
    /// Members that responses do not show, such as passwords.
    pub hidden: Members,
}

impl Verification {
    pub(crate) fn new(id: String, kind: Kind) -> Self {
        Self { id, kind, verified: None, identifier: None, shown: Members::new(), hidden: Members::new() }
    }

    pub(crate) fn is_valid(&self) -> bool {
        match self.kind {
            Kind::Social => self.shown.contains_key(SOCIAL_PROFILE),
            Kind::EnterpriseSso => self.shown.contains_key(ENTERPRISE_PROFILE),
            // New codes prove nothing.
            Kind::BackupCode => self.shown.contains_key("code"),
            _ => self.verified != Some(false),
        }
    }

    /// Returns a member that responses show.
    pub(crate) fn text(&self, name: &str) -> &str {
        text(&self.shown, name)
    }

    fn adds_factor(&self) -> bool {
        self.hidden.keys().any(|name| name != CHALLENGE)
    }

    fn value(&self) -> Value {
        let mut shown = self.shown.clone();
        shown.insert("id".to_owned(), self.id.clone().into());
        shown.insert("type".to_owned(), self.kind.name().into());
        if let Some(verified) = self.verified {
            shown.insert("verified".to_owned(), verified.into());
        }
        if let Some(identifier) = &self.identifier {
            shown.insert("identifier".to_owned(), identifier.shown());
        }
        shown.into()
    }
}

/// New second factors of a user, and what the user has decided about them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Factors {
    /// The secret of a new authenticator app.
    pub totp: Option<String>,
    /// New backup codes.
    pub codes: Option<Vec<String>>,
    /// New passkeys.
    #[serde(default)]
    pub passkeys: Vec<Credential>,
    pub enabled: bool,
    pub skipped: bool,
    pub suggestion_skipped: bool,
    pub passkey_skipped: bool,
}

impl Factors {
    /// Returns whether there is a new factor other than backup codes.
    pub(crate) fn adds_main(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }

    /// Returns whether the submission stores a factor.
    pub(crate) fn adds_any(&self) -> bool {
        self.adds_main() || self.codes.is_some()
    }

    fn shown(&self) -> Value {
        let mut shown = Map::new();
        let flags =
            [("mfaEnabled", self.enabled), ("mfaSkipped", self.skipped), ("passkeySkipped", self.passkey_skipped)];
        shown.extend(flags.into_iter().filter(|(_, on)| *on).map(|(name, on)| (name.to_owned(), on.into())));
        let factors = [("totp", "Totp", self.totp.is_some()), ("backupCode", "BackupCode", self.codes.is_some())];
        for (name, kind, _) in factors.into_iter().filter(|(.., added)| *added) {
            shown.insert(name.to_owned(), json!({ "type": kind }));
        }
        let passkeys: Vec<Value> = self.passkeys.iter().map(shown_passkey).collect();
        if !passkeys.is_empty() {
            shown.insert("webAuthn".to_owned(), passkeys.into());
        }
        shown.into()
    }
}

fn shown_passkey(passkey: &Credential) -> Value {
    let mut shown = json!(passkey);
    if let Some(members) = shown.as_object_mut() {
        members.insert("type".to_owned(), "WebAuthn".into());
    }
    shown
}

/// The state of an interaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub event: Event,
    /// The identified user.
    pub user: Option<String>,
    /// Members of the user that the submission sets.
    pub profile: Members,
    /// The new password of the user.
    pub password: Option<String>,
    pub factors: Factors,
    /// Whether the user has filled in the form for their profile. Optional fields may then be empty.
    #[serde(default)]
    pub fills_in: bool,
    #[serde(default)]
    pub captcha: Captcha,
    /// The tokens that a social or enterprise provider has issued.
    #[serde(default)]
    pub tokens: Option<Members>,
    /// Input of the user in the interaction API.
    #[serde(default)]
    pub legacy: Legacy,
    /// One record of each kind.
    verifications: Vec<Verification>,
    /// Data about the client.
    #[serde(default)]
    pub context: Members,
}

/// Proof that no program uses the sign-in page.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Captcha {
    pub verified: bool,
    /// Whether the user has proven who they are in a way that programs cannot.
    pub skipped: bool,
}

/// Proof of a user in the interaction API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Proof {
    /// The id of the user with a password.
    User(String),
    /// An email address or a phone number.
    Address(Identifier),
    /// The id of the record of a social provider.
    Social(String),
}

/// Input of a user, until the submission uses it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Legacy {
    #[serde(default)]
    pub proofs: Vec<Proof>,
    pub profile: Members,
}

impl Legacy {
    /// Adds a proof. It replaces the one of the same kind.
    pub(crate) fn add(&mut self, proof: Proof) {
        self.proofs.retain(|known| match (known, &proof) {
            (Proof::User(_), Proof::User(_)) | (Proof::Social(_), Proof::Social(_)) => false,
            (Proof::Address(known), Proof::Address(new)) => known.kind != new.kind,
            _ => true,
        });
        self.proofs.push(proof);
    }
}

/// Returns the error for a record that does not exist.
pub(crate) fn missing() -> Refusal {
    Refusal::new(
        404,
        "session.verification_session_not_found",
        "The verification was not successful. Restart the verification flow and try again.",
    )
}

/// Returns the error for an interaction whose user is not identified yet.
pub(crate) fn unidentified() -> Refusal {
    Refusal::new(404, "session.identifier_not_found", "User identifier not found. Please go back and sign in again.")
}

impl Progress {
    pub(crate) fn new(event: Event, context: Members) -> Self {
        Self {
            event,
            user: None,
            profile: Members::new(),
            password: None,
            factors: Factors::default(),
            fills_in: false,
            captcha: Captcha::default(),
            tokens: None,
            legacy: Legacy::default(),
            verifications: Vec::new(),
            context,
        }
    }

    /// Adds a record. It replaces the one of the same kind.
    pub(crate) fn add(&mut self, verification: Verification) {
        self.verifications.retain(|known| known.kind != verification.kind);
        self.verifications.push(verification);
    }

    /// Returns a record.
    pub(crate) fn verification(&mut self, id: &str) -> Outcome<&mut Verification> {
        self.verifications.iter_mut().find(|known| known.id == id).ok_or_else(missing)
    }

    /// Returns a record of a kind.
    pub(crate) fn record(&mut self, id: &str, kind: Kind) -> Outcome<&mut Verification> {
        let record = self.verification(id)?;
        if record.kind == kind { Ok(record) } else { Err(missing()) }
    }

    /// Returns a record about a connector.
    pub(crate) fn of_connector(&mut self, id: &str, kind: Kind, connector: &str) -> Outcome<&mut Verification> {
        let record = self.record(id, kind)?;
        if record.text("connectorId") == connector { Ok(record) } else { Err(missing()) }
    }

    /// Returns the record of a kind, if there is one.
    pub(crate) fn of_kind(&self, kind: Kind) -> Option<&Verification> {
        self.verifications.iter().find(|known| known.kind == kind)
    }

    /// Sets the new user, and discards the data that they were created from.
    pub(crate) fn registered(&mut self, user: String) {
        self.user = Some(user);
        self.discard();
    }

    /// Changes the purpose, and discards the data that was entered for another one.
    pub(crate) fn turn_to(&mut self, event: Event) {
        if self.event != event {
            self.discard();
        }
        self.event = event;
    }

    fn discard(&mut self) {
        self.profile.clear();
        self.password = None;
        self.tokens = None;
    }

    /// Returns whether the submission changes more than the time of the sign-in.
    pub(crate) fn changes_user(&self) -> bool {
        let adds_any = !self.profile.is_empty() || self.password.is_some() || self.tokens.is_some();
        adds_any || self.fills_in || self.factors.adds_any()
    }

    /// Returns whether an administrator has invited the user with a one-time token.
    pub(crate) fn is_invited(&self) -> bool {
        self.of_kind(Kind::OneTimeToken).is_some_and(Verification::is_valid)
    }

    /// Returns the record about an enterprise connector.
    pub(crate) fn at_enterprise(&mut self) -> Option<&mut Verification> {
        self.verifications.iter_mut().find(|known| known.kind == Kind::EnterpriseSso)
    }

    /// Returns the connector of the social provider that has identified the user.
    pub(crate) fn social_connector(&self) -> Option<&str> {
        let record = self.of_kind(Kind::Social).filter(|record| record.is_valid());
        record.map(|record| record.text("connectorId"))
    }

    /// Returns whether the user has proven who they are at an enterprise provider.
    pub(crate) fn is_of_enterprise(&self) -> bool {
        self.of_kind(Kind::EnterpriseSso).is_some_and(Verification::is_valid)
    }

    /// Returns the kind of a record.
    pub(crate) fn kind_of(&self, id: &str) -> Option<Kind> {
        self.verifications.iter().find(|known| known.id == id).map(|known| known.kind)
    }

    /// Returns whether the user has proven their identity and needs no second factor.
    pub(crate) fn needs_no_factor(&self) -> bool {
        self.is_of_enterprise() || self.of_kind(Kind::SignInPasskey).is_some_and(Verification::is_valid)
    }

    /// Returns the second factors that the user has proven. New secrets and passkeys prove nothing.
    pub(crate) fn proven_factors(&self) -> impl Iterator<Item = &'static str> {
        let valid = self.verifications.iter().filter(|record| record.is_valid());
        valid.filter_map(|record| match record.kind {
            Kind::Totp | Kind::BackupCode | Kind::WebAuthn => (!record.adds_factor()).then(|| record.kind.name()),
            Kind::MfaEmailCode => Some(Kind::EmailCode.name()),
            Kind::MfaPhoneCode => Some(Kind::PhoneCode.name()),
            _ => None,
        })
    }

    /// Returns the id of the identified user.
    pub(crate) fn identified(&self) -> Outcome<String> {
        self.user.clone().ok_or_else(unidentified)
    }

    /// Returns what is stored with the session.
    pub(crate) fn submission(&self) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("interactionEvent".to_owned(), self.event.name().into());
        if let Some(user) = &self.user {
            shown.insert("userId".to_owned(), user.as_str().into());
        }
        let verifications: Value = self.verifications.iter().map(Verification::value).collect();
        shown.insert("verificationRecords".to_owned(), verifications);
        shown.insert("signInContext".to_owned(), self.context.clone().into());
        shown
    }

    /// Returns the interaction as the API shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = self.submission();
        shown.insert("profile".to_owned(), self.profile.clone().into());
        shown.insert("mfa".to_owned(), self.factors.shown());
        let captcha = json!({ "verified": self.captcha.verified, "skipped": self.captcha.skipped });
        shown.insert("captcha".to_owned(), captcha);
        shown.into()
    }
}
