//! Operations: what a call sends and receives.

use indexmap::IndexMap;

use crate::release::Release;
use crate::schema::{Kind, Member, Schema, Span};

pub struct Operation {
    pub id: String,
    pub tag: String,
    pub method: String,
    pub path: String,
    pub path_parameters: Vec<Input>,
    pub query_parameters: Vec<Input>,
    pub body: Option<Body>,
    pub answer: Answer,
    pub success: Vec<u16>,
    pub errors: Vec<u16>,
    pub paging: Paging,
    /// The member of the answer with the list's items, unless the answer is the list.
    pub items_at: Option<String>,
    pub searchable: bool,
    pub idempotent: bool,
    pub authentication: Authentication,
    pub deprecated: bool,
    /// Whether `spec/releases.json` has the operation. It is true for all but those of a user's own server.
    pub is_known: bool,
    pub since: Release,
    /// The last release with the operation, if it was removed.
    pub until: Option<Release>,
    pub summary: Option<String>,
    pub description: Option<String>,
}

impl Operation {
    /// Returns the sentence about the releases with the operation. `None` if all of them have it.
    pub fn releases_text(&self) -> Option<String> {
        let since = if self.since == Release::OLDEST { None } else { Some(self.since) };
        Span { since, until: self.until, loosened: false }.text()
    }

    /// Returns the members of a multipart body.
    pub fn parts(&self) -> Option<&IndexMap<String, Member>> {
        let body = self.body.as_ref().filter(|body| body.kind == BodyKind::Multipart)?;
        match &body.schema.kind {
            Kind::Object(object) => Some(&object.members),
            _ => None,
        }
    }
}

/// A parameter in the path or the query.
pub struct Input {
    pub name: String,
    pub required: bool,
    pub schema: Schema,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    Json,
    Form,
    Multipart,
}

pub struct Body {
    pub kind: BodyKind,
    pub required: bool,
    pub schema: Schema,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    None,
    Json,
    OptionalJson,
    Text,
    Xml,
    Html,
    Redirect,
}

pub struct Answer {
    pub kind: AnswerKind,
    pub schema: Option<Schema>,
    /// The status that the schema belongs to.
    pub status: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    None,
    Always,
    OnRequest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    Management,
    User,
    Session,
    None,
}

/// Paging parameters, for which every list request already has setters.
pub const PAGE_PARAMETERS: [&str; 2] = ["page", "page_size"];
