//! Refusals, in the shape that Logto gives them. Codes and statuses are Logto's; the sentences are the emulator's.

use logto_admin::serde_json::{Map, Value, json};
use logto_admin::transport::HttpResponse;

/// An answer that ends a request early.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Json(Map<String, Value>),
    Text(&'static str),
}

/// What handlers give.
pub(crate) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::without_code(status, message).with("code", code)
    }

    /// An error that has a message alone, such as bad JSON.
    pub(crate) fn without_code(status: u16, message: impl Into<String>) -> Self {
        let body = Map::from_iter([("message".to_owned(), Value::String(message.into()))]);
        Self { status, body: Body::Json(body) }
    }

    /// An error of the server itself, outside of its API.
    pub(crate) const fn plain(status: u16, text: &'static str) -> Self {
        Self { status, body: Body::Text(text) }
    }

    /// Adds a member.
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        if let Body::Json(members) = &mut self.body {
            members.insert(member.to_owned(), value.into());
        }
        self
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        match self.body {
            Body::Json(members) => HttpResponse::json(self.status, Value::Object(members).to_string()),
            Body::Text(text) => {
                HttpResponse::new(self.status).header("content-type", "text/plain; charset=utf-8").body(text)
            }
        }
    }
}

/// A path that the server does not have; it answers so to bodies over 1 MB too.
pub(crate) const fn no_route() -> Refusal {
    Refusal::plain(404, "Not Found")
}

pub(crate) const fn wrong_method() -> Refusal {
    Refusal::plain(405, "Method Not Allowed")
}

/// What a database cannot store, such as a NUL character.
pub(crate) fn internal() -> Refusal {
    Refusal::without_code(500, "The server failed.")
}

pub(crate) fn not_found() -> Refusal {
    Refusal::new(404, "entity.not_found", "There is no such thing.")
}

pub(crate) fn not_exists_with_id(table: &str, id: &str) -> Refusal {
    Refusal::new(404, "entity.not_exists_with_id", format!("Nothing in {table} has the id `{id}`."))
}

/// A relation to something that is not there.
pub(crate) fn foreign_key() -> Refusal {
    Refusal::new(422, "entity.relation_foreign_key_not_found", "One of the ids belongs to nothing.")
}

/// Who is no member of an organization has nothing in it.
pub(crate) fn require_membership() -> Refusal {
    Refusal::new(422, "organization.require_membership", "Only members of the organization have roles in it.")
}

pub(crate) fn empty_change() -> Refusal {
    Refusal::new(422, "entity.invalid_input", "There is nothing to change.")
}

pub(crate) fn unique_violation() -> Refusal {
    Refusal::new(422, "entity.unique_integrity_violation", "Something like this exists already.")
}

pub(crate) fn too_long(length: u64) -> Refusal {
    let data = json!({ "message": format!("longer than {length} characters") });
    Refusal::new(422, "entity.value_too_long", "A value is longer than its column.").with("data", data)
}

pub(crate) fn invalid_input(status: u16, message: &str) -> Refusal {
    Refusal::new(status, "request.invalid_input", message)
}
