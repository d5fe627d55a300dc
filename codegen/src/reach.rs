//! Determines which groups use a type.
//!
//! Also determines whether requests send it, and whether answers contain it.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::model::{Shape, TypeDef, TypeRef, Uses};

/// Sets the groups that use each type, and which side sends it.
pub fn reach(types: &mut IndexMap<String, TypeDef>, uses: &[Uses], groups: &[String]) {
    for (uses, group) in uses.iter().zip(groups) {
        let sent = uses.path.iter().chain(&uses.query).chain(&uses.body).map(|ty| (ty, true));
        for (ty, sent) in sent.chain(uses.answer.iter().map(|(ty, _)| (ty, false))) {
            mark(types, ty, group, sent, &mut HashSet::new());
        }
    }
}

fn mark(types: &mut IndexMap<String, TypeDef>, ty: &TypeRef, group: &str, sent: bool, seen: &mut HashSet<String>) {
    let Some(name) = ty.named().filter(|name| seen.insert((*name).to_owned())) else { return };
    let Some(type_def) = types.get_mut(name) else { return };
    type_def.groups.insert(group.to_owned());
    type_def.sent |= sent;
    type_def.received |= !sent;
    let below: Vec<TypeRef> = match &type_def.shape {
        Shape::Struct(structure) => structure.fields.iter().map(|field| field.ty.clone()).collect(),
        Shape::Enum(_) => Vec::new(),
        Shape::Tagged { branches, .. } => branches.iter().map(|(_, ty)| ty.clone()).collect(),
        Shape::Untagged(branches) => branches.clone(),
    };
    for ty in &below {
        mark(types, ty, group, sent, seen);
    }
}
