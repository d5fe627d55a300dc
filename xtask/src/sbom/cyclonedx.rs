//! The documents of CycloneDX.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::tree::Node;

/// Subject of a document.
pub(super) struct Subject {
    pub(super) name: &'static str,
    /// The type of the component.
    pub(super) kind: &'static str,
    /// The type of the package URL.
    pub(super) purl: &'static str,
}

/// The checksums of crates by name and version.
pub(super) type Checksums = HashMap<(String, String), String>;

/// Returns the document. `trees` are the trees of the crates that the subject consists of.
pub(super) fn document(subject: &Subject, time: &str, trees: &[Vec<Node>], checksums: &Checksums) -> Result<Value> {
    let version = &trees.first().and_then(|tree| tree.first()).context("the subject consists of no crate")?.version;
    let subject_url = format!("pkg:{}/{}@{version}", subject.purl, subject.name);
    let mut components = BTreeMap::new();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    edges.insert(subject_url.clone(), BTreeSet::new());
    for tree in trees {
        let mut path = vec![subject_url.clone()];
        for node in tree {
            let url = url(node);
            // A crate is its own subject. A package and an image contain their crates.
            let is_subject = url == subject_url;
            let depth = node.depth + usize::from(subject.purl != "cargo");
            path.truncate(depth);
            if let Some(parent) = path.last().filter(|_| !is_subject) {
                edges.entry(parent.clone()).or_default().insert(url.clone());
            }
            edges.entry(url.clone()).or_default();
            if !is_subject {
                components.entry(url.clone()).or_insert_with(|| component(node, checksums));
            }
            path.push(url);
        }
    }
    let dependencies: Vec<_> = edges.iter().map(|(url, on)| json!({ "ref": url, "dependsOn": on })).collect();
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time,
            "tools": { "components": [{ "type": "application", "name": "cargo xtask sbom" }] },
            "component": {
                "type": subject.kind,
                "bom-ref": subject_url,
                "name": subject.name,
                "version": version,
                "purl": subject_url,
                "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            },
        },
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies,
    }))
}

/// Returns the number of components in a document.
pub(super) fn components(document: &Value) -> usize {
    document.get("components").and_then(Value::as_array).map_or(0, Vec::len)
}

fn component(node: &Node, checksums: &Checksums) -> Value {
    let url = url(node);
    let licence = Some(&node.licence).filter(|licence| !licence.is_empty());
    let checksum = checksums.get(&(node.name.clone(), node.version.clone()));
    let repository = Some(&node.repository).filter(|repository| !repository.is_empty());
    json!({
        "type": "library",
        "bom-ref": url,
        "name": node.name,
        "version": node.version,
        "purl": url,
        "licenses": list(licence, |licence| json!({ "expression": expression(licence) })),
        "hashes": list(checksum, |checksum| json!({ "alg": "SHA-256", "content": checksum })),
        "externalReferences": list(repository, |repository| json!({ "type": "vcs", "url": repository })),
    })
}

fn list(text: Option<&String>, form: impl Fn(&str) -> Value) -> Vec<Value> {
    text.into_iter().map(|text| form(text)).collect()
}

fn url(node: &Node) -> String {
    // `+` is reserved in package URLs.
    format!("pkg:cargo/{}@{}", node.name, node.version.replace('+', "%2B"))
}

/// Returns the licence as an SPDX expression. Old manifests have `MIT/Apache-2.0`.
fn expression(licence: &str) -> String {
    licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(depth: usize, name: &str) -> Node {
        Node {
            depth,
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT/Apache-2.0".to_owned(),
            repository: "https://example.com".to_owned(),
        }
    }

    fn edges(document: &Value) -> BTreeMap<&str, Vec<&str>> {
        let list = document["dependencies"].as_array().unwrap().iter();
        list.map(|edge| {
            let on = edge["dependsOn"].as_array().unwrap().iter();
            (edge["ref"].as_str().unwrap(), on.map(|url| url.as_str().unwrap()).collect())
        })
        .collect()
    }

    #[test]
    fn a_crate_has_its_dependencies() {
        let subject = Subject { name: "a", kind: "library", purl: "cargo" };
        let tree = vec![node(0, "a"), node(1, "b"), node(2, "c"), node(1, "c")];
        let checksums = [(("b".to_owned(), "1.0.0".to_owned()), "00ff".to_owned())].into();
        let document = document(&subject, "2026-01-01T00:00:00Z", &[tree], &checksums).unwrap();
        assert_eq!(components(&document), 2);
        assert_eq!(document["components"][0]["hashes"][0]["content"], "00ff");
        assert_eq!(document["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(document["metadata"]["component"]["bom-ref"], "pkg:cargo/a@1.0.0");
        let [a, b, c] = ["pkg:cargo/a@1.0.0", "pkg:cargo/b@1.0.0", "pkg:cargo/c@1.0.0"];
        assert_eq!(edges(&document), [(a, vec![b, c]), (b, vec![c]), (c, vec![])].into());
    }

    #[test]
    fn a_package_contains_crates() {
        let subject = Subject { name: "a", kind: "library", purl: "npm" };
        let trees = [vec![node(0, "a"), node(1, "b")], vec![node(0, "d"), node(1, "a"), node(2, "b")]];
        let document = document(&subject, "2026-01-01T00:00:00Z", &trees, &Checksums::new()).unwrap();
        assert_eq!(components(&document), 3);
        let [p, a, b, d] = ["pkg:npm/a@1.0.0", "pkg:cargo/a@1.0.0", "pkg:cargo/b@1.0.0", "pkg:cargo/d@1.0.0"];
        assert_eq!(edges(&document), [(p, vec![a, d]), (a, vec![b]), (b, vec![]), (d, vec![a])].into());
    }

    #[test]
    fn a_subject_without_crates_is_an_error() {
        let subject = Subject { name: "a", kind: "library", purl: "npm" };
        assert!(document(&subject, "2026-01-01T00:00:00Z", &[], &Checksums::new()).is_err());
    }
}
