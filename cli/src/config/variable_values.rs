//! Values of environment variables that output must hide.

use std::collections::BTreeMap;
use std::fmt;

use super::key::Key;
use super::secrets::reference;

/// Shorter values are only hidden where they are the whole of a value or a name: they occur in other words too.
const SHORTEST: usize = 3;

/// The values of variables, with the references of the files.
#[derive(Clone, Default)]
pub(super) struct VariableValues(BTreeMap<String, String>);

impl VariableValues {
    /// Adds the value of a variable.
    pub(super) fn add(&mut self, value: String, variable: &str) {
        if !value.is_empty() {
            self.0.insert(value, reference(variable));
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Returns the parts of a key, with references in place of values.
    pub(super) fn hide_in_key(&self, key: &Key) -> Key {
        let hidden = |part: &String| self.0.get(part).cloned().unwrap_or_else(|| self.hide(part));
        Key(key.0.iter().map(hidden).collect())
    }

    /// Returns a text with references in place of values that occur in it as words.
    pub(super) fn hide(&self, text: &str) -> String {
        let mut hidden = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            match self.at(rest, hidden.chars().last()) {
                Some((value, reference)) => {
                    hidden += reference;
                    rest = rest.strip_prefix(value).unwrap_or_default();
                }
                None => {
                    hidden.push(letter);
                    rest = rest.get(letter.len_utf8()..).unwrap_or_default();
                }
            }
        }
        hidden
    }

    /// Returns the longest value at the start of a text, and its reference.
    fn at(&self, text: &str, before: Option<char>) -> Option<(&str, &str)> {
        let continues = |one: Option<char>, other: Option<char>| {
            one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric)
        };
        let here = self.0.iter().filter(|(value, _)| {
            value.len() >= SHORTEST
                && text.strip_prefix(value.as_str()).is_some_and(|after| {
                    !continues(before, value.chars().next()) && !continues(value.chars().last(), after.chars().next())
                })
        });
        let longest = here.max_by_key(|(value, _)| value.len());
        longest.map(|(value, reference)| (value.as_str(), reference.as_str()))
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
    fn values_of_variables_are_hidden_where_they_are_words() {
        let mut variable_values = VariableValues::default();
        for (value, name) in [("acme", "NAME"), ("acme-secret", "KEY"), ("1", "ONE"), ("", "NONE")] {
            variable_values.add(value.to_owned(), name);
        }
        assert_eq!(variable_values.hide("role \"acme\": acme-secret"), "role \"${env:NAME}\": ${env:KEY}");
        assert_eq!(variable_values.hide("roles.yaml:1: acmes"), "roles.yaml:1: acmes");
        assert_eq!(
            variable_values.hide_in_key(&Key(vec!["1".into(), "an acme".into()])).0,
            ["${env:ONE}", "an ${env:NAME}"]
        );
        assert!(!format!("{variable_values:?}").contains("acme"));
    }
}
