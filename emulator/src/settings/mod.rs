//! Settings that exist once per server, as data: their paths and defaults.

mod documents;
mod keys;
mod scripts;
mod sign_in_experience;

use std::collections::BTreeMap;

use logto_admin::serde_json::Value;
use serde::{Deserialize, Serialize};

use crate::record::Members;

pub(crate) use documents::{ACCOUNT_CENTER, ALL, CIMD, ID_TOKEN, OIDC_SESSION};
pub(crate) use keys::{KEPT, Key, Keys};
pub(crate) use scripts::{ACTIONS, CUSTOMIZER, Kind, OF_TOKENS};
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
}

impl Setting {
    /// The most common settings.
    const DEFAULT: Self = Self { name: "", path: "", public: None, blank: || Value::Null, refuses_empty_change: false };
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_operations() {
        for setting in ALL {
            let paths = [Some(setting.path), setting.public];
            for path in paths.into_iter().flatten() {
                assert!(logto_admin::operation::TABLE.iter().any(|info| info.path == path), "{path}");
            }
        }
    }
}
