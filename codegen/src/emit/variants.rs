//! Names of variants: those in `spec/names.toml`, or else derived from the value.

use std::collections::HashSet;

use crate::failure::{Failure, Result};
use crate::model::{Shape, TypeDef, TypeRef};
use crate::pipeline::Plan;
use crate::words::{pascal, unique};

/// The variant that the macros add.
const UNKNOWN: &str = "Unknown";

/// Returns the values of an open enum, or the constants of a tagged union.
pub fn values_of(type_def: &TypeDef) -> Vec<String> {
    match &type_def.shape {
        Shape::Struct(_) | Shape::Untagged(_) => Vec::new(),
        Shape::Enum(values) => values.iter().cloned().collect(),
        Shape::Tagged { branches, .. } => branches.iter().map(|(constant, _)| constant.clone()).collect(),
    }
}

/// Returns the names of the variants of an enum or a union, in order. In the document of a user's server, equal names get
/// a number.
pub fn variant_names(plan: &Plan, type_def: &TypeDef) -> Result<Vec<String>> {
    let derived: Vec<(String, String)> = match &type_def.shape {
        Shape::Untagged(branches) => branches.iter().map(|ty| (branch_name(ty), branch_name(ty))).collect(),
        _ => values_of(type_def).into_iter().map(|value| (value.clone(), value_name(&value))).collect(),
    };
    let settled = &plan.settings.names.variants;
    let names = derived.into_iter().map(|(value, derived)| {
        let name = settled.get(&format!("{}.{value}", type_def.name)).or_else(|| settled.get(&value));
        name.cloned().unwrap_or(derived)
    });
    let mut taken = HashSet::from([UNKNOWN.to_owned()]);
    names
        .map(|name| match unique(&name, &mut taken) {
            other if other != name && plan.is_strict => {
                Err(Failure::Unsettled(vec![format!("  type {}: two variants have the name {name}", type_def.name)]))
            }
            settled => Ok(settled),
        })
        .collect()
}

/// Returns the variant's name for a value. A URN is reduced to its last part.
fn value_name(value: &str) -> String {
    let last = if value.starts_with("urn:") { value.rsplit(':').next().unwrap_or(value) } else { value };
    let name = pascal(last);
    if name.is_empty() { "Empty".to_owned() } else { name }
}

/// Returns the variant's name for a branch without a constant.
pub fn branch_name(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Named(name) => name.clone(),
        TypeRef::List(..) => "List".to_owned(),
        TypeRef::Map(..) | TypeRef::FreeObject => "Object".to_owned(),
        TypeRef::String | TypeRef::Binary => "String".to_owned(),
        TypeRef::Integer | TypeRef::Float | TypeRef::Milliseconds | TypeRef::Seconds => "Number".to_owned(),
        TypeRef::Boolean => "Boolean".to_owned(),
        TypeRef::True => "True".to_owned(),
        TypeRef::False => "False".to_owned(),
        TypeRef::Any => "Any".to_owned(),
    }
}
