//! Generates the features of `Cargo.toml`. One per group, and those that contain several groups.

use crate::failure::{Failure, Result};
use crate::groups::{Groups, feature};

const BEGIN: &str = "# generated features: begin\n";
const END: &str = "# generated features: end\n";

/// Returns the manifest with its section of generated features updated.
pub fn with_features(manifest: &str, groups: &Groups) -> Result<String> {
    let missing = || Failure::Usage(format!("Cargo.toml has no lines {:?} and {:?}", BEGIN.trim_end(), END.trim_end()));
    let (before, rest) = manifest.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    let mut section = String::new();
    for (holder, held) in &groups.features {
        let held: String = held
            .iter()
            .filter(|group| feature(group) != *holder)
            .map(|group| format!("    {:?},\n", feature(group)))
            .collect();
        if held.is_empty() {
            section.push_str(&format!("{holder} = []\n"));
        } else {
            section.push_str(&format!("{holder} = [\n{held}]\n"));
        }
    }
    for group in groups.tags.keys().map(|group| feature(group)).filter(|group| !groups.features.contains_key(group)) {
        section.push_str(&format!("{group} = []\n"));
    }
    Ok(format!("{before}{BEGIN}{section}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;

    #[test]
    fn only_the_generated_section_is_replaced() {
        let groups = Groups {
            of_operation: Vec::new(),
            tags: IndexMap::from([
                ("experience".into(), "Experience".into()),
                ("my_account".into(), "My account".into()),
            ]),
            features: IndexMap::from([
                ("experience".into(), vec!["experience".into()]),
                ("account".into(), vec!["my_account".into()]),
            ]),
        };
        let manifest = format!("a\n{BEGIN}old = []\n{END}b\n");
        let expected =
            format!("a\n{BEGIN}experience = []\naccount = [\n    \"my-account\",\n]\nmy-account = []\n{END}b\n");
        assert_eq!(with_features(&manifest, &groups).unwrap(), expected);
        assert!(with_features("", &groups).is_err());
    }
}
