//! Steps of users in their browsers before an exchange, which were not recorded.

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, Method};

use crate::names::Names;
use crate::providers;
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
    /// Sends a body to the Experience API. The last text is the recorded id of the verification record in the response.
    Sends(&'static str, &'static str, &'static str),
    /// Enters the code of the last message. The recorded id of the verification record, and the identifier.
    EntersCode(&'static str, &'static str),
    /// Answers the passkey options of the emulator. The path, and the recorded id of the verification record.
    AnswersPasskey(&'static str, &'static str),
    /// Identifies themselves by this verification record.
    Identifies(&'static str),
    Submits,
    /// Follows the link of a service provider. The recorded id of the SAML application, its entity id and the relay
    /// state.
    OpensSaml(&'static str, &'static str, &'static str),
    /// Is sent back to the service provider: the recorded code and state.
    Returns(&'static str, &'static str),
    /// The recorder looks up a user: the recorded id and the email address.
    FindsUser(&'static str, &'static str),
}

/// Carries out the steps before an exchange.
pub(crate) fn carry_out(stage: &mut Stage, seq: u64, names: &mut Names) {
    let steps = stage.recording().steps;
    for (_, step) in steps.iter().filter(|(before, _)| *before == seq) {
        let known = stage.problems.len();
        match step {
            Step::Opens => stage.open_page(names),
            Step::Starts => start(stage),
            Step::Registers => {
                call(stage, Method::Put, "/interaction-event", &json!({ "interactionEvent": "Register" }));
            }
            Step::Enters(username) => {
                stage.open_page(names);
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
                names.add(recorded, asked["verificationId"].as_str().unwrap_or_default());
            }
            Step::Sends(path, body, recorded) => {
                let body = named(body, names);
                let answer = call(stage, Method::Post, &names.replace_path(path), &body);
                if let Some(id) = answer["verificationId"].as_str() {
                    names.add(recorded, id);
                }
            }
            Step::EntersCode(recorded, identifier) => {
                let message = stage.emulator.messages();
                let mut body = named(identifier, names);
                body["verificationId"] = names.get(recorded).into();
                body["code"] = message.last().unwrap().code().unwrap().into();
                call(stage, Method::Post, "/verification/verification-code/verify", &body);
            }
            Step::AnswersPasskey(path, recorded) => {
                let body = json!({ "verificationId": names.get(recorded), "payload": stage.devices.answer() });
                call(stage, Method::Post, path, &body);
            }
            Step::Identifies(recorded) => {
                let body = json!({ "verificationId": names.get(recorded) });
                call(stage, Method::Post, "/identification", &body);
            }
            Step::Submits => {
                call(stage, Method::Post, "/submit", &Value::Null);
            }
            Step::OpensSaml(application, entity, relay_state) => {
                let id = names.get(application).unwrap();
                stage.browser.open(&stage.emulator, providers::saml_request(id, entity, relay_state));
                stage.is_open = true;
            }
            Step::Returns(code, state) => {
                names.add(code, stage.browser.code.as_deref().unwrap_or_default());
                names.add(state, stage.browser.state.as_deref().unwrap_or_default());
            }
            Step::FindsUser(recorded, email) => names.add(recorded, &stage.user(email)),
        }
        for problem in stage.problems.iter_mut().skip(known) {
            problem.insert_str(0, &format!("before {seq}: "));
        }
    }
}

/// Returns a body with the emulator's ids.
fn named(body: &str, names: &Names) -> Value {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    names.replace_in(&body).expect("all ids in the body are known")
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
    if response.status >= 300 {
        stage.problems.push(format!("step {path}: {body}"));
    }
    stage.browser.keep(&stage.emulator, &response, &body);
    stage.devices.keep(&body);
    body
}
