//! Joins places that have the same type. Structurally equal ones, those with the same name, and then their members.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::graph::{Graph, NodeId, NodeKind, Slot, Ty};

/// Classes of nodes that have the same type.
pub struct Classes {
    parents: Vec<NodeId>,
}

impl Classes {
    /// Joins the nodes of a graph. `names` contains the explicit name of each node that has one. Nodes whose name is in
    /// `apart` are not joined with other structurally equal nodes.
    pub fn new(graph: &Graph, names: &[Option<String>], apart: &[String]) -> Self {
        let mut classes = Self { parents: (0..graph.nodes.len()).collect() };
        classes.join_equal(graph, names, apart);
        classes.join_named(names);
        while classes.join_members(graph) || classes.collapse_unions(graph) {}
        classes
    }

    /// Returns the node that represents the class of this node.
    pub fn find(&self, mut node: NodeId) -> NodeId {
        while let Some(&parent) = self.parents.get(node) {
            if parent == node {
                break;
            }
            node = parent;
        }
        node
    }

    /// Returns the nodes of each class, in document order.
    pub fn members(&self) -> IndexMap<NodeId, Vec<NodeId>> {
        let mut members: IndexMap<NodeId, Vec<NodeId>> = IndexMap::new();
        for node in 0..self.parents.len() {
            members.entry(self.find(node)).or_default().push(node);
        }
        members
    }

    /// Joins the classes of two nodes. Returns whether they were separate.
    fn join(&mut self, a: NodeId, b: NodeId) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(parent) = self.parents.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
        a != b
    }

    /// Joins structurally equal nodes. Constants are identified by their place instead.
    fn join_equal(&mut self, graph: &Graph, names: &[Option<String>], apart: &[String]) {
        let mut first: HashMap<(&str, Option<&str>), NodeId> = HashMap::new();
        for (id, node) in graph.nodes.iter().enumerate() {
            if matches!(node.kind, NodeKind::Constant(_)) {
                continue;
            }
            let apart = names.get(id).and_then(Option::as_deref).filter(|name| apart.iter().any(|apart| apart == name));
            let other = *first.entry((&node.signature, apart)).or_insert(id);
            self.join(id, other);
        }
    }

    fn join_named(&mut self, names: &[Option<String>]) {
        let mut first: HashMap<&str, NodeId> = HashMap::new();
        for (id, name) in names.iter().enumerate() {
            if let Some(name) = name {
                let other = *first.entry(name.as_str()).or_insert(id);
                self.join(id, other);
            }
        }
    }

    /// Joins the types that a member or a branch has in the nodes of one class. Returns whether that changed anything.
    fn join_members(&mut self, graph: &Graph) -> bool {
        let mut changed = false;
        for nodes in self.members().values() {
            // For each member, the first slot of each shape. Later slots are joined with the one of their shape.
            let mut members: HashMap<&str, Vec<&Slot>> = HashMap::new();
            let mut branches: HashMap<String, &Slot> = HashMap::new();
            for node in nodes.iter().filter_map(|&id| graph.nodes.get(id)) {
                match &node.kind {
                    NodeKind::Object { members: own, .. } => {
                        for (name, member) in own {
                            let shapes = members.entry(name).or_default();
                            match shapes.iter().find(|first| same_shape(graph, first, &member.slot)) {
                                Some(first) => changed |= self.join_slots(first, &member.slot),
                                None => shapes.push(&member.slot),
                            }
                        }
                    }
                    NodeKind::Union(own) => {
                        for branch in own {
                            let Some(tag) = branch_tag(graph, branch) else { continue };
                            let first = *branches.entry(tag).or_insert(branch);
                            changed |= same_shape(graph, first, branch) && self.join_slots(first, branch);
                        }
                    }
                    NodeKind::Enum(_) | NodeKind::Constant(_) => {}
                }
            }
        }
        changed
    }

    fn join_slots(&mut self, a: &Slot, b: &Slot) -> bool {
        match (&a.ty, &b.ty) {
            (Ty::List(a), Ty::List(b)) | (Ty::Map(a), Ty::Map(b)) => self.join_slots(a, b),
            (Ty::Node(a), Ty::Node(b)) => self.join(*a, *b),
            _ => false,
        }
    }

    /// Joins each union whose branches all have the same type with that type. Returns whether that changed anything.
    fn collapse_unions(&mut self, graph: &Graph) -> bool {
        let mut changed = false;
        for (id, node) in graph.nodes.iter().enumerate() {
            let NodeKind::Union(branches) = &node.kind else { continue };
            let mut types = branches.iter().map(|branch| match branch.ty {
                Ty::Node(node) => Some(self.find(node)),
                _ => None,
            });
            if let Some(Some(first)) = types.next() {
                let one = types.all(|other| other == Some(first));
                changed |= one && self.join(id, first);
            }
        }
        changed
    }
}

/// Whether two slots can have the same type. They are lists or maps of the same type, or nodes of the same kind.
fn same_shape(graph: &Graph, a: &Slot, b: &Slot) -> bool {
    let is_text = |id: NodeId| {
        matches!(graph.nodes.get(id).map(|node| &node.kind), Some(NodeKind::Enum(_) | NodeKind::Constant(_)))
    };
    match (&a.ty, &b.ty) {
        (Ty::List(a), Ty::List(b)) | (Ty::Map(a), Ty::Map(b)) => same_shape(graph, a, b),
        (Ty::Node(a), Ty::Node(b)) => is_text(*a) == is_text(*b),
        (Ty::List(_) | Ty::Map(_) | Ty::Node(_), _) | (_, Ty::List(_) | Ty::Map(_) | Ty::Node(_)) => false,
        _ => true,
    }
}

/// Returns the constant that identifies a branch.
fn branch_tag(graph: &Graph, branch: &Slot) -> Option<String> {
    let Ty::Node(node) = branch.ty else { return None };
    let NodeKind::Object { members, .. } = &graph.nodes.get(node)?.kind else { return None };
    members.values().filter(|member| member.required).find_map(|member| match member.slot.ty {
        Ty::Node(constant) => match &graph.nodes.get(constant)?.kind {
            NodeKind::Constant(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    })
}
