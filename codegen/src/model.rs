//! The types that are written out: what Rust (and later JavaScript) is generated from.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};

use crate::schema::Facts;

pub struct TypeDef {
    pub name: String,
    pub shape: Shape,
    /// The groups whose operations use the type.
    pub groups: BTreeSet<String>,
    /// Whether callers build it, because it is sent.
    pub sent: bool,
    pub facts: Facts,
    pub locations: Vec<String>,
}

pub enum Shape {
    Struct(Struct),
    Enum(IndexSet<String>),
    /// Objects that the constant member `tag` tells apart.
    Tagged {
        tag: String,
        branches: Vec<(String, TypeRef)>,
    },
    Untagged(Vec<TypeRef>),
}

pub struct Struct {
    pub fields: Vec<Field>,
    /// A member that is always the same, and so no field.
    pub tag: Option<(String, String)>,
    pub open: bool,
}

pub struct Field {
    pub name: String,
    pub ty: TypeRef,
    pub required: bool,
    pub nullable: bool,
    pub secret: bool,
    pub facts: Facts,
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
    /// The name of the type that it is or that it holds.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(inner, _) | Self::Map(inner, _) => inner.named(),
            _ => None,
        }
    }
}

/// All types, and what each operation takes and gives.
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
