//! Lists the members of responses for which absent and null mean the same. Only some releases send them.

use std::collections::BTreeMap;

use crate::failure::Result;
use crate::model::{Model, Shape, TypeRef};
use crate::pipeline::{Plan, Source, root};

/// Returns JSON pointers of the loosened members in each operation's response. A `*` stands for any element of a list
/// or map.
///
/// # Errors
/// Fails like the generator.
pub fn loosened_members() -> Result<BTreeMap<String, Vec<String>>> {
    let plan = Plan::new(&Source { spec: root().join("spec"), document: None })?;
    let mut members = BTreeMap::new();
    for (operation, uses) in plan.operations.iter().zip(&plan.model.uses) {
        let mut pointers = Vec::new();
        if let Some((ty, _)) = &uses.answer {
            let start = operation.items_at.as_ref().map_or_else(String::new, |member| format!("/{member}"));
            walk(&plan.model, ty, &start, &mut Vec::new(), &mut pointers);
        }
        members.insert(operation.id.clone(), pointers);
    }
    Ok(members)
}

fn walk<'a>(model: &'a Model, ty: &'a TypeRef, at: &str, open: &mut Vec<&'a str>, pointers: &mut Vec<String>) {
    let name = match ty {
        TypeRef::List(inner, _) | TypeRef::Map(inner, _) => {
            return walk(model, inner, &format!("{at}/*"), open, pointers);
        }
        TypeRef::Named(name) if !open.contains(&name.as_str()) => name,
        _ => return,
    };
    open.push(name);
    match model.types.get(name).map(|type_def| &type_def.shape) {
        Some(Shape::Struct(structure)) => {
            for field in &structure.fields {
                let at = format!("{at}/{}", field.name);
                walk(model, &field.ty, &at, open, pointers);
                if field.nullable && field.span.loosened {
                    pointers.push(at);
                }
            }
        }
        Some(Shape::Tagged { branches, .. }) => {
            branches.iter().for_each(|(_, branch)| walk(model, branch, at, open, pointers));
        }
        Some(Shape::Untagged(branches)) => branches.iter().for_each(|branch| walk(model, branch, at, open, pointers)),
        Some(Shape::Enum(_)) | None => {}
    }
    open.pop();
}
