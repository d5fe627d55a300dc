//! Selection of kinds.

use super::kinds::{Kind, files};
use crate::failure::{Failure, Result};
use crate::suggestion::suggestion;
use crate::terminal::shown;

/// Selected kinds: those of `--only`, without those of `--exclude`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    only: Vec<String>,
    exclude: Vec<String>,
}

impl Selection {
    /// Selects everything.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Selects kinds by the names of their files, such as `applications`. Without `only`, all kinds are selected.
    ///
    /// # Errors
    /// Fails if a name is unknown.
    pub fn new<S: AsRef<str>>(only: &[S], exclude: &[S]) -> Result<Self> {
        let checked = |names: &[S]| names.iter().map(|name| check(name.as_ref())).collect::<Result<Vec<_>>>();
        Ok(Self { only: checked(only)?, exclude: checked(exclude)? })
    }

    /// Whether the kind is selected.
    #[must_use]
    pub fn has(&self, kind: &Kind) -> bool {
        self.has_file(kind.file)
    }

    pub(super) fn has_file(&self, file: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == file);
        (self.only.is_empty() || named(&self.only)) && !named(&self.exclude)
    }
}

fn check(name: &str) -> Result<String> {
    if files().any(|file| file == name) {
        return Ok(name.to_owned());
    }
    let names: Vec<&str> = files().collect();
    let hint = suggestion(name, &names).unwrap_or_else(|| format!("; expected one of {}", names.join(", ")));
    Err(Failure::usage(format!("unknown kind `{}`{hint}", shown(name))))
}

#[cfg(test)]
mod tests {
    use super::super::kinds::ALL;
    use super::*;

    fn selected(selection: &Selection) -> Vec<&'static str> {
        files().filter(|file| selection.has_file(file)).collect()
    }

    #[test]
    fn a_selection_has_all_kinds_or_some_or_all_but_some() {
        assert!(ALL.iter().all(|kind| Selection::all().has(kind)));
        assert_eq!(selected(&Selection::new(&["roles", "hooks"], &["hooks"]).unwrap()), ["roles"]);
        let without = selected(&Selection::new(&[], &["roles"]).unwrap());
        assert!(without.contains(&"applications") && !without.contains(&"roles"));
    }

    #[test]
    fn an_unknown_name_is_an_error_with_a_suggestion() {
        let error = Selection::new(&["aplications"], &[]).unwrap_err();
        assert_eq!(error.to_string(), "unknown kind `aplications`; did you mean `applications`?");
        let error = Selection::new(&["x"], &[]).unwrap_err();
        assert!(error.to_string().contains("expected one of domains, resources"), "{error}");
    }
}
