//! Compares files with a tenant.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::declaration::{Declaration, Declared};
use super::diff_lines::{self, Diff, Line, Mask};
use super::entity_members::{Members, add_lists, merged};
use super::fallback_language::{FALLBACK, fallback_language};
use super::kinds::{ALL, CUSTOM_PHRASES, Kind, Standing};
use super::own_access::RUNNING;
use super::plan::{Action, Change, Plan, Undeclared, Unmanaged};
use super::selection::Selection;
use super::tenant::{Found, Tenant};
use super::variable_values::VariableValues;
use crate::failure::{Failure, Result};
use crate::terminal::shown;

/// Plans the changes that make the tenant like its files. Deletes nothing unless `undeclared` asks for it.
///
/// # Errors
/// Fails with everything that is wrong with the files.
pub(super) fn plan(
    tenant: &Tenant,
    mut declaration: Declaration,
    selection: &Selection,
    undeclared: Undeclared,
    warnings: Vec<String>,
) -> Result<Plan> {
    let fallback = fallback_language(tenant, &declaration).map(str::to_owned);
    let is_fallback = |found: &Found| found.kind.is(&CUSTOM_PHRASES) && fallback.as_deref() == Some(found.key.own());
    let (mut doomed, kept): (Vec<_>, Vec<_>) =
        missing(tenant, &declaration, selection).into_iter().partition(|found| {
            found.standing == Standing::Own && tenant.with_key(found.kind, &found.key).len() == 1 && !is_fallback(found)
        });
    let problems = std::mem::take(&mut declaration.problems);
    let variable_values = &declaration.variable_values;
    let unmanaged = |found: &Found| {
        let standing = if is_fallback(found) { Standing::Kept(FALLBACK) } else { found.standing };
        unmanaged(found, standing, variable_values)
    };
    let (own, kept): (Vec<_>, Vec<_>) = kept.into_iter().partition(|found| found.standing == RUNNING);
    let mut own: Vec<Unmanaged> = own.into_iter().filter_map(unmanaged).collect();
    let mut kept: Vec<Unmanaged> = kept.into_iter().filter_map(unmanaged).collect();
    let mut seen = HashSet::new();
    kept.retain(|kept| seen.insert(kept.message.clone()));
    let mut left = 0;
    if undeclared == Undeclared::Keep {
        left = doomed.len() + kept.iter().filter(|kept| kept.is_difference).count();
        (doomed, own, kept) = (Vec::new(), Vec::new(), Vec::new());
    }
    let mut planner =
        Planner { tenant, doomed: &doomed, variable_values, changes: Vec::new(), warnings, unmanaged: kept, problems };
    planner.warnings.extend(own.into_iter().map(|own| own.message));
    for kind in ALL {
        planner.kind(kind, &declaration);
    }
    if !planner.problems.is_empty() {
        return Err(Failure::usage(planner.problems.join("\n")));
    }
    let Planner { mut changes, warnings, unmanaged, .. } = planner;
    changes.extend(doomed.iter().rev().map(|found| deletion(tenant, found, variable_values)));
    let ids = ALL
        .iter()
        .flat_map(|kind| tenant.all(kind))
        .map(|found| ((found.kind.noun, found.key.clone()), found.id.clone()));
    let ids = ids.collect();
    Ok(Plan { changes, warnings, unmanaged, undeclared: left, ids, variable_values: declaration.variable_values })
}

/// Returns the entities that the files do not declare. Considers only kinds that the files declare.
fn missing<'t>(tenant: &'t Tenant, declaration: &Declaration, selection: &Selection) -> Vec<&'t Found> {
    let deletable = ALL.into_iter().filter(|kind| selection.has(kind) && kind.delete.is_some());
    let missing = deletable.flat_map(|kind| tenant.all(kind)).filter(|found| {
        let is_listed = match found.kind.owner {
            None => declaration.present.contains(found.kind.noun),
            Some(_) => declaration.owners.contains(&(found.kind.noun, found.key.owner())),
        };
        is_listed && declaration.find(found.kind, &found.key).is_none()
    });
    missing.collect()
}

fn unmanaged(found: &Found, standing: Standing, variable_values: &VariableValues) -> Option<Unmanaged> {
    let why = match standing {
        Standing::BuiltIn(_) => return None,
        Standing::Own => "there are several with this name",
        Standing::Kept(reason) | Standing::Foreign(reason) => reason,
    };
    Some(Unmanaged {
        kind: found.kind,
        shown_key: variable_values.hide_in_key(&found.key),
        message: format!("the {} is not deleted: {why}", variable_values.named(found.kind, &found.key)),
        reason: why.to_owned(),
        // Somebody else has made entities with the same name: an export does not.
        is_difference: matches!(standing, Standing::Own | Standing::Kept(_)),
    })
}

fn deletion(tenant: &Tenant, found: &Found, variable_values: &VariableValues) -> Change {
    let owned =
        found.kind.owned().flat_map(|(kind, _)| tenant.all(kind)).filter(|owned| owned.key.owner() == found.key);
    let mut names: Vec<String> = owned
        .map(|owned| format!("with the {} \"{}\"", owned.kind.noun, shown(&variable_values.hide(owned.key.own()))))
        .collect();
    names.sort();
    let before = found.canonical();
    let mask = Mask { kind: found.kind, confidential: &found.confidential, sources: &BTreeMap::new(), variable_values };
    // For people, the name is enough.
    let lines = names.into_iter().map(Line::Removed).collect();
    let diff = Diff { lines, ..diff_lines::diff(&mask, &before, &Members::new()) };
    Change {
        kind: found.kind,
        key: found.key.clone(),
        shown_key: variable_values.hide_in_key(&found.key),
        action: Action::Delete,
        id: Some(found.id.clone()),
        members: Members::new(),
        changed: before.keys().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        links: BTreeMap::new(),
        diff,
    }
}

/// Collects the changes, and what is wrong.
pub(super) struct Planner<'t> {
    pub tenant: &'t Tenant,
    /// The entities that are deleted.
    pub doomed: &'t [&'t Found],
    /// The values of variables, which messages must not show.
    pub variable_values: &'t VariableValues,
    changes: Vec<Change>,
    warnings: Vec<String>,
    /// The differences that the plan leaves.
    pub unmanaged: Vec<Unmanaged>,
    pub problems: Vec<String>,
}

impl Planner<'_> {
    fn kind(&mut self, kind: &'static Kind, declaration: &Declaration) {
        let mut entities = declaration.entities.iter().filter(|entity| entity.kind.is(kind)).peekable();
        if entities.peek().is_some() && !self.tenant.has(kind) {
            let release = self.tenant.release();
            self.warnings.push(format!("`{}` is skipped: {release} does not have it", kind.file));
            return;
        }
        let entities: Vec<&Declared> = entities.collect();
        self.check_single(kind, &entities);
        self.check_count(kind, &entities);
        for declared in entities {
            self.entity(declared, declaration);
        }
    }

    /// Reports members that are true for a second entity. Each apply would take them from one of the two.
    fn check_single(&mut self, kind: &Kind, entities: &[&Declared]) {
        for name in kind.members.iter().filter(|member| member.single).map(|member| member.name()) {
            let mut having = entities.iter().filter(|entity| entity.members.get(name) == Some(&Value::Bool(true)));
            let Some(first) = having.next() else { continue };
            for second in having {
                let (first, noun) = (self.variable_values.key(&first.key), kind.noun);
                let problem = format!("`{name}` is true for \"{first}\" already: only one {noun} can have it");
                self.problem_at(second, name, &problem);
            }
        }
    }

    /// Reports new entities beside another one, if the server has one at most. Deletions come after creations.
    fn check_count(&mut self, kind: &Kind, entities: &[&Declared]) {
        if kind.single_until.is_none_or(|last| self.tenant.might_have(last + 1)) {
            return;
        }
        let present = self.tenant.all(kind).iter().map(|found| &found.key);
        let is_new = |declared: &&&Declared| self.tenant.with_key(kind, &declared.key).is_empty();
        let new: Vec<&Declared> = entities.iter().filter(is_new).copied().collect();
        let Some(first) = present.chain(new.iter().map(|declared| &declared.key)).next() else { return };
        let (release, noun) = (self.tenant.release(), kind.noun);
        for declared in new.into_iter().filter(|declared| declared.key != *first) {
            let first = self.variable_values.key(first);
            let problem = format!("{release} has one {noun} at most: remove \"{first}\" first");
            self.problem(declared, &[], &problem);
        }
    }

    fn entity(&mut self, declared: &Declared, declaration: &Declaration) {
        let (kind, key) = (declared.kind, &declared.key);
        let found = match self.tenant.with_key(kind, key)[..] {
            [] => None,
            [found] => Some(found),
            _ => {
                let (noun, key) = (kind.noun, self.variable_values.key(key));
                let problem = format!("the tenant has several {noun}s \"{key}\"; give them different names");
                return self.problem(declared, &[], &problem);
            }
        };
        let owner = kind.owner.and_then(|owner| self.tenant.with_key((owner.kind)(), &key.owner()).first().copied());
        if owner.is_some_and(|owner| matches!(owner.standing, Standing::BuiltIn(_))) {
            return;
        }
        match found.map_or_else(|| (kind.standing)(&declared.members), |found| found.standing) {
            Standing::BuiltIn(_) => {
                let named = self.variable_values.named(kind, key);
                return self.warn(declared, &[], &format!("the {named} is built in and left alone"));
            }
            Standing::Foreign(reason) => {
                let key = self.variable_values.key(key);
                return self.warn(declared, &[], &format!("\"{key}\" is left alone: {reason}"));
            }
            Standing::Own | Standing::Kept(_) => {}
        }
        let mut members = declared.members.clone();
        add_lists(kind.members, &mut members);
        self.drop_unsupported(declared, found, &mut members);
        self.check_duplicates(declared);
        self.check_links(declared, found, declaration, &mut members);
        let change = match found {
            Some(found) => self.update(declared, found, &members),
            None => {
                self.check_new_nulls(declared, &members);
                self.create(declared, merged(kind.members, &Members::new(), &members))
            }
        };
        self.changes.extend(change);
    }

    pub(super) fn problem(&mut self, declared: &Declared, place: &[String], message: &str) {
        self.problems.push(format!("{}: {message}", declared.at(place)));
    }

    pub(super) fn problem_at(&mut self, declared: &Declared, member: &str, message: &str) {
        self.problem(declared, &[member.to_owned()], message);
    }

    pub(super) fn warn(&mut self, declared: &Declared, place: &[String], message: &str) {
        self.warnings.push(format!("{}: {message}", declared.at(place)));
    }
}
