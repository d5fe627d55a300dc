//! Generates `models.ts`: the types of requests and responses.

use super::comment::comment;
use super::types::{key, or_null, ts_type};
use crate::emit::docs::Docs;
use crate::model::{Field, Shape, Struct, TypeDef};
use crate::pipeline::Plan;

pub fn text(plan: &Plan) -> String {
    let docs = Docs::new(plan);
    let types = plan.model.types.values().map(|type_def| item(plan, &docs, type_def));
    types.collect::<Vec<_>>().join("\n")
}

fn item(plan: &Plan, docs: &Docs, type_def: &TypeDef) -> String {
    let name = &type_def.name;
    let doc = comment(plan, &docs.type_text(type_def), 0);
    let union = |branches: Vec<String>| format!("{doc}export type {name} = {};\n", branches.join(" | "));
    match &type_def.shape {
        Shape::Struct(structure) => format!("{doc}{}", interface(plan, docs, name, structure)),
        // Unknown values are accepted, too.
        Shape::Enum(values) => {
            let known = values.iter().map(|value| format!("{value:?}"));
            union(known.chain(["(string & {})".to_owned()]).collect())
        }
        Shape::Tagged { branches, .. } => union(branches.iter().map(|(_, ty)| ts_type(ty)).collect()),
        Shape::Untagged(branches) => union(branches.iter().map(ts_type).collect()),
    }
}

fn interface(plan: &Plan, docs: &Docs, name: &str, structure: &Struct) -> String {
    let mut members = String::new();
    if let Some((tag, text)) = &structure.tag {
        members.push_str(&format!("  {}: {text:?};\n", key(tag)));
    }
    for field in &structure.fields {
        members.push_str(&comment(plan, &docs.member_text(name, field), 2));
        members.push_str(&member(field));
    }
    if structure.open {
        members.push_str("  /** Additional members. */\n  [member: string]: unknown;\n");
    }
    format!("export interface {name} {{\n{members}}}\n")
}

/// Returns a member of an interface. An optional member can also be `undefined`, which JSON omits.
fn member(field: &Field) -> String {
    let (mark, undefined) = if field.required { ("", "") } else { ("?", " | undefined") };
    let ty = or_null(ts_type(&field.ty), field.nullable);
    let undefined = if ty == "unknown" { "" } else { undefined };
    format!("  {}{mark}: {ty}{undefined};\n", key(&field.name))
}
