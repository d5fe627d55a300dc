//! Merges the operations of several releases. The newest release is the base, and older ones loosen it: a member is
//! required only if every release that has the operation sends it.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::failure::{Failure, Place, Result};
use crate::operations::{Answer, AnswerKind, Body, Input, Operation};
use crate::release::Release;
use crate::schema::{self, Kind, Member, Object, Schema, Span};

/// The operations of one release.
pub struct Version {
    pub release: Release,
    pub operations: Vec<Operation>,
    /// Members that the release sends although its document lacks them.
    pub undocumented: Vec<String>,
}

/// Merges versions, which are sorted from the newest to the oldest.
pub fn merge(versions: Vec<Version>) -> Result<Vec<Operation>> {
    let mut merged: IndexMap<String, (Operation, Release)> = IndexMap::new();
    for version in versions {
        for older in version.operations {
            let Some((operation, newer)) = merged.get_mut(&older.id) else {
                merged.insert(older.id.clone(), (older, version.release));
                continue;
            };
            let step = Step { newer: *newer, older: version.release, undocumented: &version.undocumented };
            step.operation(operation, older)?;
            *newer = version.release;
        }
    }
    Ok(merged.into_values().map(|(operation, _)| operation).collect())
}

/// Whether the value is sent by the server or by the caller.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Received,
    Sent,
}

/// The merge of one release into the next newer one that has the operation.
struct Step<'a> {
    newer: Release,
    older: Release,
    undocumented: &'a [String],
}

impl Step<'_> {
    fn operation(&self, operation: &mut Operation, older: Operation) -> Result<()> {
        let place = Place::new(&operation.id);
        self.answer(&mut operation.answer, older.answer, &place)?;
        match (&mut operation.body, older.body) {
            (Some(body), Some(old)) => {
                if body.kind != old.kind {
                    return Err(self.contradiction(&place.at("body"), "bodies of different media types"));
                }
                self.schema(&mut body.schema, old.schema, Direction::Sent, &place.at("body"))?;
            }
            (body @ None, Some(old)) => *body = Some(Body { required: false, ..old }),
            (_, None) => {}
        }
        self.inputs(&mut operation.query_parameters, older.query_parameters, &place)?;
        operation.searchable |= older.searchable;
        for status in older.success {
            insert(&mut operation.success, status);
        }
        for status in older.errors {
            insert(&mut operation.errors, status);
        }
        Ok(())
    }

    fn answer(&self, answer: &mut Answer, older: Answer, place: &Place) -> Result<()> {
        use AnswerKind::{Json, None as Empty, OptionalJson, Text};
        let place = place.at(answer.status);
        answer.kind = match (answer.kind, older.kind) {
            (Json, Text) | (OptionalJson, Text | Json) | (Json, OptionalJson) => OptionalJson,
            // A document can lack the content of a response, but 204 never has any.
            (Json, Empty) if older.status == 204 => OptionalJson,
            (kind, Empty) => kind,
            (kind, other) if kind == other => kind,
            (kind, other) => {
                return Err(self.contradiction(&place, format!("the response is {kind:?}, but {other:?} before")));
            }
        };
        match (&mut answer.schema, older.schema) {
            (Some(schema), Some(old)) => self.schema(schema, old, Direction::Received, &place),
            _ => Ok(()),
        }
    }

    fn inputs(&self, inputs: &mut Vec<Input>, older: Vec<Input>, place: &Place) -> Result<()> {
        for input in inputs.iter_mut().filter(|input| older.iter().all(|old| old.name != input.name)) {
            input.required = false;
            input.span.since.get_or_insert(self.newer);
        }
        for old in older {
            match inputs.iter_mut().find(|input| input.name == old.name) {
                Some(input) => {
                    // A release in between lacks it.
                    input.span.since = None;
                    self.schema(&mut input.schema, old.schema, Direction::Sent, &place.at(&old.name))?;
                }
                None => {
                    inputs.push(Input { required: false, span: Span::until(self.older, old.required), ..old });
                }
            }
        }
        Ok(())
    }

    fn schema(&self, schema: &mut Schema, older: Schema, direction: Direction, place: &Place) -> Result<()> {
        if schema.newest.is_none() {
            schema.newest = Some(schema.shape());
        }
        schema.nullable |= older.nullable;
        let kind = std::mem::replace(&mut schema.kind, Kind::Any);
        schema.kind = self.kind(kind, older.kind, direction, place)?;
        Ok(())
    }

    fn kind(&self, kind: Kind, older: Kind, direction: Direction, place: &Place) -> Result<Kind> {
        use Kind::{
            Any, Array, Boolean, BooleanConstant, Enum, Float, FreeObject, Integer, Map, Object, String, TextConstant,
            Union,
        };
        Ok(match (kind, older) {
            (Any, _) => Any,
            // An older document can lack a schema.
            (kind, Any) => kind,
            (Array(mut items), Array(old)) => {
                self.schema(&mut items, *old, direction, &place.at("[]"))?;
                Array(items)
            }
            (Map(mut values), Map(old)) => {
                self.schema(&mut values, *old, direction, &place.at("*"))?;
                Map(values)
            }
            (Object(mut object), Object(old)) => {
                self.members(&mut object, old, direction, place)?;
                Object(object)
            }
            (FreeObject, Object(_) | Map(_) | FreeObject) => FreeObject,
            // An older release allows any members.
            (Object(mut object), FreeObject) => {
                if direction == Direction::Received {
                    object.members.values_mut().for_each(Member::loosen);
                }
                Object(schema::Object { open: true, ..object })
            }
            (kind @ Map(_), FreeObject) => kind,
            (Union(branches), Union(old)) => Union(self.branches(branches, old, direction, place)?),
            (Union(branches), old) => Union(self.branches(branches, vec![Schema::new(old)], direction, place)?),
            (kind, Union(old)) => {
                let mut branches = self.branches(vec![Schema::new(kind)], old, direction, place)?;
                if branches.len() == 1 { branches.remove(0).kind } else { Union(branches) }
            }
            (Enum(mut values), Enum(old)) => {
                values.extend(old);
                Enum(values)
            }
            (Enum(mut values), TextConstant(old)) => {
                values.insert(old);
                Enum(values)
            }
            (TextConstant(value), TextConstant(old)) if value != old => Enum([value, old].into()),
            (TextConstant(value), Enum(mut old)) => {
                old.insert(value);
                Enum(old)
            }
            // Enums are open, so they can hold any string. A constant could be the tag of a union, which is not open.
            (kind @ Enum(_), String) | (String, kind @ Enum(_)) => kind,
            (TextConstant(value), String) | (String, TextConstant(value)) => Enum([value].into()),
            (Integer | Float, Float) | (Float, Integer) => Float,
            (Boolean | BooleanConstant(_), Boolean) | (Boolean, BooleanConstant(_)) => Boolean,
            (kind, old) if kind == old => kind,
            (kind, old) => {
                let (kind, old) = (Schema::new(kind).shape(), Schema::new(old).shape());
                return Err(self.contradiction(place, format!("the type is {kind}, but {old} before")));
            }
        })
    }

    fn members(&self, object: &mut Object, older: Object, direction: Direction, place: &Place) -> Result<()> {
        let absent = object.members.iter_mut().filter(|(name, _)| !older.members.contains_key(*name));
        for (_, member) in absent.filter(|(name, _)| !self.undocumented.contains(name)) {
            member.loosen();
            member.span.since.get_or_insert(self.newer);
        }
        for (name, old) in older.members {
            match object.members.get_mut(&name) {
                Some(member) => {
                    // A release in between lacks it.
                    member.span.since = None;
                    // A newer server refuses a request without the member, and an older one accepts it.
                    if !old.required && direction == Direction::Received {
                        member.loosen();
                    }
                    self.schema(&mut member.schema, old.schema, direction, &place.at(&name))?;
                }
                None => {
                    let span = Span::until(self.older, old.required);
                    object.members.insert(name, Member { required: false, span, ..old });
                }
            }
        }
        object.open |= older.open;
        Ok(())
    }

    /// Merges branches with the same tag, or else of the same kind. Other branches of older releases are added.
    fn branches(
        &self,
        mut branches: Vec<Schema>,
        older: Vec<Schema>,
        direction: Direction,
        place: &Place,
    ) -> Result<Vec<Schema>> {
        let mut matched = HashSet::new();
        for (index, old) in older.into_iter().enumerate() {
            let equal = branches.iter().position(|branch| branch.signature() == old.signature());
            let tagged =
                || tag(&old).and_then(|tag_| branches.iter().position(|branch| tag(branch) == Some(tag_.clone())));
            let is_plain = tag(&old).is_none();
            let plain = || {
                let similar = branches
                    .iter()
                    .enumerate()
                    .filter(|(_, branch)| is_plain && tag(branch).is_none() && similar(branch, &old));
                // Each branch of the older release has one of its own, if possible.
                let rank = |(index, branch): &(usize, &Schema)| (matched.contains(index), differences(branch, &old));
                similar.min_by_key(rank).map(|(index, _)| index)
            };
            match equal.or_else(tagged).or_else(plain) {
                Some(found) => {
                    matched.insert(found);
                    let place = place.at(index);
                    if let Some(branch) = branches.get_mut(found) {
                        self.schema(branch, old, direction, &place)?;
                    }
                }
                None => branches.push(old),
            }
        }
        Ok(branches)
    }

    fn contradiction(&self, place: &Place, problem: impl Into<String>) -> Failure {
        Failure::Versions { place: place.clone(), older: self.older, newer: self.newer, problem: problem.into() }
    }
}

fn insert(statuses: &mut Vec<u16>, status: u16) {
    if let Err(index) = statuses.binary_search(&status) {
        statuses.insert(index, status);
    }
}

/// Returns the required constants of a branch. They distinguish branches.
fn tag(schema: &Schema) -> Option<Vec<(&str, &str)>> {
    let Kind::Object(object) = &schema.kind else { return None };
    let constants = object.members.iter().filter_map(|(name, member)| match &member.schema.kind {
        Kind::TextConstant(text) if member.required => Some((name.as_str(), text.as_str())),
        _ => None,
    });
    let mut constants: Vec<_> = constants.collect();
    constants.sort_unstable();
    (!constants.is_empty()).then_some(constants)
}

/// Returns how many members only one of two objects has.
fn differences(one: &Schema, other: &Schema) -> usize {
    let (Kind::Object(one), Kind::Object(other)) = (&one.kind, &other.kind) else { return 0 };
    let only = |object: &Object, among: &Object| {
        object.members.keys().filter(|name| !among.members.contains_key(*name)).count()
    };
    only(one, other) + only(other, one)
}

/// Whether two untagged branches are the same. Objects need the same required members, and
/// others the same kind.
fn similar(one: &Schema, other: &Schema) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Object(one), Kind::Object(other)) => {
            let required = |object: &Object, among: &Object| {
                object.members.iter().all(|(name, member)| !member.required || among.members.contains_key(name))
            };
            required(one, other) || required(other, one)
        }
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}
