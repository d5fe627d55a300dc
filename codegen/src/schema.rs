//! The generator's schemas: the meaning of a document's schemas, independent of how they are written.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    pub kind: Kind,
    pub nullable: bool,
    pub facts: Facts,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Any JSON value.
    Any,
    /// An object with arbitrary members.
    FreeObject,
    String,
    /// The bytes of a file in a multipart body.
    Binary,
    Integer,
    Float,
    Boolean,
    TextConstant(String),
    BooleanConstant(bool),
    Enum(IndexSet<String>),
    Array(Box<Schema>),
    Map(Box<Schema>),
    Object(Object),
    Union(Vec<Schema>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    pub members: IndexMap<String, Member>,
    /// Whether additional members are allowed.
    pub open: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub schema: Schema,
    pub required: bool,
}

/// Facts for the documentation, in addition to the type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub description: Option<String>,
    pub default: Option<Value>,
    pub format: Option<String>,
    pub pattern: Option<String>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub minimum: Option<String>,
    pub maximum: Option<String>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
    pub deprecated: bool,
}

impl Schema {
    pub fn new(kind: Kind) -> Self {
        Self { kind, nullable: false, facts: Facts::default() }
    }

    /// Returns a text that is the same for structurally equal schemas. It ignores facts and the order of members.
    pub fn signature(&self) -> String {
        let text = match &self.kind {
            Kind::Any => "any".to_owned(),
            Kind::FreeObject => "object".to_owned(),
            Kind::String => "string".to_owned(),
            Kind::Binary => "binary".to_owned(),
            Kind::Integer => "integer".to_owned(),
            Kind::Float => "float".to_owned(),
            Kind::Boolean => "boolean".to_owned(),
            Kind::TextConstant(text) => format!("={text:?}"),
            Kind::BooleanConstant(value) => format!("={value}"),
            Kind::Enum(values) => format!("enum{:?}", sorted(values.iter().cloned())),
            Kind::Array(items) => format!("[{}]", items.signature()),
            Kind::Map(values) => format!("<{}>", values.signature()),
            Kind::Object(object) => object.signature(),
            Kind::Union(branches) => format!("({})", sorted(branches.iter().map(Self::signature)).join("|")),
        };
        if self.nullable { format!("{text}?") } else { text }
    }
}

impl Object {
    fn signature(&self) -> String {
        let members = self.members.iter().map(|(name, member)| {
            format!("{name}{}:{}", if member.required { "!" } else { "" }, member.schema.signature())
        });
        format!("{{{}{}}}", sorted(members).join(","), if self.open { "+" } else { "" })
    }
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort_unstable();
    texts
}

impl Facts {
    /// Keeps the facts that both share. A missing description is copied from `other`.
    pub fn retain(&mut self, other: &Self) {
        fn keep<T: PartialEq>(own: &mut Option<T>, other: &Option<T>) {
            if own != other {
                *own = None;
            }
        }
        keep(&mut self.default, &other.default);
        keep(&mut self.format, &other.format);
        keep(&mut self.pattern, &other.pattern);
        keep(&mut self.min_length, &other.min_length);
        keep(&mut self.max_length, &other.max_length);
        keep(&mut self.minimum, &other.minimum);
        keep(&mut self.maximum, &other.maximum);
        keep(&mut self.min_items, &other.min_items);
        keep(&mut self.max_items, &other.max_items);
        self.deprecated &= other.deprecated;
        if self.description.is_none() {
            self.description.clone_from(&other.description);
        }
    }
}
