//! Members that the server requires in objects of a body, or cannot remove.

use logto_admin::transport::Method;
use serde_json::Value;

use super::declaration::Declared;
use super::entity_members::{Members, Removal, exactly};
use super::kinds::{Body, Kind, Part, Write};
use super::planner::Planner;
use super::request_bodies::is;
use crate::body_members::{self, Place};

impl Planner<'_> {
    /// Reports objects that lack a member which the server requires in them. Looks at the members that are sent, by `write`
    /// or by operations of their own.
    pub(super) fn check_required(
        &mut self,
        declared: &Declared,
        write: Option<Write>,
        members: &Value,
        is_sent: impl Fn(&str) -> bool,
    ) {
        let parts = declared.kind.parts.iter().filter_map(Part::write);
        let documented = write.into_iter().chain(parts).flat_map(required);
        let needed = declared.kind.members.iter().filter(|member| member.needed).map(|member| member.path.to_owned());
        for path in documented.chain(needed) {
            let Some((owner, name)) = path.rsplit_once('.') else { continue };
            let steps: Vec<&str> = owner.split('.').map(|step| step.trim_end_matches("[]")).collect();
            let Some(first) = steps.first().filter(|first| is_sent(first)) else { continue };
            if is_missing(members, &steps, name) {
                self.problem_at(declared, first, &format!("`{}` requires `{name}`", steps.join(".")));
            }
        }
    }

    /// Reports members whose null would be sent and refused.
    pub(super) fn check_nulls(&mut self, declared: &Declared, changed: &[String], members: &Members) {
        let is_null = |name: &String| members.get(name).is_some_and(Value::is_null);
        for name in changed.iter().filter(|name| is_null(name)) {
            if cannot_be_null(declared.kind, name) {
                self.problem_at(declared, name, &format!("`{name}` cannot be null"));
            }
        }
    }

    /// Reports members of the tenant that a file removes and the server always keeps.
    pub(super) fn check_removals(&mut self, declared: &Declared, changed: &[String], after: &Members) {
        let stays = |name: &&String| {
            let member = exactly(declared.kind.members, std::iter::once(name.as_str()));
            !after.contains_key(*name) && member.is_some_and(|member| member.removal == Removal::Never)
        };
        for name in changed.iter().filter(stays) {
            self.problem_at(declared, name, &format!("the server cannot remove `{name}`, only change it"));
        }
    }

    /// Reports members of a new entity whose null is not sent. They get another value, and null is refused later.
    pub(super) fn check_new_nulls(&mut self, declared: &Declared, members: &Members) {
        let kind = declared.kind;
        let is_required = |name: &str| kind.members.iter().any(|member| member.required && member.name() == name);
        // A document does not exist before it is written.
        let is_document =
            |name: &str| kind.parts.iter().any(|part| matches!(part, Part::Document { .. }) && part.is_for(name));
        let names = members.keys().filter(|name| !is_required(name) && !is_document(name));
        self.check_nulls(declared, &names.cloned().collect::<Vec<_>>(), members);
    }
}

/// Whether the server refuses null as this member of an entity that exists.
fn cannot_be_null(kind: &Kind, name: &str) -> bool {
    let part = kind.parts.iter().filter(|part| part.is_for(name)).find_map(Part::write);
    match (part, kind.update) {
        (Some(write), _) => refuses_null(write, name),
        (None, Some(write)) if is(write, Method::Patch) => refuses_null(write, name),
        // The operation replaces the entity: a member that is left out is removed.
        (None, Some(write)) => matches!(write.body, Body::Value(_)) || required(write).iter().any(|path| path == name),
        (None, None) => false,
    }
}

/// Whether the body of an operation cannot have null as this member of an entity.
fn refuses_null(write: Write, name: &str) -> bool {
    match write.body {
        Body::Members => {
            let form = Place::of(write.operation, name).and_then(Place::into_type);
            form.is_some_and(|text| !text.ends_with("| null"))
        }
        Body::Value(_) => true,
        Body::ListIn(_) => required(write).iter().any(|path| path == name),
    }
}

/// Returns the paths of the members that the body of an operation requires. They are members of an entity.
fn required(write: Write) -> Vec<String> {
    let is_added = |path: &str| write.extra.iter().any(|(name, _)| *name == path);
    let required = body_members::required(write.operation).into_iter().filter(|path| !is_added(path));
    match write.body {
        Body::Members => required.collect(),
        Body::Value(member) => required.map(|path| format!("{member}.{path}")).collect(),
        Body::ListIn(list) => {
            let item = format!("{list}[].");
            required.filter_map(|path| path.strip_prefix(&item).map(str::to_owned)).collect()
        }
    }
}

/// Whether an object at this place exists and lacks a member. Steps lead through lists.
fn is_missing(value: &Value, place: &[&str], name: &str) -> bool {
    match (place, value) {
        (_, Value::Array(items)) => items.iter().any(|item| is_missing(item, place, name)),
        ([], Value::Object(members)) => !members.contains_key(name),
        ([step, rest @ ..], Value::Object(members)) => {
            members.get(*step).is_some_and(|value| is_missing(value, rest, name))
        }
        _ => false,
    }
}
