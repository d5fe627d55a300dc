//! Generates `models.ts`: the types of requests and responses.

use super::comment::comment;
use super::types::{Types, key, or_null, with_unit};
use crate::emit::docs::Docs;
use crate::model::{Field, Shape, Struct, TypeDef, TypeRef};
use crate::pipeline::Plan;

const OPEN: &str = "\
/** A known value, or one of a newer server, which can be any text. */
export type Open<Known extends string> = Known | (string & {});

/** An object of any members. */
export type JsonObject = { [member: string]: unknown };
";

pub fn text(plan: &Plan) -> String {
    let docs = Docs::new(plan);
    let types = plan.model.types.values().map(|type_def| item(plan, &docs, type_def));
    format!("{OPEN}\n{}", types.collect::<Vec<_>>().join("\n"))
}

fn item(plan: &Plan, docs: &Docs, type_def: &TypeDef) -> String {
    let name = &type_def.name;
    let doc = comment(plan, &docs.type_text(type_def), 0);
    let types = Types::of_members(&plan.model, type_def);
    let union = |branches: Vec<String>| format!("{doc}export type {name} = {};\n", branches.join(" | "));
    match &type_def.shape {
        Shape::Struct(structure) => format!("{doc}{}", interface(plan, docs, types, name, structure)),
        Shape::Enum(values) => union(values.iter().map(|value| format!("{value:?}")).collect()),
        Shape::Tagged { branches, .. } => union(branches.iter().map(|(_, ty)| types.text(ty)).collect()),
        Shape::Untagged(branches) => union(branches.iter().map(|ty| types.text(ty)).collect()),
    }
}

fn interface(plan: &Plan, docs: &Docs, types: Types<'_>, name: &str, structure: &Struct) -> String {
    let custom = if structure.fields.iter().any(Types::is_custom) {
        format!("<CustomData extends object = {}>", types.text(&TypeRef::FreeObject))
    } else {
        String::new()
    };
    let mut members = String::new();
    if let Some((tag, text)) = &structure.tag {
        members.push_str(&format!("  {}: {text:?};\n", key(tag)));
    }
    for field in &structure.fields {
        members.push_str(&comment(plan, &with_unit(docs.member_text(name, field), &field.ty), 2));
        members.push_str(&member(types, field));
    }
    if structure.open {
        members.push_str("  /** Additional members. */\n  [member: string]: unknown;\n");
    }
    format!("export interface {name}{custom} {{\n{members}}}\n")
}

/// Returns a member of an interface. An optional member can also be `undefined`, which JSON omits.
fn member(types: Types<'_>, field: &Field) -> String {
    let (mark, undefined) = if field.required { ("", "") } else { ("?", " | undefined") };
    let ty = if Types::is_custom(field) { "CustomData".to_owned() } else { types.text(&field.ty) };
    let ty = or_null(ty, field.nullable);
    let undefined = if ty == "unknown" { "" } else { undefined };
    format!("  {}{mark}: {ty}{undefined};\n", key(&field.name))
}
