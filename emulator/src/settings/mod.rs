//! Settings that exist once per server, as data: their paths, defaults and rules.

mod documents;
mod keys;
mod scripts;
mod sign_in_experience;

use std::collections::BTreeMap;

use logto_admin::operation::OperationInfo;
use logto_admin::serde_json::Value;
use logto_admin::transport::{HttpResponse, Method};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::call::Handler;
use crate::document::parsed::parsed;
use crate::document::schema::Contract;
use crate::errors::{Outcome, empty_change};
use crate::http::reply;
use crate::record::Members;

pub(crate) use documents::{ACCOUNT_CENTER, ID_TOKEN, OIDC_SESSION};
pub(crate) use keys::Keys;
pub(crate) use scripts::claims;
pub(crate) use sign_in_experience::SIGN_IN_EXPERIENCE;

/// A document that operations read and change.
pub(crate) struct Setting {
    pub name: &'static str,
    pub path: &'static str,
    /// Public path of the document.
    pub public: Option<&'static str>,
    /// Returns the document of a new server.
    pub blank: fn() -> Value,
    /// Whether an empty update is an error.
    pub refuses_empty_change: bool,
    /// Validates a change, and completes the sent members.
    pub prepare: fn(&mut Call<'_>, &mut Members) -> Outcome<()>,
}

impl Setting {
    /// The most common settings.
    const DEFAULT: Self = Self {
        name: "",
        path: "",
        public: None,
        blank: || Value::Null,
        refuses_empty_change: false,
        prepare: |_, _| Ok(()),
    };
}

/// Effect of an operation on a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingVerb {
    Get,
    /// Overrides the members that are sent.
    Merge,
    Replace,
}

/// The operations that are not described by a [`Setting`].
pub(crate) const OTHERS: &[&[(&str, Handler)]] = &[keys::ALL, scripts::ALL];

/// The documents that differ from their defaults.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Settings(BTreeMap<String, Members>);

impl Settings {
    /// Returns a document.
    pub(crate) fn get(&self, setting: &Setting) -> Members {
        self.find(setting).cloned().unwrap_or_else(|| match (setting.blank)() {
            Value::Object(members) => members,
            _ => Members::new(),
        })
    }

    /// Returns a document that was changed.
    pub(crate) fn find(&self, setting: &Setting) -> Option<&Members> {
        self.0.get(setting.name)
    }

    pub(crate) fn remove(&mut self, setting: &Setting) -> Option<Members> {
        self.0.remove(setting.name)
    }

    pub(crate) fn put(&mut self, setting: &Setting, document: Members) {
        self.0.insert(setting.name.to_owned(), document);
    }
}

/// Returns the setting that an operation is about, and what it does to it.
pub(crate) fn find(info: &OperationInfo) -> Option<(&'static Setting, SettingVerb)> {
    let setting =
        documents::ALL.iter().find(|setting| info.path == setting.path || Some(info.path) == setting.public)?;
    let verb = match info.method {
        Method::Get => SettingVerb::Get,
        Method::Patch => SettingVerb::Merge,
        Method::Put => SettingVerb::Replace,
        _ => return None,
    };
    Some((setting, verb))
}

pub(crate) fn run(call: &mut Call<'_>, setting: &Setting, verb: SettingVerb) -> Outcome<HttpResponse> {
    if verb == SettingVerb::Get {
        return Ok(reply::json(200, &call.state.settings.get(setting).into()));
    }
    if setting.refuses_empty_change && call.body.is_empty() {
        return Err(empty_change());
    }
    let mut sent = sent(call);
    (setting.prepare)(call, &mut sent)?;
    let mut document = if verb == SettingVerb::Merge { call.state.settings.get(setting) } else { Members::new() };
    document.extend(sent);
    call.state.settings.put(setting, document.clone());
    Ok(reply::json(call.success(), &document.into()))
}

/// Returns the body without unknown members and with the defaults of its schema.
pub(crate) fn sent(call: &Call<'_>) -> Members {
    let body = Value::Object(call.body.clone());
    match Contract::of(call.info).body().map(|schema| parsed(schema, &body)) {
        Some(Value::Object(members)) => members,
        _ => call.body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_operations() {
        for setting in documents::ALL {
            let paths = [Some(setting.path), setting.public];
            for path in paths.into_iter().flatten() {
                assert!(logto_admin::operation::TABLE.iter().any(|info| info.path == path), "{path}");
            }
        }
    }
}
