//! A call of an operation.

use logto_admin::operation::OperationInfo;
use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use crate::collections::{Collection, Unknown};
use crate::document::parsed::parsed;
use crate::document::schema::Contract;
use crate::errors::{Outcome, Refusal, not_exists, not_exists_with_id, not_found};
use crate::http::request::Incoming;
use crate::http::uploads::Upload;
use crate::record::{Members, Record};
use crate::state::State;
use crate::state::oidc::AccessToken;

/// A function that implements an operation.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome<HttpResponse>;

/// Request and state of a handler.
pub(crate) struct Call<'a> {
    pub info: &'static OperationInfo,
    pub request: &'a Incoming,
    /// The decoded path parameters, in order.
    pub parameters: Vec<String>,
    /// The members of the body. Empty if the body has none.
    pub body: Members,
    /// The elements of the body, if it is a list.
    pub elements: Vec<Value>,
    pub upload: Option<Upload>,
    /// Milliseconds since the epoch.
    pub now: i64,
    /// The id of the application or user that makes the call.
    pub caller: String,
    pub state: &'a mut State,
}

impl Call<'_> {
    /// Returns a path parameter.
    pub(crate) fn parameter(&self, index: usize) -> &str {
        self.parameters.get(index).map(String::as_str).unwrap_or_default()
    }

    /// Returns the last path parameter.
    pub(crate) fn last_parameter(&self) -> &str {
        self.parameters.last().map(String::as_str).unwrap_or_default()
    }

    /// Returns the status of a successful response.
    pub(crate) fn success(&self) -> u16 {
        self.info.success.first().copied().unwrap_or(200)
    }

    /// Returns a body member that is a list of strings.
    pub(crate) fn texts(&self, member: &str) -> Vec<String> {
        let list = self.body.get(member).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Returns a body member as text. Empty if it is missing or not a string.
    pub(crate) fn text(&self, member: &str) -> &str {
        crate::record::text(&self.body, member)
    }

    /// Returns a copy of a body member that is an object. Empty if it is missing or not an object.
    pub(crate) fn object(&self, member: &str) -> Members {
        self.body.get(member).and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// Returns the body without unknown members and with the defaults of its schema.
    pub(crate) fn sent(&self) -> Members {
        let body = Value::Object(self.body.clone());
        match Contract::of(self.info).body().map(|schema| parsed(schema, &body)) {
            Some(Value::Object(members)) => members,
            _ => self.body.clone(),
        }
    }

    /// Returns the access token of the caller, if the provider has stored it.
    pub(crate) fn access_token(&self) -> Option<&AccessToken> {
        self.state.oidc.access_tokens.get(self.request.bearer()?)
    }

    /// Returns the entity with this id.
    pub(crate) fn record(&self, collection: &Collection, id: &str) -> Outcome<&Record> {
        stored(self.state, collection, id)
    }
}

/// Returns the entity with this id.
pub(crate) fn stored<'s>(state: &'s State, collection: &Collection, id: &str) -> Outcome<&'s Record> {
    state.store.get(collection, id).ok_or_else(|| unknown(collection, collection.unknown, id))
}

/// Returns the error for an unknown id.
pub(crate) fn unknown(collection: &Collection, way: Unknown, id: &str) -> Refusal {
    match way {
        Unknown::Plain => not_found(),
        Unknown::Missing => not_exists(collection.name),
        Unknown::Named => not_exists_with_id(collection.name, id),
    }
}
