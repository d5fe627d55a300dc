//! The plan: what would change, for people to read and for `apply` to do.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::diff_lines::{Diff, Line};
use super::entity_members::Members;
use super::key::Key;
use super::kinds::Kind;
use super::variable_values::VariableValues;
use crate::json_object;
use crate::terminal::shown;

/// The ids of entities, by what they are called and their keys.
pub(super) type Ids = HashMap<(&'static str, Key), String>;

/// The changes that make a tenant like its files, in the order of their execution.
pub struct Plan {
    pub(super) changes: Vec<Change>,
    pub(super) warnings: Vec<String>,
    pub(super) unmanaged: Vec<Unmanaged>,
    pub(super) undeclared: usize,
    pub(super) ids: Ids,
    pub(super) variable_values: VariableValues,
}

/// An entity that the files do not declare, and that a plan never deletes. Also a member that the server cannot remove.
#[derive(Clone, Debug)]
pub struct Unmanaged {
    pub(super) kind: &'static Kind,
    /// The key for people, without values of variables.
    pub(super) shown_key: Key,
    pub(super) reason: String,
    /// The entity or the member, and the reason why it is not deleted.
    pub message: String,
    /// Whether a file could declare it, so that it is a difference.
    pub is_difference: bool,
}

impl Unmanaged {
    /// Returns a difference as data, in the form of a change. Nothing of the entity changes, for a `reason`.
    fn to_json(&self) -> Value {
        let mut item = entity_json(self.kind, &self.shown_key, "keep", &[], [&json!({}), &json!({})]);
        json_object::set(&mut item, "reason", self.reason.as_str());
        item
    }
}

/// The change of one entity.
pub struct Change {
    pub(super) kind: &'static Kind,
    pub(super) key: Key,
    /// The key for people, without values of variables.
    pub(super) shown_key: Key,
    pub(super) action: Action,
    pub(super) id: Option<String>,
    /// All members of the entity as it should be.
    pub(super) members: Members,
    /// The names of the members that differ.
    pub(super) changed: Vec<String>,
    /// The present links, by member.
    pub(super) links: BTreeMap<&'static str, BTreeSet<Key>>,
    pub(super) diff: Diff,
}

/// Planned change of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is created.
    Create,
    /// Some of its members change.
    Update,
    /// It is deleted.
    Delete,
}

impl Action {
    /// Returns the infinitive: `create`.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Delete => "-",
        }
    }

    const fn colour(self) -> AnsiColor {
        match self {
            Self::Create => AnsiColor::Green,
            Self::Update => AnsiColor::Yellow,
            Self::Delete => AnsiColor::Red,
        }
    }
}

impl Change {
    /// Returns what happens.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Returns the name of the kind's file, such as `applications`.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.kind.file
    }

    /// Returns the names of the members that differ.
    #[must_use]
    pub fn changed(&self) -> &[String] {
        &self.changed
    }

    /// Returns the change as data, without secrets. `before` and `after` have the members that differ: for a new entity and
    /// a deletion, all.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let states = [&self.diff.before, &self.diff.after];
        entity_json(self.kind, &self.shown_key, self.action.verb(), &self.changed, states)
    }
}

fn entity_json(kind: &Kind, key: &Key, action: &str, changed: &[String], [before, after]: [&Value; 2]) -> Value {
    json!({
        "kind": kind.noun,
        "file": kind.file,
        "key": key.0,
        "action": action,
        "changed": changed,
        "before": before,
        "after": after,
    })
}

impl fmt::Display for Change {
    /// Writes what the entity is called, such as `role "editor"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.noun)?;
        if self.key.0.is_empty() { Ok(()) } else { write!(f, " \"{}\"", self.shown_key.text()) }
    }
}

impl fmt::Debug for Change {
    /// Leaves out the members, which can contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self} {:?}", self.action.verb(), self.changed)
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("changes", &self.changes).field("warnings", &self.warnings).finish_non_exhaustive()
    }
}

/// Treatment of entities that the files do not declare, of kinds that have a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undeclared {
    /// They are kept.
    Keep,
    /// They are deleted.
    Delete,
}

impl Plan {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns the changes, in the order in which they are made.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Returns the entities that are not in the files, and that pruning keeps. Also members that the server cannot
    /// remove.
    #[must_use]
    pub fn unmanaged(&self) -> &[Unmanaged] {
        &self.unmanaged
    }

    /// Returns the differences that `apply` keeps.
    fn kept(&self) -> impl Iterator<Item = &Unmanaged> {
        self.unmanaged.iter().filter(|unmanaged| unmanaged.is_difference)
    }

    /// Whether the tenant differs from the files, also where `apply` changes nothing.
    #[must_use]
    pub fn has_differences(&self) -> bool {
        !self.is_empty() || self.kept().next().is_some()
    }

    /// Returns all differences as data: the changes, and then those that stay.
    ///
    /// Those that stay have the action `keep` and a `reason`.
    #[must_use]
    pub fn differences(&self) -> Vec<Value> {
        self.changes.iter().map(Change::to_json).chain(self.kept().map(Unmanaged::to_json)).collect()
    }

    /// Returns what is left out, and why.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns how many entities of the tenant no file has, if the plan keeps them. These are the entities that pruning
    /// would delete, and those that it would report as a difference.
    #[must_use]
    pub const fn undeclared(&self) -> usize {
        self.undeclared
    }

    /// Returns how many entities are created, updated or deleted.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.changes.iter().filter(|change| change.action == action).count()
    }

    /// Writes the changes as a diff, without secrets, and a summary.
    ///
    /// # Errors
    /// Fails if `out` does.
    pub fn write(&self, out: &mut impl Write, colour: bool) -> io::Result<()> {
        let painted = |colour_of: AnsiColor| if colour { colour_of.on_default() } else { Style::new() };
        for change in &self.changes {
            let style = painted(change.action.colour()).effects(if colour {
                anstyle::Effects::BOLD
            } else {
                anstyle::Effects::new()
            });
            writeln!(out, "{style}{} {change}{style:#}", change.action.sign())?;
            for line in &change.diff.lines {
                match line {
                    Line::Same(line) => writeln!(out, "      {}", shown(line))?,
                    Line::Gap => writeln!(out, "      ...")?,
                    Line::Added(line) => {
                        let style = painted(AnsiColor::Green);
                        writeln!(out, "  {style}+   {}{style:#}", shown(line))?;
                    }
                    Line::Removed(line) => {
                        let style = painted(AnsiColor::Red);
                        writeln!(out, "  {style}-   {}{style:#}", shown(line))?;
                    }
                }
            }
            writeln!(out)?;
        }
        let [create, update, delete] =
            [Action::Create, Action::Update, Action::Delete].map(|action| self.count(action));
        if !self.has_differences() {
            return writeln!(out, "No differences");
        }
        write!(out, "{create} to create, {update} to update, {delete} to delete")?;
        match self.kept().count() {
            0 => writeln!(out),
            kept => writeln!(out, ", {kept} kept (see the warnings)"),
        }
    }
}
