//! Finds items without documentation. Everything in the documents in `spec/` must be documented.

use std::collections::BTreeSet;

use crate::emit::{values_of, variant_names};
use crate::model::Shape;
use crate::operations::PAGE_PARAMETERS;
use crate::pipeline::Plan;

/// Returns the keys that are missing in `spec/summaries.toml` and `spec/docs.toml`.
pub fn missing(plan: &Plan) -> Vec<String> {
    let mut missing = BTreeSet::new();
    let (summaries, docs) = (&plan.settings.summaries, &plan.settings.docs);
    for (operation, group) in plan.operations.iter().zip(&plan.groups.of_operation) {
        if !summaries.operations.contains_key(&operation.id) {
            missing.insert(format!("  operations.{}", operation.id));
        }
        if !summaries.groups.contains_key(group) {
            missing.insert(format!("  groups.{group}"));
        }
        let inputs = operation.path_parameters.iter().chain(&operation.query_parameters);
        for name in inputs.map(|input| &input.name).filter(|name| !PAGE_PARAMETERS.contains(&name.as_str())) {
            if !docs.parameters.contains_key(name) && !docs.parameters.contains_key(&format!("{}.{name}", operation.id))
            {
                missing.insert(format!("  parameters.{name}"));
            }
        }
    }
    for type_def in plan.model.types.values() {
        let name = &type_def.name;
        if !docs.types.contains_key(name) {
            missing.insert(format!("  types.{name}"));
        }
        if let Shape::Struct(structure) = &type_def.shape {
            let members = structure.fields.iter().map(|field| &field.name);
            let undocumented = members.filter(|member| {
                !docs.members.contains_key(*member) && !docs.type_members.contains_key(&format!("{name}.{member}"))
            });
            missing.extend(undocumented.map(|member| format!("  members.{member} ({name})")));
        }
        let values = values_of(type_def);
        for (value, variant) in values.iter().zip(variant_names(plan, type_def).unwrap_or_default()) {
            let keys = [format!("{name}.{variant}"), format!("{name}.{value}"), value.clone()];
            if !keys.iter().any(|key| docs.values.contains_key(key)) {
                missing.insert(format!("  values.{name}.{variant} ({value})"));
            }
        }
    }
    missing.into_iter().collect()
}
