//! An operation that is being called.

use logto_admin::operation::OperationInfo;
use logto_admin::serde_json::Value;

use crate::collections::{Collection, Unknown};
use crate::errors::{Outcome, Refusal, not_exists_with_id, not_found};
use crate::request::Incoming;
use crate::state::State;
use crate::store::{Members, Record};

/// Everything that a handler works with.
pub(crate) struct Call<'a> {
    pub info: &'static OperationInfo,
    pub request: &'a Incoming,
    /// The path's parameters, decoded, in their order.
    pub parameters: Vec<String>,
    /// The body's members; none if it has none.
    pub body: Members,
    /// Milliseconds since the epoch.
    pub now: i64,
    /// Who calls: the id of an application or a user.
    pub caller: String,
    pub state: &'a mut State,
}

impl Call<'_> {
    /// A parameter of the path.
    pub(crate) fn parameter(&self, index: usize) -> &str {
        self.parameters.get(index).map(String::as_str).unwrap_or_default()
    }

    /// The last parameter of the path.
    pub(crate) fn last_parameter(&self) -> &str {
        self.parameters.last().map(String::as_str).unwrap_or_default()
    }

    /// The status of a success.
    pub(crate) fn success(&self) -> u16 {
        self.info.success.first().copied().unwrap_or(200)
    }

    /// A member of the body that is a list of texts.
    pub(crate) fn texts(&self, member: &str) -> Vec<String> {
        let list = self.body.get(member).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A member of the body that is a text; empty if it is none.
    pub(crate) fn text(&self, member: &str) -> &str {
        crate::store::text(&self.body, member)
    }

    /// The entity with this id.
    pub(crate) fn record(&self, collection: &Collection, id: &str) -> Outcome<&Record> {
        self.state.store.get(collection, id).ok_or_else(|| unknown(collection, collection.unknown, id))
    }
}

/// How an id that nothing has is answered.
pub(crate) fn unknown(collection: &Collection, way: Unknown, id: &str) -> Refusal {
    match way {
        Unknown::Plain => not_found(),
        Unknown::Named => not_exists_with_id(collection.name, id),
    }
}
