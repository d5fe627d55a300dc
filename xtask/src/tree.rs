//! Reads the dependency trees of crates from `cargo tree`. It resolves features as a build does.

use anyhow::{Context, Result};

use crate::command;

/// A crate with some of its features on some target.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    pub(crate) package: &'static str,
    /// Arguments of cargo that select features. Empty for the default features.
    pub(crate) features: &'static [&'static str],
    /// A target, or `all`.
    pub(crate) target: &'static str,
    /// The kinds of dependencies, as in `cargo tree --edges`.
    pub(crate) edges: &'static str,
}

/// A line of the tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// 0 for the selected crate.
    pub(crate) depth: usize,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: String,
    pub(crate) repository: String,
}

/// Returns the lines of the tree. A crate that several others need occurs several times.
pub(crate) fn nodes(selection: &Selection) -> Result<Vec<Node>> {
    let mut tree = command::cargo();
    tree.args(["tree", "--locked", "--prefix", "depth", "--format", "{p}\t{l}\t{r}", "--charset", "ascii"]);
    tree.args(["--package", selection.package, "--target", selection.target, "--edges", selection.edges]);
    let output = command::output(tree.args(selection.features))?;
    output.lines().filter(|line| !line.is_empty()).map(node).collect()
}

/// Parses a line such as `2serde v1.0.0 (proc-macro)`. Licence and repository follow, separated by tabs.
fn node(line: &str) -> Result<Node> {
    let unknown = || format!("unknown line in the output of `cargo tree`: {line:?}");
    let mut columns = line.trim_end_matches(" (*)").split('\t');
    let package = columns.next().unwrap_or_default();
    let name_at = package.find(|letter: char| !letter.is_ascii_digit()).with_context(unknown)?;
    let (depth, package) = package.split_at(name_at);
    let mut words = package.split(' ');
    let (name, version) = (words.next(), words.next().and_then(|version| version.strip_prefix('v')));
    Ok(Node {
        depth: depth.parse().with_context(unknown)?,
        name: name.with_context(unknown)?.to_owned(),
        version: version.with_context(unknown)?.to_owned(),
        licence: columns.next().unwrap_or_default().to_owned(),
        repository: columns.next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_depth_name_version_licence_and_repository() {
        let parsed =
            node("12serde_derive v1.0.2 (proc-macro)\tMIT OR Apache-2.0\thttps://example.com/serde (*)").unwrap();
        assert_eq!(
            parsed,
            Node {
                depth: 12,
                name: "serde_derive".to_owned(),
                version: "1.0.2".to_owned(),
                licence: "MIT OR Apache-2.0".to_owned(),
                repository: "https://example.com/serde".to_owned(),
            }
        );
    }

    #[test]
    fn lines_of_another_form_are_errors() {
        for line in ["", "serde v1.0.0", "1serde", "1serde 1.0.0"] {
            assert!(node(line).is_err(), "{line}");
        }
    }
}
