use std::fmt::Write;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{CONNECTORS, connector_factories, factory_of};
use crate::errors::{Outcome, Refusal, not_found};
use crate::http::reply;
use crate::http::request::form_encoded;
use crate::providers::social;
use crate::record::{Members, Record, text};
use crate::state::messages::{self, Recipient, Sender};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListConnectorFactories", |call| {
        Ok(reply::json(
            call.success(),
            &connector_factories::all().map(|factory| Value::Object(factory.shown())).collect(),
        ))
    }),
    ("GetConnectorFactory", |call| {
        let factory = connector_factories::find(call.parameter(0)).ok_or_else(not_found)?;
        Ok(reply::json(call.success(), &Value::Object(factory.shown())))
    }),
    ("CreateConnectorTest", send_test),
    ("CreateConnectorAuthorizationUri", authorization_uri),
];

/// The code of test messages.
const TEST_CODE: &str = "000000";
/// The usage type of the template for test messages.
const TEST_USAGE: &str = "Generic";

/// Returns the connector of a sign-in.
pub(crate) fn of_sign_in<'c>(call: &'c Call<'_>, id: &str) -> Outcome<&'c Record> {
    call.state.store.get(&CONNECTORS, id).ok_or_else(|| invalid_connector(id))
}

/// Returns the error for a connector that users cannot sign in with.
pub(super) fn invalid_connector(id: &str) -> Refusal {
    let message = format!("Unable to find available connector with id {id}.");
    Refusal::new(422, "session.invalid_connector_id", message)
}

/// Sends a test message with the configuration in the body. That of a stored connector is not used.
fn send_test(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let phone = call.body.get("phone").and_then(Value::as_str).map(Recipient::phone);
    let recipient = phone.or_else(|| Recipient::of(&call.body)).ok_or_else(|| {
        // The server does not fill in the placeholder.
        Refusal::new(400, "guard.invalid_input", "The request {{type}} is invalid.")
    })?;
    let kind = recipient.channel.connector_type();
    let factory = connector_factories::find(call.parameter(0)).filter(|factory| factory.text("type") != "Social");
    let factory = factory.ok_or_else(|| messages::no_connector(400, kind))?;
    if factory.text("type") != kind {
        return Err(social::unexpected_type("The connector sends other messages."));
    }
    let variables =
        [("code", TEST_CODE), ("locale", call.text("locale"))].into_iter().filter(|(_, value)| !value.is_empty());
    let payload = variables.map(|(name, value)| (name.to_owned(), value.into())).collect();
    let config = call.object("config");
    messages::check_sender(call.state, recipient.channel, (factory, &config), TEST_USAGE, &payload)?;
    let sender = Sender { factory: factory.text("id").to_owned(), config };
    messages::keep(call.state, call.now, &recipient, TEST_USAGE, payload, sender);
    Ok(reply::nothing(call.success()))
}

fn authorization_uri(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    require_target(&call.body)?;
    let connector = call.record(&CONNECTORS, call.parameter(0))?;
    let uri = redirect_to(connector, &call.body)?;
    Ok(reply::json(call.success(), &json!({ "redirectTo": uri })))
}

/// Rejects the start of a social sign-in that does not know where to return to.
pub(crate) fn require_target(body: &Members) -> Outcome<()> {
    if text(body, "state").is_empty() || text(body, "redirectUri").is_empty() {
        return Err(Refusal::new(400, "session.insufficient_info", "A state and a redirect URI are required."));
    }
    Ok(())
}

/// Returns the address at the identity provider that a social sign-in starts with.
pub(crate) fn redirect_to(connector: &Record, body: &Members) -> Outcome<String> {
    social::check_social(connector)?;
    let factory = factory_of(connector).ok_or_else(not_found)?;
    let config = |name: &str| connector.members.get("config").and_then(|config| config.get(name)?.as_str());
    let (endpoint, scope) = factory.authorization().unwrap_or_default();
    let endpoint = config("authorizationEndpoint").unwrap_or(endpoint);
    let asked = text(body, "scope");
    let scope = if asked.is_empty() { config("scope").unwrap_or(scope) } else { asked };
    let mut uri = endpoint.to_owned();
    // The mock connector has a state first, and no client.
    let is_mock = factory.text("id") == "mock-social-connector";
    let parameters = [
        ("client_id", config("clientId").filter(|_| !is_mock).unwrap_or_default()),
        ("response_type", if factory.is_standard() { "code" } else { "" }),
        ("state", if is_mock { text(body, "state") } else { "" }),
        ("redirect_uri", text(body, "redirectUri")),
        ("state", if is_mock { "" } else { text(body, "state") }),
        ("scope", scope),
    ];
    // Standard connectors can have further parameters.
    let objects = ["authRequestOptionalConfig", "customConfig"].into_iter();
    let further = objects.filter_map(|name| connector.members.get("config")?.get(name)?.as_object()).flatten();
    let further = further.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    for (name, value) in parameters.into_iter().chain(further).filter(|(_, value)| !value.is_empty()) {
        let separator = if uri.contains('?') { '&' } else { '?' };
        let _ = write!(uri, "{separator}{name}={}", form_encoded(value));
    }
    Ok(uri)
}
