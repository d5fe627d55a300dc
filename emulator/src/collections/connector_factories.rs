//! The connector factories of Logto. They are the kinds of connectors, with the configuration that each of them
//! requires.
//!
//! `factories.json` holds what the API of a Logto 1.42 server returns for them, without logos, the text of readmes, and
//! translations of descriptions. Some descriptions and hints of forms are shorter or absent. `fields` and
//! `authorization` are not part of a response. `fields` are those of mock connectors, which have no form. Social
//! connectors redirect users to `authorization`.

use std::sync::OnceLock;

use logto_admin::serde_json::{self, Value};

use crate::record::Members;

/// A kind of connector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factory(&'static Value);

/// The logo of all factories.
const LOGO: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
/// Members that responses do not show.
const INTERNAL: [&str; 3] = ["fields", "authorization", "hasDarkLogo"];

/// Returns every factory.
pub(crate) fn all() -> impl Iterator<Item = Factory> {
    static FACTORIES: OnceLock<Vec<Value>> = OnceLock::new();
    let parse = || serde_json::from_str(include_str!("factories.json")).unwrap_or_default();
    FACTORIES.get_or_init(parse).iter().map(Factory)
}

/// Returns the factory with this id.
pub(crate) fn find(id: &str) -> Option<Factory> {
    all().find(|factory| factory.text("id") == id)
}

impl Factory {
    pub(crate) fn text(self, member: &str) -> &'static str {
        self.0.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns whether any number of connectors can be created. Each has its own target.
    pub(crate) fn is_standard(self) -> bool {
        self.is("isStandard")
    }

    pub(crate) fn stores_tokens(self) -> bool {
        self.is("isTokenStorageSupported")
    }

    fn is(self, member: &str) -> bool {
        self.0.get(member) == Some(&Value::Bool(true))
    }

    /// Returns the address that starts a sign-in, and the default scope.
    pub(crate) fn authorization(self) -> Option<(&'static str, &'static str)> {
        let authorization = self.0.get("authorization")?;
        Some((authorization.get("endpoint")?.as_str()?, authorization.get("scope")?.as_str()?))
    }

    /// Returns the factory as responses show it.
    pub(crate) fn shown(self) -> Members {
        let members = self.0.as_object().into_iter().flatten();
        let shown = members.filter(|(name, _)| !INTERNAL.contains(&name.as_str()));
        let mut shown: Members = shown.map(|(name, value)| (name.clone(), value.clone())).collect();
        shown.insert("logo".to_owned(), LOGO.into());
        shown.insert("logoDark".to_owned(), if self.is("hasDarkLogo") { LOGO.into() } else { Value::Null });
        shown
    }

    /// Returns the fields of the form that asks for the configuration.
    pub(super) fn fields(self) -> Option<&'static Value> {
        self.0.get("formItems").or(self.0.get("fields"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factories_have_distinct_ids_and_a_type() {
        let ids: Vec<&str> = all().map(|factory| factory.text("id")).collect();
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
        assert!(all().all(|factory| ["Email", "Sms", "Social"].contains(&factory.text("type"))));
    }
}
