//! Declarations in the files of a configuration.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::entity_members::{Known, Members, known};
use super::folder::{Document, Folder};
use super::key::Key;
use super::kinds::{self, Kind, Layout};
use super::resolution::{Environment, Open, Resolution};
use super::types::{self, Problem};
use super::value_path::{ValuePath, dotted};
use super::variable_values::VariableValues;
use super::yaml::{Content, Node};
use crate::files;
use crate::json_object::NUL;
use crate::suggestion::suggestion;
use crate::terminal::shown;

/// An entity that a file declares.
pub(super) struct Declared {
    pub kind: &'static Kind,
    pub key: Key,
    pub members: Members,
    /// The texts of the file for values that contain a variable, by value.
    pub sources: BTreeMap<String, String>,
    /// The texts whose variables are not set, by place.
    pub open: BTreeMap<ValuePath, Open>,
    path: PathBuf,
    node: Node,
}

impl Declared {
    /// Returns file and line of the value at this place.
    pub(super) fn at(&self, place: &[String]) -> String {
        format!("{}:{}", self.path.display(), self.node.line_of(place))
    }

    pub(super) fn at_member(&self, name: &str) -> String {
        self.at(&[name.to_owned()])
    }
}

/// All declarations of the files.
#[derive(Default)]
pub(super) struct Declaration {
    pub entities: Vec<Declared>,
    /// The kinds that have a file, by what an entity is called. For owned kinds, see `owners`.
    pub present: HashSet<&'static str>,
    /// The owners whose list of an owned kind is present.
    pub owners: HashSet<(&'static str, Key)>,
    /// The files beside YAML files that are part of an entity.
    pub scripts: HashSet<PathBuf>,
    pub problems: Vec<String>,
    /// The files and lines of problems about the type of a value.
    pub mistyped: HashSet<(PathBuf, u64)>,
    /// The values of all variables in the files.
    pub variable_values: VariableValues,
}

impl Declaration {
    pub(super) fn find(&self, kind: &Kind, key: &Key) -> Option<&Declared> {
        self.entities.iter().find(|entity| entity.kind.is(kind) && entity.key == *key)
    }
}

/// Reads the entities in the files.
pub(super) fn declaration(folder: &Folder, environment: Environment<'_>) -> Declaration {
    let mut reader = Reader { environment, declaration: Declaration::default() };
    for document in &folder.documents {
        reader.document(document);
    }
    reader.declaration
}

struct Reader<'e> {
    environment: Environment<'e>,
    declaration: Declaration,
}

impl Reader<'_> {
    fn problem(&mut self, path: &Path, line: u64, message: impl std::fmt::Display) {
        self.declaration.problems.push(format!("{}:{line}: {message}", path.display()));
    }

    /// Reports a value of a wrong type. The message has the right one.
    fn mistyped(&mut self, path: &Path, line: u64, message: impl std::fmt::Display) {
        self.declaration.mistyped.insert((path.to_owned(), line));
        self.problem(path, line, message);
    }

    fn document(&mut self, document: &Document) {
        let sections: Vec<(&Kind, &str)> = kinds::in_file(document.file)
            .filter_map(|kind| match kind.layout {
                Layout::Section(name) => Some((kind, name)),
                _ => None,
            })
            .collect();
        if sections.is_empty() {
            for kind in kinds::in_file(document.file) {
                self.list(document, kind, &document.root);
            }
            return;
        }
        let names: Vec<&str> = sections.iter().map(|(_, name)| *name).collect();
        let Some(entries) = document.root.entries() else {
            let expected = names.join("` and `");
            return self.problem(&document.path, document.root.line, format!("expected an object with `{expected}`"));
        };
        for entry in entries {
            match sections.iter().find(|(_, name)| *name == entry.name) {
                Some((_, name)) if entry.value.is_null() => {
                    self.problem(
                        &document.path,
                        entry.line,
                        format!("`{name}` is empty; write `[]` for an empty list"),
                    );
                }
                Some((kind, _)) => self.list(document, kind, &entry.value),
                None => self.unknown(&document.path, entry.line, &entry.name, &names),
            }
        }
    }

    fn list(&mut self, document: &Document, kind: &'static Kind, node: &Node) {
        self.declaration.present.insert(kind.noun);
        match &node.content {
            Content::List(items) if kind.layout != Layout::Single => {
                for item in items {
                    self.entity(document, kind, None, item);
                }
            }
            Content::Object(_) => self.entity(document, kind, None, node),
            _ if kind.layout == Layout::Single => self.problem(&document.path, node.line, "expected an object"),
            _ => self.problem(&document.path, node.line, format!("expected a list of {}s", kind.noun)),
        }
    }

    fn entity(&mut self, document: &Document, kind: &'static Kind, owner: Option<&Key>, node: &Node) {
        let path = &document.path;
        let Some(entries) = node.entries() else {
            return self.problem(path, node.line, format!("{}: expected an object", kind.noun));
        };
        let owned: Vec<(&'static Kind, &str)> = kind.owned().collect();
        let mut resolution = Resolution::new(self.environment);
        let mut members = Members::new();
        for entry in entries.iter().filter(|entry| owned.iter().all(|(_, member)| *member != entry.name)) {
            let place = vec![entry.name.clone()];
            match kind.beside {
                Some((member, _)) if entry.name == format!("{member}File") => match script(path, &entry.value) {
                    _ if node.entry(member).is_some() => {
                        self.problem(path, entry.line, format!("`{member}` and `{}`: remove one of them", entry.name));
                    }
                    Ok((script, text)) => {
                        self.declaration.scripts.insert(script);
                        members.insert(member.to_owned(), text.into());
                    }
                    Err(message) => self.problem(path, entry.value.line, message),
                },
                _ => {
                    // An entity with an empty key lacks it.
                    if !(kind.key.first() == Some(&entry.name.as_str()) && entry.value.is_empty_text()) {
                        self.check(path, kind, &place, entry.line, &entry.value);
                    }
                    members.insert(entry.name.clone(), resolution.value(place, &entry.value));
                }
            }
        }
        for (line, message) in std::mem::take(&mut resolution.problems) {
            self.problem(path, line, message);
        }
        self.declaration.variable_values.extend(std::mem::take(&mut resolution.variable_values));
        let key = match Key::of(kind, owner, &members) {
            Ok(key) => key,
            Err(missing) => return self.problem(path, node.line, format!("missing `{missing}`")),
        };
        let of_key = |place: &ValuePath| kind.key.contains(&place.join(".").as_str());
        for (place, open) in resolution.open.iter().filter(|(place, _)| of_key(place)) {
            let (names, named) = (&open.variables, dotted(place));
            let why = format!("and identifies the {}: set {names}", kind.noun);
            let problem = format!("the variable {names} of `{named}` is not set, {why}");
            self.declaration.problems.push(format!("{}:{}: {problem}", path.display(), node.line_of(place)));
        }
        if let Some(same) = self.declaration.find(kind, &key) {
            let (key, first) = (self.declaration.variable_values.key(&key), same.at(&[]));
            let named = if key.is_empty() { kind.noun.to_owned() } else { format!("{} `{key}`", kind.noun) };
            return self.problem(path, node.line, format!("the {named} is already in {first}"));
        }
        for (child, member) in owned {
            match node.entry(member).map(|entry| (entry.line, &entry.value.content)) {
                None => {}
                Some((_, Content::List(items))) => {
                    self.declaration.owners.insert((child.noun, key.clone()));
                    for item in items {
                        self.entity(document, child, Some(&key), item);
                    }
                }
                Some((line, _)) => self.mistyped(path, line, format!("`{member}` must be a list, such as `[]`")),
            }
        }
        let Resolution { sources, open, .. } = resolution;
        let declared = Declared { kind, key, members, sources, open, path: path.clone(), node: node.clone() };
        self.declaration.entities.push(declared);
    }

    /// Reports members that the kind does not have, and values of a wrong type.
    fn check(&mut self, path: &Path, kind: &Kind, place: &[String], line: u64, node: &Node) {
        let here = known(kind.members, place);
        if here == Known::Nothing {
            let Some((name, owner)) = place.split_last() else { return };
            let names = match known(kind.members, owner) {
                Known::Members(names) => names,
                _ => Vec::new(),
            };
            return self.unknown(path, line, name, &names);
        }
        let resolve = |text: &str| Resolution::new(self.environment).replaced(text).ok().flatten();
        if let Some(Problem { line, message, is_of_type }) = types::wrong(kind.members, place, &here, node, &resolve) {
            return if is_of_type { self.mistyped(path, line, message) } else { self.problem(path, line, message) };
        }
        let below = |name: &str| place.iter().cloned().chain([name.to_owned()]).collect::<ValuePath>();
        match &node.content {
            _ if here == Known::Anything => {}
            Content::Object(entries) => {
                for entry in entries {
                    self.check(path, kind, &below(&entry.name), entry.line, &entry.value);
                }
            }
            Content::List(items) => {
                for item in items {
                    self.check(path, kind, &below("*"), item.line, item);
                }
            }
            Content::Scalar(_) => {}
        }
    }

    fn unknown(&mut self, path: &Path, line: u64, name: &str, names: &[&str]) {
        let hint = suggestion(name, names).unwrap_or_else(|| match names {
            ["*"] | [] => String::new(),
            names => format!("; expected one of {}", names.join(", ")),
        });
        self.problem(path, line, format!("unknown key `{}`{hint}", shown(name)));
    }
}

/// Returns the path and the text of a file that lies beside a YAML file.
fn script(document: &Path, name: &Node) -> Result<(PathBuf, String), String> {
    let name = match &name.content {
        Content::Scalar(Value::String(name)) => PathBuf::from(name),
        _ => return Err("expected the name of a file".to_owned()),
    };
    if !name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(format!("invalid file {}: it must be in the same folder", name.display()));
    }
    let folder = document.with_file_name("");
    let path = folder.join(&name);
    // A link in a change that somebody proposes could show any file of the machine that plans it.
    let is_elsewhere = || Some(!path.canonicalize().ok()?.starts_with(folder.canonicalize().ok()?));
    if is_elsewhere() == Some(true) {
        return Err(format!("invalid file {}: it is a link to another folder", name.display()));
    }
    match files::regular_text(&path) {
        Ok(text) if text.contains('\0') => Err(format!("{} {NUL}", path.display())),
        Ok(text) => Ok((path, text)),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}
