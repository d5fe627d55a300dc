//! Ranges of two members.

use super::super::entity_members::Members;

/// Returns the problem of an object whose smallest value exceeds its largest. `path` is the path of the object.
pub(super) fn crossed(path: &str, object: &Members, least: &str, most: &str) -> Option<String> {
    let number = |name: &str| object.get(name)?.as_f64();
    (number(least)? > number(most)?).then(|| format!("`{path}.{least}` is greater than `{path}.{most}`"))
}
