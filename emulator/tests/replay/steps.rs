//! Steps of users in their browsers before an exchange, which were not recorded.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, Method};

use crate::names::Names;
use crate::stage::{Stage, body_of};

/// The password of every user of the steps.
pub(crate) const PASSWORD: &str = "Braga!88lantern";

#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// Opens the sign-in page.
    Opens,
    /// Starts the sign-in.
    Starts,
    /// Decides to register instead.
    Registers,
    /// Opens the page, starts the sign-in, and enters this username and the password.
    Enters(&'static str),
    /// Lets the browser offer passkeys, before they have entered anything.
    OffersPasskeys,
    /// Registers a passkey. This is the recorded id of the verification record.
    AddsPasskey(&'static str),
}

/// Carries out the steps before an exchange.
pub(crate) fn carry_out(stage: &mut Stage, seq: u64, names: &mut Names) {
    let steps = stage.recording().steps;
    for (_, step) in steps.iter().filter(|(before, _)| *before == seq) {
        match step {
            Step::Opens => stage.open_page(),
            Step::Starts => start(stage),
            Step::Registers => {
                call(stage, Method::Put, "/interaction-event", &json!({ "interactionEvent": "Register" }));
            }
            Step::Enters(username) => {
                stage.open_page();
                start(stage);
                let identifier = json!({ "type": "username", "value": username });
                let body = json!({ "identifier": identifier, "password": PASSWORD });
                let record = call(stage, Method::Post, "/verification/password", &body);
                call(stage, Method::Post, "/identification", &record);
            }
            Step::OffersPasskeys => {
                call(stage, Method::Post, "/preflight/sign-in-passkey/authentication", &Value::Null);
            }
            Step::AddsPasskey(recorded) => {
                let asked = call(stage, Method::Post, "/verification/web-authn/registration", &Value::Null);
                let body = json!({ "verificationId": asked["verificationId"], "payload": stage.devices.answer() });
                call(stage, Method::Post, "/verification/web-authn/registration/verify", &body);
                names.add(recorded, asked["verificationId"].as_str().unwrap());
            }
        }
    }
}

fn start(stage: &mut Stage) {
    call(stage, Method::Put, "", &json!({ "interactionEvent": "SignIn" }));
}

/// Calls the Experience API in the browser.
fn call(stage: &mut Stage, method: Method, path: &str, body: &Value) -> Value {
    let mut request = HttpRequest::new(method, format!("http://logto/api/experience{path}"));
    stage.browser.sign(&mut request);
    request.headers.set("content-type", "application/json");
    request.body = if body.is_null() { String::new() } else { body.to_string() }.into();
    let response = stage.emulator.handle(&request);
    let body = body_of(&response);
    assert!(response.status < 300, "{path}: {body}");
    stage.browser.keep(&stage.emulator, &response, &body);
    stage.devices.keep(&body);
    body
}
