//! Names of types. Explicit ones from `spec/names.toml`, and names derived from the places of a type.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;

use crate::classes::Classes;
use crate::graph::{Graph, NodeId, NodeKind, Origin};
use crate::operations::Operation;
use crate::settings::Names;
use crate::words::{pascal, singular, subject, type_name, unique};

/// The rank of a name candidate. Names of parameters only count if there are no others.
const ANSWER: u8 = 0;
const BODY: u8 = 1;
const MEMBER: u8 = 2;
const BRANCH: u8 = 3;
const PARAMETER: u8 = 4;

/// Returns the explicit name of each node, and the problems with explicit names.
pub fn explicit(graph: &Graph, names: &Names) -> (Vec<Option<String>>, Vec<String>) {
    let mut given: Vec<Option<String>> = vec![None; graph.nodes.len()];
    let mut problems = Vec::new();
    let places: HashMap<&str, NodeId> =
        graph.nodes.iter().enumerate().map(|(id, node)| (node.location.as_str(), id)).collect();
    for (name, patterns) in &names.types {
        for pattern in patterns {
            let matches: Vec<NodeId> = if pattern.contains('*') {
                (0..graph.nodes.len())
                    .filter(|&id| graph.nodes.get(id).is_some_and(|node| glob(pattern, &node.location)))
                    .collect()
            } else {
                places.get(pattern.as_str()).copied().into_iter().collect()
            };
            if matches.is_empty() {
                problems.push(format!("  type {name}: {pattern} in spec/names.toml matches no place in the document"));
            }
            for id in matches {
                let Some(slot) = given.get_mut(id) else { continue };
                match slot {
                    Some(other) if other != name => {
                        problems.push(format!("  {pattern} has two type names: {other} and {name}"))
                    }
                    _ => *slot = Some(name.clone()),
                }
            }
        }
    }
    (given, problems)
}

/// Whether a pattern matches a location or a name. `*` matches one step, or a part of one.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    let step = rest.find(['.', '|', '[', '{']).unwrap_or(rest.len());
    (0..=step).any(|cut| rest.get(cut..).is_some_and(|rest| glob(after, rest)))
}

pub struct Naming<'a> {
    pub graph: &'a Graph,
    pub classes: &'a Classes,
    pub operations: &'a [Operation],
    pub explicit: &'a [Option<String>],
    /// Whether unsettled names are an error. Otherwise, one of the candidates is chosen.
    pub strict: bool,
}

/// The name of each type that needs one.
pub struct TypeNames {
    pub names: HashMap<NodeId, String>,
    pub problems: Vec<String>,
}

impl Naming<'_> {
    pub fn names(&self) -> TypeNames {
        let members = self.classes.members();
        let mut names = HashMap::new();
        let mut problems = Vec::new();
        // A type's name can depend on the names of its parents: nested types need several rounds.
        loop {
            let before = names.len();
            for (&class, nodes) in &members {
                if names.contains_key(&class) {
                    continue;
                }
                if let Some(name) = self.name(class, nodes, &names, &mut problems) {
                    names.insert(class, name);
                }
            }
            if names.len() == before {
                break;
            }
        }
        // Types that contain each other wait for each other's names.
        for &class in members.keys() {
            names.entry(class).or_insert_with(|| type_name(""));
        }
        self.settle_clashes(&members, &mut names, &mut problems);
        TypeNames { names, problems }
    }

    fn name(
        &self,
        class: NodeId,
        nodes: &[NodeId],
        names: &HashMap<NodeId, String>,
        problems: &mut Vec<String>,
    ) -> Option<String> {
        let given: BTreeSet<&String> = nodes.iter().filter_map(|&id| self.explicit.get(id)?.as_ref()).collect();
        if let Some(&first) = given.first() {
            if given.len() > 1 {
                problems.push(format!("  one type has several names in spec/names.toml: {given:?}"));
            }
            return Some(first.clone());
        }
        let candidates = self.candidates(class, nodes, names)?;
        let first = type_name(candidates.first()?);
        if candidates.len() > 1 && self.strict && !self.is_constant(nodes) {
            let places: Vec<&str> =
                nodes.iter().filter_map(|&id| Some(self.graph.nodes.get(id)?.location.as_str())).take(4).collect();
            problems.push(format!(
                "  one type has several possible names: {candidates:?}; it is used at {}",
                places.join(", ")
            ));
        }
        Some(first)
    }

    fn is_constant(&self, nodes: &[NodeId]) -> bool {
        nodes.iter().all(|&id| self.constant(id).is_some())
    }

    fn constant(&self, id: NodeId) -> Option<&str> {
        match &self.graph.nodes.get(id)?.kind {
            NodeKind::Constant(text) => Some(text),
            _ => None,
        }
    }

    /// Returns all names from the places of a type. `None` while a parent has no name.
    fn candidates(&self, class: NodeId, nodes: &[NodeId], names: &HashMap<NodeId, String>) -> Option<Vec<String>> {
        let mut found: Vec<(u8, String)> = Vec::new();
        for node in nodes.iter().filter_map(|&id| self.graph.nodes.get(id)) {
            let id = &self.operations.get(node.operation)?.id;
            let candidate = match &node.origin {
                Origin::Answer(true) => (ANSWER, singular(&subject(id))),
                Origin::Answer(false) => (ANSWER, subject(id)),
                Origin::Body => (BODY, id.clone()),
                Origin::Member(parent, member, element) => {
                    let parent = self.classes.find(*parent);
                    let member = pascal(member);
                    (MEMBER, format!("{}{}", names.get(&parent)?, if *element { singular(&member) } else { member }))
                }
                Origin::Branch(union, constant) => {
                    let union = self.classes.find(*union);
                    if union == class {
                        continue;
                    }
                    (BRANCH, format!("{}{}", pascal(constant.as_deref().unwrap_or_default()), names.get(&union)?))
                }
                Origin::Parameter(parameter) => (PARAMETER, format!("{}{}", subject(id), pascal(parameter))),
            };
            if !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        let best = found.iter().map(|(rank, _)| *rank).min()?;
        found.retain(|(rank, _)| (*rank < PARAMETER) == (best < PARAMETER));
        let names: BTreeSet<String> = found.iter().map(|(_, name)| name.clone()).collect();
        // ApplicationType replaces CreateApplicationType, because the prefix only describes the place of the type.
        let is_longer = |name: &str| names.iter().any(|other| other != name && name.ends_with(other.as_str()));
        let mut shortest: Vec<String> = Vec::new();
        for (_, name) in found {
            if !is_longer(&name) && !shortest.contains(&name) {
                shortest.push(name);
            }
        }
        Some(shortest)
    }

    /// Makes the names of different types unique. In strict mode, equal names are an error.
    fn settle_clashes(
        &self,
        members: &IndexMap<NodeId, Vec<NodeId>>,
        names: &mut HashMap<NodeId, String>,
        problems: &mut Vec<String>,
    ) {
        // Equal constants of the same name are one type.
        let texts = |nodes: &[NodeId]| nodes.iter().map(|&id| self.constant(id)).collect::<Option<BTreeSet<&str>>>();
        let mut owners: BTreeMap<String, IndexMap<_, Vec<NodeId>>> = BTreeMap::new();
        for (&class, nodes) in members {
            if let Some(name) = names.get(&class) {
                owners.entry(name.clone()).or_default().entry(texts(nodes).ok_or(class)).or_default().push(class);
            }
        }
        let mut taken: HashSet<String> = owners.keys().cloned().collect();
        for (name, mut types) in owners.into_iter().filter(|(_, types)| types.len() > 1) {
            // Most constants become no type, so the others have the first choice.
            types.sort_by(|a, _, b, _| a.is_ok().cmp(&b.is_ok()));
            let first = |classes: &Vec<NodeId>| classes.first().and_then(|&id| self.graph.nodes.get(id));
            if self.strict {
                let places: Vec<&str> = types.values().filter_map(first).map(|node| node.location.as_str()).collect();
                problems.push(format!("  several types have the name {name}: {}", places.join(", ")));
                continue;
            }
            for classes in types.values().skip(1) {
                let Some(node) = first(classes) else { continue };
                let operation = self.operations.get(node.operation).map_or("", |operation| operation.id.as_str());
                let other = unique(&type_name(&format!("{operation}{name}")), &mut taken);
                problems.push(format!("  several types have the name {name}; {} becomes {other}", node.location));
                names.extend(classes.iter().map(|&class| (class, other.clone())));
            }
        }
    }
}
