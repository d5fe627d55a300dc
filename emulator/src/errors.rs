//! Error responses in Logto's format. Messages are Logto's where recordings of a server show them.

use logto_admin::serde_json::{Map, Value, json};
use logto_admin::transport::HttpResponse;

use crate::error_messages;
use crate::http::reply;

/// An error response, which ends a request early.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Json(Map<String, Value>),
    Text(&'static str),
    /// The methods that the path has.
    NotAllowed(String),
}

/// The result of a handler.
pub(crate) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::without_code(status, message).with("code", code)
    }

    /// Creates an error with the usual message of its code.
    pub(crate) fn usual(status: u16, code: &str) -> Self {
        Self::about(status, code, "")
    }

    /// Creates an error about a value, with the usual message of its code.
    pub(crate) fn about(status: u16, code: &str, value: &str) -> Self {
        Self::new(status, code, error_messages::of(code, value))
    }

    /// Creates an error that only has a message, such as the one for invalid JSON.
    pub(crate) fn without_code(status: u16, message: impl Into<String>) -> Self {
        let body = Map::from_iter([("message".to_owned(), Value::String(message.into()))]);
        Self { status, body: Body::Json(body) }
    }

    /// Creates an error of the server itself, outside of its API.
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

    /// Changes the status.
    pub(crate) const fn at(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Returns the error in the format of OAuth alone.
    pub(crate) fn of_oauth(mut self) -> Self {
        if let Body::Json(members) = &mut self.body {
            members.retain(|name, _| !matches!(name.as_str(), "code" | "message" | "error_uri"));
        }
        self
    }

    /// Returns the code, if the error has one.
    pub(crate) fn code(&self) -> Option<&str> {
        self.text("code")
    }

    /// Returns the message, if the error has one.
    pub(crate) fn message(&self) -> Option<&str> {
        self.text("message")
    }

    fn text(&self, member: &str) -> Option<&str> {
        let Body::Json(members) = &self.body else { return None };
        members.get(member).and_then(Value::as_str)
    }

    /// Returns the error as logs show it. The data can contain secrets.
    pub(crate) fn logged(&self) -> Value {
        let Body::Json(members) = &self.body else { return json!({}) };
        let shown = members.iter().filter(|(name, _)| matches!(name.as_str(), "code" | "message" | "data"));
        Value::Object(shown.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        match self.body {
            Body::Json(members) => HttpResponse::json(self.status, Value::Object(members).to_string()),
            Body::Text(text) => reply::text(self.status, reply::PLAIN, text),
            Body::NotAllowed(methods) => {
                reply::text(self.status, reply::PLAIN, "Method Not Allowed").header("allow", methods)
            }
        }
    }
}

/// Returns the error for an unknown path. The server also returns it for bodies over 1 MB.
pub(crate) const fn no_route() -> Refusal {
    Refusal::plain(404, "Not Found")
}

/// Returns the error for a path that only has these methods.
pub(crate) fn wrong_method(methods: impl Into<String>) -> Refusal {
    Refusal { status: 405, body: Body::NotAllowed(methods.into()) }
}

/// Returns the error for values that the database cannot store. Example: a NUL character.
pub(crate) fn internal() -> Refusal {
    Refusal::without_code(500, "Internal server error.")
}

/// Returns the error for a caller without the permission.
pub(crate) fn forbidden() -> Refusal {
    Refusal::usual(403, "auth.forbidden")
}

pub(crate) fn not_found() -> Refusal {
    Refusal::new(404, "entity.not_found", "The resource does not exist.")
}

/// Returns the error for an entity of a table that does not exist.
pub(crate) fn not_exists(table: &str) -> Refusal {
    let entity = table.strip_suffix('s').unwrap_or(table);
    Refusal::new(404, "entity.not_exists", format!("The {entity} does not exist."))
}

pub(crate) fn not_exists_with_id(table: &str, id: &str) -> Refusal {
    Refusal::new(404, "entity.not_exists_with_id", format!("The {table} with ID `{id}` does not exist."))
}

/// Returns the error for a relation to an entity that does not exist.
pub(crate) fn foreign_key() -> Refusal {
    foreign_key_as(422)
}

/// The same, with the status of an API that does not handle it.
pub(crate) fn foreign_key_as(status: u16) -> Refusal {
    Refusal::usual(status, "entity.relation_foreign_key_not_found")
}

/// Returns the error for users and applications outside of the organization.
pub(crate) fn require_membership() -> Refusal {
    Refusal::new(422, "organization.require_membership", "The user must be a member of the organization to proceed.")
}

/// Returns the error for entities that do not fit together. Example: a user and a role of another type.
pub(crate) fn constraint_violated() -> Refusal {
    Refusal::usual(422, "entity.db_constraint_violated")
}

pub(crate) fn empty_change() -> Refusal {
    Refusal::new(422, "entity.invalid_input", "Invalid input. Value list must not be empty.")
}

pub(crate) fn unique_violation() -> Refusal {
    Refusal::usual(422, "entity.unique_integrity_violation")
}

pub(crate) fn too_long(length: u64) -> Refusal {
    let data = json!({ "message": format!("value too long for type character varying({length})") });
    Refusal::new(422, "entity.value_too_long", "The length of value is too long and exceeds the limit.")
        .with("data", data)
}

pub(crate) fn invalid_input(status: u16, message: &str) -> Refusal {
    Refusal::new(status, "request.invalid_input", format!("Input is invalid. {message}"))
}
