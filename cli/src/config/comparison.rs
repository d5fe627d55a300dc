//! Compares an entity of a file with that of the tenant.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::declaration::Declared;
use super::diff_lines::{self, Mask};
use super::entity_members::{Members, Removal, canonical, known_part, merged};
use super::kinds::{Kind, Links};
use super::links;
use super::plan::{Action, Change};
use super::planner::Planner;
use super::resolution::Open;
use super::secrets::fits;
use super::tenant::Found;
use super::value_path::{dotted, value_at, value_at_mut};

impl Planner<'_> {
    pub(super) fn create(&mut self, declared: &Declared, members: Members) -> Option<Change> {
        let (kind, before) = (declared.kind, self.problems.len());
        for (place, open) in &declared.open {
            let why = format!("and the {} is new", kind.noun);
            self.problem(declared, place, &self.must_be_set(place, open, &why));
        }
        let value = Value::Object(members.clone());
        for member in kind.members.iter().filter(|member| member.required) {
            let place: Vec<String> = member.path.split('.').map(str::to_owned).collect();
            if value_at(&value, &place).is_none_or(Value::is_null) {
                let problem =
                    format!("the new {} requires `{}`", self.variable_values.named(kind, &declared.key), member.path);
                self.problem(declared, &[], &problem);
            }
        }
        if self.problems.len() == before {
            self.check_required(declared, kind.create, &value, |_| true);
            self.report_conflict(declared, (kind.conflict)(&members));
            self.check_dropped(declared, &members);
            self.check_settings(declared, None, &members, &declared.sources);
        }
        if kind.create.is_none() {
            self.problem(declared, &[], &format!("the server does not have the {}", kind.noun));
        }
        if self.problems.len() > before {
            return None;
        }
        let after = canonical(kind.members, &members);
        let mask = Mask { kind, confidential: &[], sources: &declared.sources, variable_values: self.variable_values };
        Some(Change {
            kind,
            shown_key: self.variable_values.hide_in_key(&declared.key),
            key: declared.key.clone(),
            action: Action::Create,
            id: None,
            diff: diff_lines::diff(&mask, &Members::new(), &after),
            changed: after.keys().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
            members,
            links: BTreeMap::new(),
        })
    }

    pub(super) fn update(&mut self, declared: &Declared, found: &Found, members: &Members) -> Option<Change> {
        let kind = declared.kind;
        let mut members = members.clone();
        // A creation leaves out null, so the server has its default, which stays.
        for member in kind.members.iter().filter(|member| member.fixed) {
            if members.get(member.name()).is_some_and(Value::is_null) {
                members.remove(member.name());
            }
        }
        let mut whole = Value::Object(merged(kind.members, &found.raw, &members));
        self.keep_merged(declared, found, &mut whole);
        let raw = Value::Object(found.raw.clone());
        let mut sources = declared.sources.clone();
        for (place, open) in &declared.open {
            match (value_at_mut(&mut whole, place), value_at(&raw, place)) {
                // A member that the server lacks.
                (None, _) => {}
                (Some(_), Some(Value::String(present))) if !fits(&open.text, present) => {
                    let problem = self.must_be_set(place, open, "and the present value differs elsewhere");
                    self.problem(declared, place, &problem);
                }
                (Some(value), Some(present)) => {
                    *value = present.clone();
                    sources.extend(present.as_str().map(|present| (present.to_owned(), open.text.clone())));
                    self.warn(declared, place, &format!("{}; the present value is kept", self.not_set(place, open)));
                }
                (Some(_), None) => {
                    self.problem(declared, place, &self.must_be_set(place, open, "and the tenant has no value"));
                }
            }
        }
        remove_by_empty_texts(kind, &found.raw, &mut whole);
        let Value::Object(members) = &whole else { return None };
        let before = found.canonical();
        let after = canonical(kind.members, &known_part(kind.members, members));
        self.check_kept(declared, &before, &after);
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let differs = |name: &&String| before.get(*name) != after.get(*name);
        let changed: Vec<String> = names.into_iter().filter(differs).cloned().collect();
        if changed.is_empty() {
            return None;
        }
        let has_changed = |name: &str| changed.iter().any(|changed| changed == name);
        self.check_access(declared, found, members);
        self.check_nulls(declared, &changed, members);
        self.check_removals(declared, &changed, &after);
        // Members with operations of their own do not update the entity.
        let is_update = changed.iter().any(|name| !kind.is_part(name));
        let conflict = is_update.then(|| (kind.update_conflict)(members)).flatten();
        self.report_conflict(declared, conflict.or_else(|| (kind.conflict)(members)));
        self.check_dropped(declared, members);
        if has_changed("config") {
            self.check_settings(declared, Some(found), members, &sources);
        }
        self.check_required(declared, kind.update, &whole, has_changed);
        let Value::Object(whole) = whole else { return None };
        for member in kind.members.iter().filter(|member| member.fixed && has_changed(member.name())) {
            let (name, hint) = (member.name(), "delete it first, or use another name");
            let named = self.variable_values.named(kind, &declared.key);
            let problem = format!("`{name}` of the {named} cannot change; {hint}");
            self.problem_at(declared, name, &problem);
        }
        let only = |mut members: Members| {
            members.retain(|name, _| has_changed(name));
            members
        };
        let mask =
            Mask { kind, confidential: &found.confidential, sources: &sources, variable_values: self.variable_values };
        let diff = diff_lines::diff(&mask, &only(before), &only(after));
        let present = |links: &Links| links::keys(links, found.raw.get(links.member)?).ok();
        let links = kind.links().filter_map(|links| Some((links.member, present(links)?))).collect();
        Some(Change {
            kind,
            shown_key: self.variable_values.hide_in_key(&declared.key),
            key: declared.key.clone(),
            action: Action::Update,
            id: Some(found.id.clone()),
            members: whole,
            changed,
            links,
            diff,
        })
    }

    /// Reports variables in lists that change. The present value at the same place might belong to another item.
    fn check_kept(&mut self, declared: &Declared, before: &Members, after: &Members) {
        if declared.open.is_empty() {
            return;
        }
        let (before, after) = (Value::Object(before.clone()), Value::Object(after.clone()));
        for (place, open) in &declared.open {
            let is_list = |place: &&[String]| value_at(&after, place).is_some_and(Value::is_array);
            let list = (0..place.len()).filter_map(|end| place.get(..end)).find(is_list);
            if list.is_some_and(|list| value_at(&before, list) != value_at(&after, list)) {
                self.problem(declared, place, &self.must_be_set(place, open, "and its list changes"));
            }
        }
    }

    /// Reports a member that does not fit the others.
    fn report_conflict(&mut self, declared: &Declared, conflict: Option<(&str, String)>) {
        if let Some((name, problem)) = conflict {
            self.problem_at(declared, name, &problem);
        }
    }

    fn not_set(&self, place: &[String], open: &Open) -> String {
        let (names, place) = (&open.variables, self.variable_values.hide(&dotted(place)));
        let (noun, verb) = if names.contains(", ") { ("variables", "are") } else { ("variable", "is") };
        format!("the {noun} {names} of `{place}` {verb} not set")
    }

    /// Returns the problem of a text whose variables are required, for this reason.
    fn must_be_set(&self, place: &[String], open: &Open, why: &str) -> String {
        format!("{}, {why}: set {}", self.not_set(place, open), open.variables)
    }
}

/// Replaces null by an empty text where that removes a member which the tenant has.
fn remove_by_empty_texts(kind: &Kind, present: &Members, whole: &mut Value) {
    for member in kind.members.iter().filter(|member| member.removal == Removal::EmptyText) {
        let is_present = present.get(member.path).is_some_and(|value| !value.is_null());
        if let Some(value) = whole.get_mut(member.path).filter(|value| is_present && value.is_null()) {
            *value = "".into();
        }
    }
}
