//! Writes the members of request bodies for the command line. They have types and documentation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::emit::Docs;
use crate::model::{Field, Shape, TypeDef, TypeRef};
use crate::operations::Operation;
use crate::pipeline::Plan;
use crate::schema::Kind;

/// Path of the file, relative to the workspace.
pub const FILE: &str = "cli/src/bodies.json";

/// Returns the text of the file: types of bodies by operation, and their members. Each entry has its own line, so that
/// diffs are readable.
pub fn text(plan: &Plan) -> String {
    let bodies = Bodies { plan, docs: Docs::new(plan) };
    let (mut operations, mut types, mut needed) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    for (operation, uses) in plan.operations.iter().zip(&plan.model.uses) {
        if let Some(ty) = &uses.body {
            bodies.need(ty, &mut needed);
            operations.insert(&operation.id, typed(&bodies.text(ty), bodies.of(ty).as_deref()));
        } else if operation.parts().is_some() {
            let form = format!("{}Form", operation.id);
            operations.insert(&operation.id, typed("object", Some(&form)));
            types.insert(form, bodies.parts(operation));
        }
    }
    for name in needed {
        let members = bodies.members(&name);
        types.insert(name, members);
    }
    let operations = operations.into_iter().map(|(id, body)| entry(id, &body.into()));
    let types = types.iter().map(|(name, members)| entry(name, &members.iter().map(Member::to_json).collect()));
    format!("{{\"operations\":{{\n{}\n}},\"types\":{{\n{}\n}}}}\n", lines(operations), lines(types))
}

fn entry(name: &str, value: &Value) -> String {
    format!("{}:{value}", Value::from(name))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join(",\n")
}

struct Bodies<'a> {
    plan: &'a Plan,
    docs: Docs<'a>,
}

impl Bodies<'_> {
    /// Adds the types with members that a value contains.
    fn need(&self, ty: &TypeRef, needed: &mut BTreeSet<String>) {
        let Some((name, type_def)) = ty.named().and_then(|name| self.plan.model.types.get_key_value(name)) else {
            return;
        };
        if matches!(type_def.shape, Shape::Enum(_)) || !needed.insert(name.clone()) {
            return;
        }
        match &type_def.shape {
            Shape::Struct(structure) => structure.fields.iter().for_each(|field| self.need(&field.ty, needed)),
            Shape::Tagged { branches, .. } => branches.iter().for_each(|(_, branch)| self.need(branch, needed)),
            Shape::Untagged(branches) => branches.iter().for_each(|branch| self.need(branch, needed)),
            Shape::Enum(_) => {}
        }
    }

    /// Returns the name of the type that has the members of a value.
    fn of(&self, ty: &TypeRef) -> Option<String> {
        ty.named().filter(|name| self.has_members(name)).map(str::to_owned)
    }

    fn has_members(&self, name: &str) -> bool {
        match self.plan.model.types.get(name).map(|type_def| &type_def.shape) {
            Some(Shape::Untagged(branches)) => {
                branches.iter().any(|branch| branch.named().is_some_and(|name| self.has_members(name)))
            }
            Some(Shape::Enum(_)) | None => false,
            Some(Shape::Struct(_) | Shape::Tagged { .. }) => true,
        }
    }

    fn text(&self, ty: &TypeRef) -> String {
        match ty {
            TypeRef::Any => "any".to_owned(),
            TypeRef::FreeObject => "object".to_owned(),
            TypeRef::String => "string".to_owned(),
            TypeRef::Binary => "file".to_owned(),
            TypeRef::Integer => "integer".to_owned(),
            TypeRef::Float => "number".to_owned(),
            TypeRef::Boolean => "boolean".to_owned(),
            TypeRef::True => "true".to_owned(),
            TypeRef::False => "false".to_owned(),
            TypeRef::Milliseconds => "milliseconds".to_owned(),
            TypeRef::Seconds => "seconds".to_owned(),
            TypeRef::List(items, _) => match self.text(items) {
                items if items.contains(" | ") => format!("({items})[]"),
                items => format!("{items}[]"),
            },
            TypeRef::Map(values, _) => format!("{{{}}}", self.text(values)),
            TypeRef::Named(name) => match self.plan.model.types.get(name).map(|type_def| &type_def.shape) {
                Some(Shape::Enum(values)) => alternatives(values.iter().map(|value| format!("{value:?}"))),
                Some(Shape::Untagged(branches)) => alternatives(branches.iter().map(|branch| self.text(branch))),
                _ => "object".to_owned(),
            },
        }
    }

    /// Returns the members of a type. Where a value has one of several types, it has the members of all of them.
    fn members(&self, name: &str) -> Vec<Member> {
        let Some(type_def) = self.plan.model.types.get(name) else { return Vec::new() };
        match &type_def.shape {
            Shape::Struct(structure) => {
                let tag = structure.tag.iter().map(|(tag, text)| Member::constant(tag, format!("{text:?}")));
                tag.chain(structure.fields.iter().map(|field| self.member(type_def, field))).collect()
            }
            Shape::Tagged { tag, branches } => {
                let values = alternatives(branches.iter().map(|(value, _)| format!("{value:?}")));
                let mut members = vec![Member::constant(tag, values)];
                let of_all = self.of_all(branches.iter().map(|(_, branch)| branch));
                members.extend(of_all.into_iter().filter(|member| member.name != *tag));
                members
            }
            Shape::Untagged(branches) => self.of_all(branches.iter()),
            Shape::Enum(_) => Vec::new(),
        }
    }

    /// Returns the members of several types, each once. A member is required if all types require it.
    fn of_all<'t>(&self, types: impl Iterator<Item = &'t TypeRef>) -> Vec<Member> {
        let all: Vec<Vec<Member>> = types.filter_map(TypeRef::named).map(|name| self.members(name)).collect();
        let find = |members: &[Member], name: &str| members.iter().find(|member| member.name == name).cloned();
        let mut merged: Vec<Member> = Vec::new();
        for member in all.iter().flatten() {
            if find(&merged, &member.name).is_none() {
                let is_required = |members: &Vec<Member>| find(members, &member.name).is_some_and(|one| one.required);
                merged.push(Member { required: all.iter().all(is_required), ..member.clone() });
            }
        }
        merged
    }

    /// Returns the parts of a multipart body: files and texts.
    fn parts(&self, operation: &Operation) -> Vec<Member> {
        let parts = operation.parts().into_iter().flatten();
        parts
            .map(|(name, part)| Member {
                name: name.clone(),
                ty: if part.schema.kind == Kind::Binary { "file" } else { "string" }.to_owned(),
                of: None,
                required: part.required,
                description: self.docs.on_one_line(&self.docs.parameter_text(
                    &operation.id,
                    name,
                    &part.schema.facts,
                    part.span,
                )),
            })
            .collect()
    }

    fn member(&self, type_def: &TypeDef, field: &Field) -> Member {
        let text = self.docs.member_text(&type_def.name, field);
        Member {
            name: field.name.clone(),
            ty: if field.nullable { format!("{} | null", self.text(&field.ty)) } else { self.text(&field.ty) },
            of: self.of(&field.ty),
            required: field.required,
            description: self.docs.on_one_line(&text),
        }
    }
}

/// A member of a body.
#[derive(Clone)]
struct Member {
    name: String,
    /// The type as text.
    ty: String,
    /// The type that has the members of the value.
    of: Option<String>,
    required: bool,
    description: String,
}

impl Member {
    /// Returns a member with one of a few texts.
    fn constant(name: &str, ty: String) -> Self {
        Self { name: name.to_owned(), ty, of: None, required: true, description: String::new() }
    }

    fn to_json(&self) -> Value {
        let mut json = typed(&self.ty, self.of.as_deref());
        json.insert("name".to_owned(), self.name.as_str().into());
        json.insert("required".to_owned(), self.required.into());
        json.insert("description".to_owned(), self.description.as_str().into());
        json.into()
    }
}

fn typed(text: &str, of: Option<&str>) -> Map<String, Value> {
    let of = of.map(|of| ("of".to_owned(), of.into()));
    [("type".to_owned(), text.into())].into_iter().chain(of).collect()
}

fn alternatives(values: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for value in values {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all.join(" | ")
}
