//! The types from which the Rust and TypeScript code is generated.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};

use crate::schema::{Facts, Span};

pub struct TypeDef {
    pub name: String,
    pub shape: Shape,
    /// The groups whose operations use the type.
    pub groups: BTreeSet<String>,
    /// Whether requests send the type, so that callers construct it.
    pub sent: bool,
    /// Whether answers contain the type.
    pub received: bool,
    pub facts: Facts,
    pub locations: Vec<String>,
}

pub enum Shape {
    Struct(Struct),
    Enum(IndexSet<String>),
    /// Objects that are identified by the constant member `tag`.
    Tagged {
        tag: String,
        branches: Vec<(String, TypeRef)>,
    },
    Untagged(Vec<TypeRef>),
}

/// The member for the additional members of an open object.
pub const EXTRA: &str = "extra";

pub struct Struct {
    pub fields: Vec<Field>,
    /// A constant member, which therefore has no field.
    pub tag: Option<(String, String)>,
    pub open: bool,
}

pub struct Field {
    /// Name in JSON.
    pub name: String,
    /// Name of the struct's member.
    pub member: String,
    pub ty: TypeRef,
    pub required: bool,
    pub nullable: bool,
    pub secret: bool,
    pub facts: Facts,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TypeRef {
    Any,
    FreeObject,
    String,
    Binary,
    Integer,
    Float,
    Boolean,
    True,
    False,
    Milliseconds,
    Seconds,
    List(Box<TypeRef>, bool),
    Map(Box<TypeRef>, bool),
    Named(String),
}

impl TypeRef {
    /// Returns the name of this type, or of the type in this list or map.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(inner, _) | Self::Map(inner, _) => inner.named(),
            _ => None,
        }
    }
}

/// All types, and the types that each operation uses.
pub struct Model {
    pub types: IndexMap<String, TypeDef>,
    pub uses: Vec<Uses>,
}

pub struct Uses {
    pub path: Vec<TypeRef>,
    pub query: Vec<TypeRef>,
    pub body: Option<TypeRef>,
    pub answer: Option<(TypeRef, bool)>,
}
