//! Builds a user, and collects warnings.

use std::collections::HashSet;

use logto_admin::PasswordDigest;
use serde_json::{Value, json};

use super::conversion::Conversion;
use super::fields::{Fields, Wrong, is_empty};
use super::identities::{has_no_connector, target};
use super::options::{Groups, SourceOptions, Unverified};
use super::phone::normal_phone;
use crate::users::diagnostic::Diagnostic;
use crate::users::record::{Factor, ImportedUser, JsonObject, Membership};
use crate::users::totp::normal_secret;
use crate::users::validate::{is_email, is_url, is_username};

/// Claims of OpenID Connect, and the members of `profile`.
const CLAIMS: [(&str, &str); 11] = [
    ("given_name", "givenName"),
    ("family_name", "familyName"),
    ("middle_name", "middleName"),
    ("nickname", "nickname"),
    ("preferred_username", "preferredUsername"),
    ("profile", "profile"),
    ("website", "website"),
    ("gender", "gender"),
    ("birthdate", "birthdate"),
    ("zoneinfo", "zoneinfo"),
    ("locale", "locale"),
];

pub(super) struct Draft<'a> {
    pub(super) user: ImportedUser,
    pub(super) options: &'a SourceOptions,
    warnings: Vec<Diagnostic>,
    set_aside: Vec<Diagnostic>,
    skip: Option<&'static str>,
    problems: Vec<Diagnostic>,
    /// Email addresses that must not become identifiers.
    unverified: Vec<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(options: &'a SourceOptions) -> Self {
        Self {
            user: ImportedUser::default(),
            options,
            warnings: Vec::new(),
            set_aside: Vec::new(),
            skip: None,
            problems: Vec::new(),
            unverified: Vec::new(),
        }
    }

    /// Returns the conversion. A state of the user with a wrong type is a problem.
    pub(super) fn finish(mut self, wrong: Wrong) -> Conversion {
        self.warnings.extend(wrong.others);
        self.problems.extend(wrong.flags);
        if self.skip.is_some() {
            self.warnings.clear();
            self.problems.clear();
        }
        let mut seen = HashSet::new();
        self.user.roles.retain(|role| seen.insert(role.clone()));
        let mut seen = HashSet::new();
        self.user.organizations.retain(|organization| seen.insert(organization.name.clone()));
        let Self { user, warnings, set_aside, skip, problems, .. } = self;
        Conversion { user, warnings, set_aside, skip, problems, unread: Vec::new() }
    }

    pub(super) fn problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    pub(super) fn skip(&mut self, reason: &'static str) {
        self.skip = Some(reason);
    }

    pub(super) fn warn(&mut self, member: &str, message: impl Into<String>) {
        self.warnings.push(Diagnostic::new(member, message));
    }

    pub(super) fn warn_value(&mut self, member: &str, value: &str, message: impl Into<String>) {
        self.warnings.push(Diagnostic::with_value(member, value, message));
    }

    /// Keeps a value in custom data, unless it is empty.
    pub(super) fn keep(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        if !is_empty(&value) {
            self.user.custom_data.insert(name.to_owned(), value);
        }
    }

    /// Keeps members of the record in custom data.
    pub(super) fn keep_fields(&mut self, fields: &mut Fields, names: &[&str]) {
        for name in names {
            let members = fields.object(name);
            self.keep(name, members);
        }
    }

    /// Keeps an identifier that Logto cannot use in custom data, with a warning.
    fn set_aside(&mut self, member: &str, value: String, reason: &str) {
        self.warn_value(member, &value, format!("{reason}; it is kept in custom data"));
        self.set_aside.push(Diagnostic::with_value(member, value.as_str(), reason));
        self.keep(member, value);
    }

    pub(super) fn email(&mut self, member: &str, address: Option<String>, verified: Option<bool>) {
        let Some(address) = address else { return };
        if !is_email(&address) {
            self.set_aside(member, address, "Logto rejects this email address");
        } else if self.is_usable(member, &address, verified) {
            self.user.primary_email = Some(address);
        }
    }

    pub(super) fn phone(&mut self, member: &str, number: Option<String>, verified: Option<bool>) {
        let Some(number) = number else { return };
        match normal_phone(&number, self.options.country_code.as_deref()) {
            Err(reason) => self.set_aside(member, number, reason),
            Ok(digits) => {
                if self.is_usable(member, &digits, verified) {
                    self.user.primary_phone = Some(digits);
                }
            }
        }
    }

    /// Warns about an unverified address. Returns whether it becomes an identifier.
    fn is_usable(&mut self, member: &str, address: &str, verified: Option<bool>) -> bool {
        if verified != Some(false) {
            return true;
        }
        let is_kept = self.options.unverified == Unverified::Keep;
        if is_kept {
            self.warn_value(member, address, "not verified in the source, and Logto treats it as verified");
        } else {
            self.set_aside(member, address.to_owned(), "not verified in the source");
            self.unverified.push(address.to_lowercase());
        }
        is_kept
    }

    /// Sets the username. Call it after [`email`](Self::email): a username can be the email address.
    pub(super) fn username(&mut self, member: &str, name: Option<String>) {
        let Some(name) = name else { return };
        if is_username(&name) {
            self.user.username = Some(name);
            return;
        }
        let same = |address: &String| address.eq_ignore_ascii_case(&name);
        if self.user.primary_email.as_ref().is_some_and(same) || self.unverified.contains(&name.to_lowercase()) {
            return;
        }
        if self.user.primary_email.is_none() && is_email(&name) {
            if self.options.unverified == Unverified::Keep {
                let message = "the username becomes the email address, and Logto treats it as verified";
                self.warn_value(member, &name, message);
                self.user.primary_email = Some(name);
            } else {
                self.set_aside(member, name, "the username is an email address and might not be verified");
            }
            return;
        }
        self.set_aside(member, name, "Logto usernames have letters, digits and underscores only");
    }

    /// Sets the full name, or composes it.
    pub(super) fn name(&mut self, name: Option<String>, given: Option<String>, family: Option<String>) {
        let parts: Vec<&str> = [&given, &family].into_iter().flatten().map(String::as_str).collect();
        let composed = (!parts.is_empty()).then(|| parts.join(" "));
        self.user.name = name.or(composed);
        self.claim("givenName", given);
        self.claim("familyName", family);
    }

    /// Sets a member of the profile.
    pub(super) fn claim(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.user.profile.insert(name.to_owned(), value.into());
        }
    }

    /// Sets the profile from claims of OpenID Connect.
    pub(super) fn claims(&mut self, fields: &mut Fields) {
        for (claim, member) in CLAIMS {
            let value = fields.text(claim);
            self.claim(member, value);
        }
    }

    pub(super) fn avatar(&mut self, member: &str, url: Option<String>) {
        match url {
            Some(url) if is_url(&url) && url.len() <= 2048 => self.user.avatar = Some(url),
            Some(_) => self.warn(member, "the picture is not a URL, so it is not imported"),
            None => {}
        }
    }

    pub(super) fn password(&mut self, member: &str, hash: Result<PasswordDigest, String>) {
        match hash {
            Ok(hash) => {
                self.user.password_algorithm = Some(hash.algorithm().to_string());
                self.user.password_digest = Some(hash.digest().to_owned());
            }
            Err(reason) => self.warn(member, reason),
        }
    }

    pub(super) fn totp(&mut self, member: &str, secret: &str) {
        if self.user.mfa.iter().any(|factor| matches!(factor, Factor::Totp { .. })) {
            self.warn(member, "Logto keeps one authenticator app per user, so further ones are not imported");
            return;
        }
        match normal_secret(secret) {
            Some(secret) => self.user.mfa.push(Factor::Totp { secret: Some(secret) }),
            None => self.warn(member, "the TOTP secret is not in base 32, so it is not imported"),
        }
    }

    /// Adds a social identity.
    pub(super) fn identity(&mut self, member: &str, provider: &str, id: Option<String>, details: JsonObject) {
        let target = target(provider);
        let Some(id) = id else {
            self.warn_value(member, provider, "the identity has no user id, so it is not imported");
            return;
        };
        if self.user.identities.contains_key(&target) {
            self.warn_value(
                member,
                provider,
                "Logto keeps one identity per provider, so further ones are not imported",
            );
            return;
        }
        if has_no_connector(&target) {
            let message = format!("Logto has no connector for {target}: to sign in with it, add one with this target");
            self.warn(member, message);
        }
        let mut identity = json!({ "userId": id });
        if let (Some(identity), false) = (identity.as_object_mut(), details.is_empty()) {
            identity.insert("details".to_owned(), details.into());
        }
        self.user.identities.insert(target, identity);
    }

    /// Warns about an identity of an enterprise connection.
    pub(super) fn enterprise_identity(&mut self, member: &str, provider: &str) {
        let message = "Logto creates enterprise identities at the next sign-in, so they are not imported";
        self.warn_value(member, provider, message);
    }

    pub(super) fn groups(&mut self, member: &str, names: Vec<String>) {
        match self.options.groups {
            Groups::CustomData => self.keep(member, names),
            Groups::Roles => self.user.roles.extend(names),
            Groups::Organizations => {
                let memberships = names.into_iter().map(|name| Membership { name, roles: Vec::new() });
                self.user.organizations.extend(memberships);
            }
        }
    }
}
