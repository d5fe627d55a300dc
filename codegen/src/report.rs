//! A report of generated types and methods, for choosing names in `spec/names.toml`.

use std::fmt::Write;

use crate::methods::method_name;
use crate::model::{Shape, TypeRef};
use crate::pipeline::Plan;

/// Lists every type with shape and locations, then every operation with its method.
pub fn report(plan: &Plan) -> String {
    let mut text = String::new();
    for type_def in plan.model.types.values() {
        let shape = match &type_def.shape {
            Shape::Struct(structure) => {
                let fields = structure.fields.iter().map(|field| {
                    let mark = if field.required { "" } else { "?" };
                    format!("{}{mark}: {}", field.name, show(&field.ty))
                });
                let tag = structure.tag.iter().map(|(name, value)| format!("{name} = {value:?}"));
                format!("{{ {} }}", tag.chain(fields).collect::<Vec<_>>().join(", "))
            }
            Shape::Enum(values) => values.iter().cloned().collect::<Vec<_>>().join(" | "),
            Shape::Tagged { tag, branches } => {
                format!("by {tag}: {}", branches.iter().map(|(_, ty)| show(ty)).collect::<Vec<_>>().join(" | "))
            }
            Shape::Untagged(branches) => branches.iter().map(show).collect::<Vec<_>>().join(" | "),
        };
        let _ = writeln!(text, "{}\n    {shape}\n    at {}", type_def.name, type_def.locations.join(" "));
    }
    for (operation, group) in plan.operations.iter().zip(&plan.groups.of_operation) {
        let method = method_name(&operation.id, group, &plan.settings.names);
        let _ = writeln!(text, "{}\t{group}().{method}\t{} {}", operation.id, operation.method, operation.path);
    }
    let _ = writeln!(text, "{} operations, {} types", plan.operations.len(), plan.model.types.len());
    text
}

fn show(ty: &TypeRef) -> String {
    match ty {
        TypeRef::List(inner, _) => format!("[{}]", show(inner)),
        TypeRef::Map(inner, _) => format!("<{}>", show(inner)),
        TypeRef::Named(name) => name.clone(),
        other => format!("{other:?}"),
    }
}
