//! Writes the configuration of a tenant to files.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::entity_members::canonical;
use super::key::Key;
use super::kinds::{ALL, Kind, Layout, Standing};
use super::own_access::RUNNING;
use super::secrets::{escaped, is_secret, reference, variable};
use super::selection::Selection;
use super::tenant::{Found, Tenant};
use super::value_path::ValuePath;
use super::yaml;
use crate::credentials;

/// The first line of every file that an export writes.
pub(super) const MARK: &str = "# Written by `logto-admin config export`";

/// The files of an export, before they are written.
#[derive(Default)]
pub(super) struct Export {
    /// Paths within the folder, with the text.
    pub files: BTreeMap<PathBuf, String>,
    /// The names of the variables in place of secrets.
    pub variables: Vec<String>,
    pub warnings: Vec<String>,
}

/// Returns the files for a tenant. Without `secrets`, variables take their place.
pub(super) fn export(tenant: &Tenant, selection: &Selection, secrets: bool) -> Export {
    let mut writer = Writer { tenant, secrets, export: Export::default() };
    for kind in ALL.into_iter().filter(|kind| selection.has(kind) && kind.layout != Layout::Owned) {
        if tenant.has(kind) {
            writer.kind(kind);
        } else {
            let warning = format!("`{}` is left out: {} does not have it", kind.file, tenant.release());
            writer.export.warnings.push(warning);
        }
    }
    writer.export
}

struct Writer<'t> {
    tenant: &'t Tenant,
    secrets: bool,
    export: Export,
}

impl<'t> Writer<'t> {
    fn kind(&mut self, kind: &'static Kind) {
        let found = self.exported(kind, None);
        match (kind.layout, &found[..]) {
            (Layout::Folder, [_, ..]) => {
                let mut stems = HashSet::new();
                for found in found {
                    let stem = unique(&mut stems, &slug(&found.key), "-");
                    self.entity_file(kind, found, &stem);
                }
            }
            (Layout::Single, []) => {}
            (Layout::Single, [found, ..]) => {
                let value = self.entity(found);
                self.put(kind.file, &yaml::text(kind.members, &value));
            }
            (layout, _) => {
                let list = found.iter().map(|found| self.entity(found)).collect();
                let text = yaml::text(kind.members, &list);
                match layout {
                    Layout::Section(name) if text.starts_with('[') => self.put(kind.file, &format!("{name}: {text}")),
                    Layout::Section(name) => self.put(kind.file, &format!("{name}:\n{text}")),
                    _ => self.put(kind.file, &text),
                }
            }
        }
    }

    /// Adds text to a YAML file.
    fn put(&mut self, stem: &str, text: &str) {
        let file =
            self.export.files.entry(PathBuf::from(format!("{stem}.yaml"))).or_insert_with(|| format!("{MARK}\n"));
        file.push('\n');
        file.push_str(text);
    }

    /// Writes the file of one entity, and the text beside it.
    fn entity_file(&mut self, kind: &Kind, found: &Found, stem: &str) {
        let mut value = self.entity(found);
        if let (Some((member, extension)), Value::Object(members)) = (kind.beside, &mut value)
            && members.remove(member).is_some()
        {
            let text = found.raw.get(member).and_then(Value::as_str).unwrap_or_default();
            // Reading a file drops a byte order mark.
            let mark = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
            let text = format!("{mark}{text}");
            let name = format!("{stem}.{extension}");
            members.insert(format!("{member}File"), name.as_str().into());
            self.export.files.insert(Path::new(kind.file).join(name), text);
        }
        self.put(&format!("{}/{stem}", kind.file), &yaml::text(kind.members, &value));
    }

    /// Returns the entities that belong in files, in the order of their keys.
    fn exported(&mut self, kind: &'static Kind, owner: Option<&Key>) -> Vec<&'t Found> {
        let tenant = self.tenant;
        let of_owner = |found: &&Found| owner.is_none_or(|owner| found.key.owner() == *owner);
        let mut exported = Vec::new();
        let mut doubled = HashSet::new();
        for found in tenant.all(kind).iter().filter(of_owner) {
            match found.standing {
                Standing::BuiltIn(_) => {}
                RUNNING => {
                    let warning =
                        format!("the {} \"{}\" is left out: it runs this command", kind.noun, found.key.text());
                    self.export.warnings.push(warning);
                }
                Standing::Foreign(reason) => {
                    self.export.warnings.push(format!(
                        "the {} \"{}\" is left out: {reason}",
                        kind.noun,
                        found.key.text()
                    ));
                }
                _ if tenant.with_key(kind, &found.key).len() > 1 => _ = doubled.insert(&found.key),
                _ => exported.push(found),
            }
        }
        for key in doubled {
            let warning =
                format!("the {}s \"{}\" are left out: there are several with this name", kind.noun, key.text());
            self.export.warnings.push(warning);
        }
        exported.sort_by(|one, other| one.key.cmp(&other.key));
        exported
    }

    /// Returns the members of an entity and of those that it owns, as in files.
    fn entity(&mut self, found: &Found) -> Value {
        let kind = found.kind;
        let mut members = found.known();
        for member in kind.members.iter().filter(|member| member.set) {
            let canonical = canonical(kind.members, &members);
            if let Some(value) = canonical.get(member.name()) {
                members.insert(member.name().to_owned(), value.clone());
            }
        }
        let mut value = Value::Object(members);
        self.hide(found, &mut Vec::new(), &mut value);
        if let Value::Object(members) = &mut value {
            for (child, member) in kind.owned() {
                let children = self.exported(child, Some(&found.key));
                let list = children.into_iter().map(|child| self.entity(child)).collect();
                members.insert(member.to_owned(), list);
            }
        }
        value
    }

    /// Replaces secrets by variables, and escapes what looks like one.
    fn hide(&mut self, found: &Found, place: &mut ValuePath, value: &mut Value) {
        match value {
            Value::Object(members) => {
                let old = std::mem::take(members);
                for (name, mut value) in old {
                    place.push(name.clone());
                    self.hide(found, place, &mut value);
                    place.pop();
                    members.insert(escaped(&name), value);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    place.push(at.to_string());
                    self.hide(found, place, item);
                    place.pop();
                }
            }
            Value::Null | Value::Bool(_) => {}
            Value::String(text) if text.is_empty() => {}
            secret if !self.secrets && is_secret(found.kind, &found.confidential, place) => {
                *secret = self.variable(found, place).into();
            }
            Value::String(text) if self.secrets || found.kind.key.contains(&place.join(".").as_str()) => {
                *text = escaped(text);
            }
            Value::String(text) => {
                let secret = |name: &str| {
                    let place: ValuePath = place.iter().cloned().chain([name.to_owned()]).collect();
                    self.variable(found, &place)
                };
                *text = credentials::replaced(text, secret, escaped).unwrap_or_else(|| escaped(text));
            }
            Value::Number(_) => {}
        }
    }

    /// Returns a reference to a new variable for a secret.
    fn variable(&mut self, found: &Found, place: &[String]) -> String {
        let mut used: HashSet<String> = self.export.variables.iter().cloned().collect();
        let name = unique(&mut used, &variable(found.kind, &found.key.0, place), "_");
        let reference = reference(&name);
        self.export.variables.push(name);
        reference
    }
}

/// Returns the name, with a number if it is already used.
fn unique(used: &mut HashSet<String>, name: &str, separator: &str) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}{separator}{number}"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !used.contains(name)).unwrap_or_default();
    used.insert(free.clone());
    free
}

/// Returns the name of the file for an entity.
fn slug(key: &Key) -> String {
    let mut slug = String::new();
    for letter in key.0.join("-").chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_unique() {
        let slug = |name: &str| super::slug(&Key(vec![name.to_owned()]));
        assert_eq!(slug("zh-CN"), "zh-CN");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("é / "), "unnamed");
        let mut used = HashSet::new();
        assert_eq!(["a", "b", "a", "a"].map(|name| unique(&mut used, name, "-")), ["a", "b", "a-2", "a-3"]);
    }
}
