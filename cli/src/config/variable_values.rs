//! Values of environment variables that output must hide.

use std::collections::BTreeMap;
use std::fmt;

use super::key::Key;
use super::kinds::Kind;
use super::secrets::{has_credentials, reference, references_only};
use crate::replacement::{SHORTEST, is_at, replaced};
use crate::value_forms::forms;

/// The values of variables and the texts that contain them. Each has its text in the files.
#[derive(Clone, Default)]
pub(super) struct VariableValues(BTreeMap<String, String>);

impl VariableValues {
    /// Adds the value of a variable.
    pub(super) fn add(&mut self, value: &str, variable: &str) {
        self.add_forms(value, &reference(variable));
    }

    /// Adds a text that contains values of variables. `source` is the text of the file.
    pub(super) fn add_text(&mut self, text: &str, source: &str) {
        let shown = if has_credentials(source) { references_only(source) } else { source.to_owned() };
        self.add_forms(text, &shown);
    }

    /// Adds a text in the forms that errors contain.
    fn add_forms(&mut self, text: &str, shown: &str) {
        self.0.extend(forms(text).into_iter().map(|form| (form, shown.to_owned())));
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Returns the parts of a key, with the texts of the files in place of values.
    pub(super) fn hide_in_key(&self, key: &Key) -> Key {
        Key(key.0.iter().map(|part| self.hide(part)).collect())
    }

    /// Returns a key as a text for messages.
    pub(super) fn key(&self, key: &Key) -> String {
        self.hide_in_key(key).text()
    }

    /// Returns what an entity is called in messages, such as `role "editor"`.
    pub(super) fn named(&self, kind: &Kind, key: &Key) -> String {
        match kind.key {
            [] => kind.noun.to_owned(),
            _ => format!("{} \"{}\"", kind.noun, self.key(key)),
        }
    }

    /// Returns data with the texts of the files in place of values. Short values are only hidden if they are all of it: they
    /// occur in many others. Messages are not passed to it as a whole: a value can be one of their words.
    pub(super) fn hide(&self, data: &str) -> String {
        self.hidden(data, |text, rest, _| text.chars().count() >= SHORTEST && rest.starts_with(text))
    }

    /// Returns the message of an error with the texts of the files in place of values. Such a message has data of the
    /// server. Short values are hidden where they are a whole word.
    pub(super) fn hide_in_error(&self, message: &str) -> String {
        self.hidden(message, is_at)
    }

    fn hidden(&self, data: &str, is_at: impl Fn(&str, &str, Option<char>) -> bool) -> String {
        if let Some(shown) = self.0.get(data) {
            return shown.clone();
        }
        replaced(data, |rest, before| {
            let here = self.0.iter().filter(|(text, _)| is_at(text, rest, before));
            here.map(|(text, shown)| (text.len(), shown.as_str())).max_by_key(|(length, _)| *length)
        })
    }
}

impl fmt::Debug for VariableValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.values()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_variables_are_hidden_wherever_they_are() {
        let mut variable_values = VariableValues::default();
        for (value, name) in
            [("acme", "NAME"), ("acme-secret", "KEY"), ("1", "ONE"), ("a b\"c\n", "TEXT"), ("", "NONE")]
        {
            variable_values.add(value, name);
        }
        variable_values.add_text("x1y", "x${env:ONE}y");
        for (data, shown) in [
            ("role \"acme\": acme-secret", "role \"${env:NAME}\": ${env:KEY}"),
            ("xacmey", "x${env:NAME}y"),
            ("x1y", "x${env:ONE}y"),
            ("1", "${env:ONE}"),
            ("11", "11"),
            ("a b\"c\n", "${env:TEXT}"),
            ("/a%20b%22c%0A", "/${env:TEXT}"),
            (r#"["a b\"c\n"]"#, "[\"${env:TEXT}\"]"),
        ] {
            assert_eq!(variable_values.hide(data), shown, "{data}");
        }
        let error = "name acme, data {\"a\": \"1\"}: 1 of 11";
        let hidden = "name ${env:NAME}, data {\"a\": \"${env:ONE}\"}: ${env:ONE} of 11";
        assert_eq!(variable_values.hide_in_error(error), hidden);
        assert_eq!(variable_values.key(&Key(vec!["1".into(), "an acme".into()])), "${env:ONE} / an ${env:NAME}");
        assert!(!format!("{variable_values:?}").contains("acme"));
    }
}
