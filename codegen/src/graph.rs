//! A graph of all places in the API with a named type: objects, enums and unions.

use indexmap::{IndexMap, IndexSet};

use crate::operations::{BodyKind, Input, Operation};
use crate::schema::{Facts, Kind, Schema, Span};

pub type NodeId = usize;

/// A use of a type.
#[derive(Clone, Debug)]
pub struct Slot {
    pub ty: Ty,
    pub nullable: bool,
    pub facts: Facts,
}

#[derive(Clone, Debug)]
pub enum Ty {
    Any,
    FreeObject,
    String,
    Binary,
    Integer,
    Float,
    Boolean,
    BooleanConstant(bool),
    List(Box<Slot>),
    Map(Box<Slot>),
    Node(NodeId),
}

#[derive(Debug)]
pub enum NodeKind {
    Object { members: IndexMap<String, NodeMember>, open: bool },
    Enum(IndexSet<String>),
    Constant(String),
    Union(Vec<Slot>),
}

#[derive(Debug)]
pub struct NodeMember {
    pub slot: Slot,
    pub required: bool,
    pub span: Span,
}

/// The origin of a node. Its name is derived from it if `spec/names.toml` does not set one.
#[derive(Clone, Debug)]
pub enum Origin {
    Body,
    /// The answer, or an element of it if `true`.
    Answer(bool),
    Parameter(String),
    /// A member of the given node, or an element of the member if `true`.
    Member(NodeId, String, bool),
    /// A branch of the given union, with its constant.
    Branch(NodeId, Option<String>),
}

#[derive(Debug)]
pub struct Node {
    pub location: String,
    pub operation: usize,
    pub origin: Origin,
    pub kind: NodeKind,
    pub signature: String,
    pub facts: Facts,
}

/// The types that an operation sends and receives.
pub struct Roots {
    pub path: Vec<Slot>,
    pub query: Vec<Slot>,
    pub body: Option<Slot>,
    pub answer: Option<Slot>,
}

pub struct Graph {
    pub nodes: Vec<Node>,
    pub roots: Vec<Roots>,
}

impl Graph {
    pub fn new(operations: &[Operation]) -> Self {
        let mut graph = Self { nodes: Vec::new(), roots: Vec::new() };
        for (index, operation) in operations.iter().enumerate() {
            let id = &operation.id;
            let answer = operation.answer.schema.as_ref().map(|schema| {
                graph.slot(schema, format!("{id}.{}", operation.answer.status), index, &Origin::Answer(false))
            });
            // The members of a multipart body become arguments, not a type.
            let body = operation
                .body
                .as_ref()
                .filter(|body| body.kind != BodyKind::Multipart)
                .map(|body| graph.slot(&body.schema, format!("{id}.body"), index, &Origin::Body));
            let mut inputs = |inputs: &[Input]| {
                let slot = |input: &Input| {
                    graph.slot(
                        &input.schema,
                        format!("{id}.parameters.{}", input.name),
                        index,
                        &Origin::Parameter(input.name.clone()),
                    )
                };
                inputs.iter().map(slot).collect()
            };
            let (path, query) = (inputs(&operation.path_parameters), inputs(&operation.query_parameters));
            graph.roots.push(Roots { path, query, body, answer });
        }
        graph
    }

    fn slot(&mut self, schema: &Schema, location: String, operation: usize, origin: &Origin) -> Slot {
        let ty = match &schema.kind {
            Kind::Any => Ty::Any,
            Kind::FreeObject => Ty::FreeObject,
            Kind::String => Ty::String,
            Kind::Binary => Ty::Binary,
            Kind::Integer => Ty::Integer,
            Kind::Float => Ty::Float,
            Kind::Boolean => Ty::Boolean,
            Kind::BooleanConstant(value) => Ty::BooleanConstant(*value),
            Kind::Array(items) => {
                Ty::List(Box::new(self.slot(items, format!("{location}[]"), operation, &origin.element())))
            }
            Kind::Map(values) => {
                Ty::Map(Box::new(self.slot(values, format!("{location}{{}}"), operation, &origin.element())))
            }
            Kind::TextConstant(_) | Kind::Enum(_) | Kind::Object(_) | Kind::Union(_) => {
                Ty::Node(self.node(schema, location, operation, origin))
            }
        };
        Slot { ty, nullable: schema.nullable, facts: schema.facts.clone() }
    }

    fn node(&mut self, schema: &Schema, location: String, operation: usize, origin: &Origin) -> NodeId {
        let id = self.nodes.len();
        let signature = Schema { nullable: false, ..schema.clone() }.signature();
        let kind = NodeKind::Enum(IndexSet::new());
        self.nodes.push(Node {
            location: location.clone(),
            operation,
            origin: origin.clone(),
            kind,
            signature,
            facts: schema.facts.clone(),
        });
        let kind = match &schema.kind {
            Kind::TextConstant(text) => NodeKind::Constant(text.clone()),
            Kind::Enum(values) => NodeKind::Enum(values.clone()),
            Kind::Object(object) => {
                let members = object.members.iter().map(|(name, member)| {
                    let origin = Origin::Member(id, name.clone(), false);
                    let slot = self.slot(&member.schema, format!("{location}.{name}"), operation, &origin);
                    (name.clone(), NodeMember { slot, required: member.required, span: member.span })
                });
                NodeKind::Object { members: members.collect(), open: object.open }
            }
            Kind::Union(branches) => {
                let branches = branches.iter().enumerate().map(|(index, branch)| {
                    let constant = constant(branch);
                    let step = constant.clone().unwrap_or_else(|| index.to_string());
                    self.slot(branch, format!("{location}|{step}"), operation, &Origin::Branch(id, constant))
                });
                NodeKind::Union(branches.collect())
            }
            _ => unreachable!("only schemas that need a named type become nodes"),
        };
        if let Some(node) = self.nodes.get_mut(id) {
            node.kind = kind;
        }
        id
    }
}

impl Origin {
    fn element(&self) -> Self {
        match self {
            Self::Answer(_) => Self::Answer(true),
            Self::Member(node, name, _) => Self::Member(*node, name.clone(), true),
            other => other.clone(),
        }
    }
}

/// Returns the text that identifies a branch. It is its first required constant.
fn constant(branch: &Schema) -> Option<String> {
    let Kind::Object(object) = &branch.kind else { return None };
    object.members.values().find_map(|member| match &member.schema.kind {
        Kind::TextConstant(text) if member.required => Some(text.clone()),
        _ => None,
    })
}
