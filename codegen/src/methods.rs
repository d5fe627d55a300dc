//! Names of methods, and their clashes.

use std::collections::{HashMap, HashSet};

use crate::groups::Groups;
use crate::operations::Operation;
use crate::settings::Names;
use crate::words::{self, unique};

/// Returns the name of an operation's method.
pub fn method_name(id: &str, group: &str, names: &Names) -> String {
    let nouns = names.nouns.get(group).map(Vec::as_slice).unwrap_or_default();
    names.methods.get(id).cloned().unwrap_or_else(|| words::method(id, group, nouns))
}

/// Adds a number to the name of a method if another one in its group has the name. Returns a problem for each.
pub fn settle(operations: &[Operation], groups: &Groups, names: &mut Names) -> Vec<String> {
    let mut problems = Vec::new();
    let mut taken: HashMap<&str, HashSet<String>> = HashMap::new();
    for (operation, group) in operations.iter().zip(&groups.of_operation) {
        let name = method_name(&operation.id, group, names);
        let settled = unique(&name, taken.entry(group).or_default());
        if settled != name {
            let id = &operation.id;
            problems
                .push(format!("  several operations have the method {group}().{name}; that of {id} becomes {settled}"));
            names.methods.insert(id.clone(), settled);
        }
    }
    problems
}
