//! Repeats every exchange with the token endpoint through the client's sources.

use logto_admin::token::{AccessToken, ClientAuthentication, ClientCredentials, TokenExchange};
use logto_admin::{Client, Endpoint, ErrorKind, Result, RetryPolicy};
use logto_admin_test_support::{ENDPOINT, FakeRuntime, ScriptedTransport};

use super::exchange::{Exchange, Recordings};
use super::sent::{Content, Sent};
use crate::failures::Failures;

const CLIENT_CREDENTIALS: &str = "client_credentials";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const PERSONAL_ACCESS_TOKEN: &str = "urn:logto:token-type:personal_access_token";

/// A recorded form.
struct Form(Vec<(String, String)>);

impl Form {
    fn of(exchange: &Exchange) -> Self {
        match Sent::recorded(exchange).body {
            Content::Form(pairs) => Self(pairs),
            _ => Self(Vec::new()),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(key, _)| key == name).count()
    }
}

/// The reason why the client would not send a request. The test still reads the answer.
fn left_out(exchange: &Exchange, form: &Form) -> Option<&'static str> {
    let basic = exchange.request_headers.contains_key("authorization");
    match form.get("grant_type") {
        _ if form.0.is_empty() => Some("its body is not a form"),
        Some(CLIENT_CREDENTIALS) if form.get("organization_id").is_some() => Some("it is for an organization"),
        Some(CLIENT_CREDENTIALS) if form.count("resource") != 1 => Some("it does not have exactly one resource"),
        Some(CLIENT_CREDENTIALS | TOKEN_EXCHANGE) if !basic && form.get("client_secret").is_none() => {
            Some("it has no client secret")
        }
        Some(CLIENT_CREDENTIALS | TOKEN_EXCHANGE) => None,
        _ => Some("the client does not use its grant type"),
    }
}

/// Requests a token in the same way as the exchange, as far as the client supports it.
fn ask(exchange: &Exchange, form: &Form) -> (Result<AccessToken>, Sent) {
    let response = exchange.response();
    let transport = ScriptedTransport::new(move |_, _| {
        let response = response.clone();
        async { Ok(response) }
    });
    let runtime = FakeRuntime::new();
    let resource = form.get("resource").unwrap_or("https://default.logto.app/api");
    let mut application = ClientCredentials::new(
        form.get("client_id").unwrap_or("app-id"),
        form.get("client_secret").unwrap_or("app-secret"),
    );
    if form.get("client_secret").is_some() {
        application = application.authentication(ClientAuthentication::Form);
    }
    let builder = Client::builder(Endpoint::self_hosted(ENDPOINT).with_resource(resource));
    let builder = match form.get("subject_token") {
        None => builder.token_source(application),
        Some(subject) => {
            let source = match form.get("subject_token_type") {
                Some(PERSONAL_ACCESS_TOKEN) => TokenExchange::personal_access_token(application, subject),
                _ => TokenExchange::new(application, subject),
            };
            let source = form.get("scope").into_iter().fold(source, TokenExchange::scope);
            builder.token_source(form.get("resource").into_iter().fold(source, TokenExchange::for_resource))
        }
    };
    let builder = builder.scope(form.get("scope")).retry(RetryPolicy::NEVER);
    let client = builder.transport(transport.clone()).runtime(runtime.clone()).build().unwrap();
    let outcome = runtime.run(client.access_token());
    (outcome, Sent::of(&transport.token_calls()[0]))
}

pub(super) fn match_the_recording(recordings: &Recordings) {
    let mut failures = Failures::new();
    for exchange in recordings.of_token_endpoint() {
        failures.checked();
        let form = Form::of(exchange);
        let (outcome, sent) = ask(exchange, &form);
        match outcome {
            Ok(token) => compare_token(exchange, &token, &mut failures),
            Err(error) => compare_error(exchange, &error, &mut failures),
        }
        match left_out(exchange, &form) {
            Some(reason) => println!("request left out: {exchange}: {reason}"),
            None => compare_request(exchange, form, &sent, &mut failures),
        }
    }
    failures.settle("tokens");
}

fn compare_request(exchange: &Exchange, form: Form, sent: &Sent, failures: &mut Failures) {
    let Content::Form(built) = &sent.body else {
        return failures.add(exchange, format!("not a form: {sent:?}"));
    };
    let ordered = |mut pairs: Vec<(String, String)>| {
        pairs.sort();
        pairs
    };
    let (built, recorded) = (ordered(built.clone()), ordered(form.0));
    if built != recorded || sent.path != ["", "oidc", "token"] || sent.method != "POST" {
        failures.add(exchange, format!("{recorded:?} changed to {sent:?}"));
    }
}

fn compare_token(exchange: &Exchange, token: &AccessToken, failures: &mut Failures) {
    let body = &exchange.response_body;
    let recorded = (body["access_token"].as_str(), body["expires_in"].as_u64(), body["scope"].as_str());
    let read = (Some(token.secret()), token.lifetime().map(|time| time.as_secs()), token.granted_scope());
    if exchange.status >= 400 || recorded != read {
        failures.add(exchange, format!("{recorded:?} changed to {read:?}"));
    }
}

fn compare_error(exchange: &Exchange, error: &logto_admin::Error, failures: &mut Failures) {
    let body = &exchange.response_body;
    let recorded = (ErrorKind::Token, Some(exchange.status), body["error"].as_str());
    let told = (error.kind(), error.status(), error.code());
    if recorded != told {
        failures.add(exchange, format!("{recorded:?} changed to {told:?}"));
    }
    let description = body["error_description"].as_str().unwrap_or_default();
    if !error.message().contains(description) {
        failures.add(exchange, format!("{:?} does not contain {description:?}", error.message()));
    }
    let usual = [("invalid_target", "resource"), ("invalid_client", "secret"), ("invalid_client", "application")];
    let mistakes = usual.iter().filter(|(name, _)| body["error"] == **name);
    let advice: Vec<&str> = mistakes.map(|(_, advice)| *advice).collect();
    let hinted = error.hint().is_some_and(|hint| advice.iter().any(|advice| hint.contains(advice)));
    if !advice.is_empty() && !hinted {
        failures.add(exchange, format!("the hint should contain one of {advice:?}: {:?}", error.hint()));
    }
}
