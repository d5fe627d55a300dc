//! Handles a request. Finds the route, authenticates the caller, reads the body and runs the operation.

pub(crate) mod auth;
mod body;
mod callbacks;
mod compressed;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub(crate) mod cors;
pub(crate) mod router;
mod session_guard;

use logto_admin::Timestamp;
use logto_admin::serde_json::{Map, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse};

use self::body::Content;
use self::router::Route;
use crate::call::Call;
use crate::document::schema::Contract;
use crate::document::validate;
use crate::errors::{Outcome, Refusal, internal};
use crate::experience::audit::Step;
use crate::http::reply;
use crate::http::request::{Incoming, is_below};
use crate::oidc;
use crate::operations::{self, account};
use crate::settings::ACCOUNT_CENTER;
use crate::state::State;
use crate::state::recent_requests::HandledRequest;
use crate::webhooks::Trigger;

/// Handles a request. If it waits for a computation, the response has no meaning.
pub(crate) fn handle(request: &HttpRequest, state: &mut State) -> HttpResponse {
    let now = state.clock.tick();
    let request = Incoming::new(request);
    let mut operation = None;
    let response = match area(&request.path) {
        // The server has this path in all releases, but documents it in old ones only.
        Area::Api if request.path == "/api/interaction/consent" => {
            oidc::consent::interaction(&request, state, now).unwrap_or_else(Refusal::into_response)
        }
        Area::Api => router::find(state.release, request.method, &request.segments())
            .and_then(|(route, parameters)| {
                operation = Some(route.info.id);
                let caller = auth::admit(&request, route.info.authentication, state, now)?;
                account::check_enabled(route.info.path, state)?;
                run(route, parameters, caller, &request, state, now)
            })
            .unwrap_or_else(Refusal::into_response),
        Area::Oidc => oidc::answer(&request, state, now),
        Area::Pages => session_guard::detour(&request, state, now).unwrap_or_else(|| page(&request, state, now)),
    };
    if state.jobs.is_waiting() {
        return response;
    }
    let response = reply::complete(&request, response, &mut state.ids);
    state.requests.add(HandledRequest {
        time: Timestamp::from_millis(now),
        method: request.method,
        path: request.path,
        status: response.status,
        operation,
    });
    response
}

/// Handles a request to the API on behalf of the emulator, without authentication.
pub(crate) fn trusted(request: &HttpRequest, state: &mut State) -> HttpResponse {
    let now = state.clock.tick();
    let request = Incoming::new(request);
    let found = router::find(state.release, request.method, &request.segments());
    let response = found.and_then(|(route, parameters)| run(route, parameters, String::new(), &request, state, now));
    response.unwrap_or_else(Refusal::into_response)
}

/// An area of the server.
enum Area {
    Api,
    Oidc,
    /// The sign-in page, for all other paths.
    Pages,
}

/// Returns an uploaded file, a file for browsers or a domain, or a page.
fn page(request: &Incoming, state: &mut State, now: i64) -> HttpResponse {
    match request.path.as_str() {
        "/device" => return oidc::device_page::shown(request),
        "/consent" => return oidc::consent::page(request, state, now),
        "/.well-known/webauthn" => return related_origins(state),
        _ => {}
    }
    if let Some(response) = callbacks::redirected(request) {
        return response;
    }
    let asset = state.assets.get(&request.path).map(reply::file);
    asset.or_else(|| operations::verification_file(request, state)).unwrap_or_else(reply::page)
}

/// Returns the origins whose pages can use the passkeys of this one. Browsers ask for them.
fn related_origins(state: &State) -> HttpResponse {
    let origins = state.settings.get(&ACCOUNT_CENTER).remove("webauthnRelatedOrigins");
    reply::json(200, &json!({ "origins": origins }))
}

fn area(path: &str) -> Area {
    match () {
        () if is_below(path, "/api") => Area::Api,
        () if is_below(path, "/oidc") => Area::Oidc,
        () => Area::Pages,
    }
}

/// Validates the parts of a request and runs its operation.
fn run(
    route: &Route,
    parameters: Vec<String>,
    caller: String,
    request: &Incoming,
    state: &mut State,
    now: i64,
) -> Outcome<HttpResponse> {
    operations::admit(route.info.id, &parameters, state)?;
    route.admit(&parameters, state)?;
    let contract = Contract::of(route.info);
    if let Some(schema) = contract.path() {
        let names = route.info.path_parameters.iter().map(|name| (*name).to_owned());
        let named: Map<String, Value> = names.zip(parameters.iter().map(|value| value.as_str().into())).collect();
        validate::path(schema, named)?;
    }
    if let Some(schema) = contract.query() {
        validate::query(schema, &request.query)?;
    }
    let content = body::read(request, route.info.body, contract)?;
    if parameters.iter().any(|parameter| parameter.contains('\0')) {
        return Err(internal());
    }
    let Content { members: body, elements, upload } = content;
    let mut call = Call { info: route.info, request, parameters, body, elements, upload, now, caller, state };
    account::check(&call)?;
    let trigger = Trigger::of(&call);
    let step = Step::of(&call);
    let outcome = route.run(&mut call);
    if let Some(step) = step.filter(|_| !call.state.jobs.is_waiting()) {
        step.log(&mut call, &outcome);
    }
    let response = outcome?;
    if let Some(trigger) = trigger {
        trigger.fire(call.state, now, &response);
    }
    Ok(response)
}
