//! Checks the references of an entity to others.

use serde_json::Value;

use super::declaration::{Declaration, Declared};
use super::entity_members::{Members, merged};
use super::key::Key;
use super::kinds::{Kind, Links, Standing};
use super::links;
use super::planner::Planner;
use super::tenant::Found;
use crate::suggestion::{suggestion, unknown_value};

impl Planner<'_> {
    /// Checks that the entities that a member lists exist or will exist.
    pub(super) fn check_links(
        &mut self,
        declared: &Declared,
        found: Option<&Found>,
        declaration: &Declaration,
        members: &mut Members,
    ) {
        for links in declared.kind.links() {
            let Some(value) = members.remove(links.member).filter(|value| !value.is_null()) else { continue };
            let keys = match links::keys(links, &value) {
                Ok(keys) => keys,
                Err(problem) => return self.problem_at(declared, links.member, &problem),
            };
            let whole =
                found.map_or_else(|| members.clone(), |found| merged(declared.kind.members, &found.raw, members));
            if !(links.applies)(&whole) {
                if !keys.is_empty() {
                    let named = self.variable_values.named(declared.kind, &declared.key);
                    let problem = format!("the {named} cannot have `{}`", links.member);
                    self.problem_at(declared, links.member, &problem);
                }
                continue;
            }
            self.check_names(declared, found, links, &value);
            for key in &keys {
                let problem = links.kind().and_then(|target| {
                    let dangling = self.dangling(target, key, declaration);
                    dangling.or_else(|| self.misfit(links, target, key, declaration))
                });
                if let Some(problem) = problem {
                    self.problem_at(declared, links.member, &format!("`{}` refers to {problem}", links.member));
                }
            }
            members.insert(links.member.to_owned(), links::value(links, &keys));
        }
    }

    /// Checks names that do not belong to entities. The server has accepted those that it lists.
    fn check_names(&mut self, declared: &Declared, found: Option<&Found>, links: &Links, value: &Value) {
        let present = found.and_then(|found| found.raw.get(links.member)?.as_array());
        let names = value.as_array().filter(|_| links.target.is_none()).into_iter().flatten().enumerate();
        for (at, name) in names.filter(|(_, name)| present.is_none_or(|present| !present.contains(name))) {
            let Some(name) = name.as_str().filter(|name| !links.values.contains(name)) else { continue };
            let problem = unknown_value(links.member, &self.variable_values.hide(name), links.values);
            self.problem(declared, &[links.member.to_owned(), at.to_string()], &problem);
        }
    }

    /// Returns what is wrong with a reference to an entity.
    fn dangling(&self, target: &Kind, key: &Key, declaration: &Declaration) -> Option<String> {
        if declaration.find(target, key).is_some() {
            return None;
        }
        let named = self.variable_values.named(target, key);
        if self.doomed.iter().any(|found| found.kind.is(target) && found.key == *key) {
            return Some(format!("the {named}, which is to be deleted"));
        }
        if !self.tenant.with_key(target, key).is_empty() {
            return None;
        }
        let known = self.known_names(target, declaration);
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = match built_in_owner(target, key) {
            Some(name) => format!("; files call the resource `{name}`"),
            None => suggestion(&self.variable_values.key(key), &names).unwrap_or_default(),
        };
        Some(format!("the {named}, which does not exist{hint}"))
    }

    /// Returns an entity that exists and cannot be listed, and why.
    fn misfit(&self, links: &Links, target: &Kind, key: &Key, declaration: &Declaration) -> Option<String> {
        let found = self.tenant.with_key(target, key).first().map(|found| &found.raw);
        let members = found.or_else(|| declaration.find(target, key).map(|declared| &declared.members))?;
        (links.misfit)(members).map(|reason| format!("the {}, {reason}", self.variable_values.named(target, key)))
    }

    fn known_names(&self, kind: &Kind, declaration: &Declaration) -> Vec<String> {
        let declared = declaration.entities.iter().filter(|entity| entity.kind.is(kind)).map(|entity| &entity.key);
        let found = self.tenant.all(kind).iter().map(|found| &found.key);
        declared.chain(found).map(|key| self.variable_values.key(key)).collect()
    }
}

/// Returns the name that files use for a built-in owner. The key has the name that the server uses.
fn built_in_owner(kind: &Kind, key: &Key) -> Option<&'static str> {
    let owner = (kind.owner?.kind)();
    let members = [((*owner.key.first()?).to_owned(), key.owner().own().into())];
    match (owner.standing)(&members.into_iter().collect()) {
        Standing::BuiltIn(name) => name,
        _ => None,
    }
}
