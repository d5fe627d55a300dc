//! What a user has done in an interaction so far.

use logto_admin::serde_json::{Map, Value, json};
use serde::{Deserialize, Serialize};

use crate::errors::{Outcome, Refusal};
use crate::messages::Recipient;
use crate::store::{Members, text};

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

    /// The member of a user that contains such an identifier.
    pub(crate) fn member(&self) -> &'static str {
        match self.kind.as_str() {
            "email" => "primaryEmail",
            "phone" => "primaryPhone",
            _ => "username",
        }
    }

    pub(crate) fn shown(&self) -> Value {
        json!({ "type": self.kind, "value": self.value })
    }

    /// Returns where a message to the user goes.
    pub(crate) fn recipient(&self) -> Recipient {
        if self.kind == "phone" { Recipient::phone(&self.value) } else { Recipient::email(&self.value) }
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
        }
    }
}

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
        self.verified != Some(false)
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
    pub codes: Option<Value>,
    pub enabled: bool,
    pub skipped: bool,
    pub suggestion_skipped: bool,
    pub passkey_skipped: bool,
}

impl Factors {
    fn shown(&self) -> Value {
        let mut shown = Map::new();
        let flags = [("mfaEnabled", self.enabled), ("mfaSkipped", self.skipped)];
        shown.extend(flags.into_iter().filter(|(_, on)| *on).map(|(name, on)| (name.to_owned(), on.into())));
        let factors = [("totp", "Totp", self.totp.is_some()), ("backupCode", "BackupCode", self.codes.is_some())];
        for (name, kind, _) in factors.into_iter().filter(|(.., added)| *added) {
            shown.insert(name.to_owned(), json!({ "type": kind }));
        }
        shown.into()
    }
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
    /// One record of each kind.
    verifications: Vec<Verification>,
    user_agent: String,
}

impl Progress {
    pub(crate) fn new(event: Event, user_agent: &str) -> Self {
        Self {
            event,
            user: None,
            profile: Members::new(),
            password: None,
            factors: Factors::default(),
            verifications: Vec::new(),
            user_agent: user_agent.to_owned(),
        }
    }

    /// Adds a record. It replaces the one of the same kind.
    pub(crate) fn add(&mut self, verification: Verification) {
        self.verifications.retain(|known| known.kind != verification.kind);
        self.verifications.push(verification);
    }

    /// Returns a record.
    pub(crate) fn verification(&mut self, id: &str) -> Outcome<&mut Verification> {
        let missing = || {
            let message = "The verification record does not exist.";
            Refusal::new(404, "session.verification_session_not_found", message)
        };
        self.verifications.iter_mut().find(|known| known.id == id).ok_or_else(missing)
    }

    /// Returns whether the user has proven a second factor that they already had.
    pub(crate) fn proves_factor(&self) -> bool {
        self.verifications.iter().any(|record| match record.kind {
            // New secrets and codes prove nothing.
            Kind::Totp | Kind::BackupCode => record.is_valid() && record.hidden.is_empty(),
            Kind::MfaEmailCode | Kind::MfaPhoneCode => record.is_valid(),
            _ => false,
        })
    }

    /// Returns the id of the identified user.
    pub(crate) fn identified(&self) -> Outcome<String> {
        let missing = || Refusal::new(404, "session.identifier_not_found", "The user is not identified yet.");
        self.user.clone().ok_or_else(missing)
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
        let context = json!({ "ip": "127.0.0.1", "userAgent": self.user_agent });
        shown.insert("signInContext".to_owned(), context);
        shown
    }

    /// Returns the interaction as the API shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = self.submission();
        shown.insert("profile".to_owned(), self.profile.clone().into());
        shown.insert("mfa".to_owned(), self.factors.shown());
        shown.insert("captcha".to_owned(), json!({ "verified": false, "skipped": false }));
        shown.into()
    }
}
