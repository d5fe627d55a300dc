//! The generator's schemas: the meaning of a document's schemas. It does not depend on how they are written.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use crate::release::Release;

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    pub kind: Kind,
    pub nullable: bool,
    pub facts: Facts,
    /// The signature in the newest release, if the schema merges several releases.
    pub newest: Option<String>,
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
    pub span: Span,
}

impl Member {
    /// Makes the member optional, because a release lacks it.
    pub fn loosen(&mut self) {
        self.span.loosened |= self.required;
        self.required = false;
    }
}

/// The releases with a member or a parameter, if not all of its operation have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub since: Option<Release>,
    pub until: Option<Release>,
    /// Whether the member is optional only because some releases lack it.
    pub loosened: bool,
}

impl Span {
    /// The span of a member that the releases after this one lack.
    pub const fn until(release: Release, loosened: bool) -> Self {
        Self { since: None, until: Some(release), loosened }
    }

    /// Widens the span to the latest start and the latest end that several places name.
    pub fn join(&mut self, other: Self) {
        self.since = self.since.max(other.since);
        self.until = self.until.max(other.until);
    }

    /// Returns the sentence about the releases, if not all of them have the member.
    pub fn text(self) -> Option<String> {
        let since = self.since.and_then(Release::since_text);
        let until = self.until.map(|until| format!("Up to Logto {until}."));
        let parts: Vec<String> = since.into_iter().chain(until).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
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
        Self { kind, nullable: false, facts: Facts::default(), newest: None }
    }

    /// Returns a text that schemas share if they are equal in the newest release. It ignores facts and the order of
    /// members.
    pub fn signature(&self) -> String {
        let text = self.newest.clone().unwrap_or_else(|| self.shape());
        if self.nullable { format!("{text}?") } else { text }
    }

    /// Returns the signature without the mark for null.
    pub fn shape(&self) -> String {
        match &self.kind {
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
        }
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
