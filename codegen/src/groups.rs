//! Groups of operations: a module, an accessor and a feature for each tag.

use indexmap::IndexMap;

use crate::operations::Operation;
use crate::settings::Names;
use crate::words;

/// The feature for all tags that belong to no other feature.
const REST: &str = "management";

pub struct Groups {
    /// The group of each operation.
    pub of_operation: Vec<String>,
    /// The tag of each group, by group name.
    pub tags: IndexMap<String, String>,
    /// The groups of each feature that contains several groups.
    pub features: IndexMap<String, Vec<String>>,
}

impl Groups {
    pub fn new(operations: &[Operation], names: &Names) -> Self {
        let mut tags: IndexMap<String, String> = IndexMap::new();
        let mut features: IndexMap<String, Vec<String>> = IndexMap::new();
        let mut of_operation = Vec::new();
        for operation in operations {
            let tag = &operation.tag;
            let group = names.modules.get(tag).cloned().unwrap_or_else(|| words::group(tag));
            let holder = names.groups.iter().find(|(_, tags)| tags.contains(tag)).map_or(REST, |(feature, _)| feature);
            if tags.insert(group.clone(), tag.clone()).is_none() {
                features.entry(holder.to_owned()).or_default().push(group.clone());
            }
            of_operation.push(group);
        }
        tags.sort_keys();
        features.values_mut().for_each(|groups| groups.sort_unstable());
        Self { of_operation, tags, features }
    }
}

/// Returns the feature of a group.
pub fn feature(group: &str) -> String {
    group.replace('_', "-")
}
