//! Sends an authorization request from prompt to prompt until it can be answered.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::authorization::{Problem, redirect};
use super::ungranted_scopes::{UngrantedScopes, ungranted_scopes};
use super::{Context, audit, cookies, device, interactions, pushed, scopes};
use crate::collections::{APPLICATIONS, USERS};
use crate::errors::Outcome;
use crate::http::request::form_encoded;
use crate::policies::application_access;
use crate::settings::OIDC_SESSION;
use crate::state::State;
use crate::state::oidc::{Application, Authorization, Authorized, Code, Prompt, Provider, Session};
use crate::webhooks::announce;

/// Lifetime of a code, in seconds.
const CODE_LIFETIME: i64 = 60;

/// `/oidc/auth`: begins an authorization request.
pub(super) fn begin(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    pushed::resolve(context)?;
    let (authorization, checked) = Authorization::of(context)?;
    if let Err(problem) = checked {
        return Ok(authorization.report(&context.issuer(), &problem));
    }
    let session = context.request.cookie(cookies::SESSION).map(str::to_owned);
    let session = session.filter(|id| context.state.oidc.sessions.get(id).is_some());
    Ok(proceed(context, authorization, Vec::new(), session))
}

/// `/oidc/auth/{id}`: continues after the user has signed in or consented.
pub(super) fn resume(context: &mut Context<'_>, id: &str) -> Outcome<HttpResponse> {
    let named = [cookies::RESUME, cookies::INTERACTION].map(|name| context.request.cookie(name));
    if !named.contains(&Some(id)) {
        return Err(interactions::not_found("authorization request has expired"));
    }
    let interaction = context.state.oidc.interactions.remove(id);
    let interaction = interaction.ok_or_else(|| interactions::not_found("authorization request has expired"))?;
    audit::ended(context, &interaction);
    let mut answered = interaction.answered;
    let mut session = interaction.session;
    if let Some(login) = interaction.login {
        answered.push(Prompt::Login);
        let client = &interaction.authorization.client.id;
        session = Some(sign_in(context, session.as_deref(), &login.user, client, login.submission));
    }
    if let Some(grant) = interaction.grant {
        answered.push(Prompt::Consent);
        let current = session.as_deref().and_then(|id| context.state.oidc.sessions.get(id)).cloned();
        if let Some(mut current) = current {
            authorize(context.state, &mut current, &interaction.authorization, grant);
            context.state.oidc.sessions.put(current);
        }
    }
    let mut response = proceed(context, interaction.authorization, answered, session);
    cookies::remove(&mut response, cookies::RESUME, &format!("/oidc/auth/{id}"));
    Ok(response)
}

/// Signs a user in, and returns the id of the session.
fn sign_in(context: &mut Context<'_>, session: Option<&str>, user: &str, client: &str, submission: Value) -> String {
    let (state, now) = (&mut *context.state, context.now);
    let known = session.and_then(|id| state.oidc.sessions.get(id)).filter(|known| known.user == user).cloned();
    let mut session = known.unwrap_or_else(|| Session {
        id: state.ids.token(43),
        uid: state.ids.token(43),
        user: user.to_owned(),
        issued_at: now,
        signed_in_at: now,
        expires_at: now,
        authorizations: Vec::new(),
        last_submission: submission.clone(),
        client: String::new(),
        sign_out: None,
    });
    let lifetime = state.settings.get(&OIDC_SESSION).get("ttl").and_then(Value::as_f64).unwrap_or_default();
    session.signed_in_at = now;
    session.expires_at = now.saturating_add((lifetime * 1000.0) as i64);
    session.last_submission = submission;
    client.clone_into(&mut session.client);
    let id = session.id.clone();
    state.oidc.sessions.put(session);
    id
}

/// Records in a session that the user has consented to an application.
fn authorize(state: &mut State, session: &mut Session, authorization: &Authorization, grant: String) {
    let client = &authorization.client.id;
    let persists = authorization.scopes.iter().any(|scope| scope == "offline_access");
    match session.authorizations.iter_mut().find(|known| known.client == *client) {
        Some(known) => {
            known.grant = grant;
            known.persists |= persists;
        }
        None => {
            let sid = state.ids.token(43);
            session.authorizations.push(Application { client: client.clone(), sid, grant, persists });
        }
    }
}

/// Asks the user for what is missing, or answers the request.
pub(super) fn proceed(
    context: &mut Context<'_>,
    authorization: Authorization,
    answered: Vec<Prompt>,
    session: Option<String>,
) -> HttpResponse {
    let current = session.as_deref().and_then(|id| context.state.oidc.sessions.get(id)).cloned();
    let mut response = match (needed(context, &authorization, &answered, current.as_ref()), current) {
        (None, Some(current))
            if !application_access::permits(context.state, &authorization.client.id, &current.user) =>
        {
            let problem = Problem::new("access_denied", "the user has no access to the application");
            authorization.report(&context.issuer(), &problem)
        }
        (None, Some(current)) => finish(context, &authorization, &current),
        (prompt, _) => {
            let prompt = prompt.unwrap_or(Prompt::Login);
            if authorization.prompts("none") {
                let (error, description) = reason(prompt, session.is_some(), &authorization);
                return authorization.report(&context.issuer(), &Problem::new(error, description));
            }
            ask(context, authorization, prompt, answered, session.clone())
        }
    };
    if let Some(session) = session {
        cookies::set(&mut response, cookies::SESSION, &session, "/");
    }
    response
}

/// Returns the error for a prompt that the request forbids, and its description.
fn reason(prompt: Prompt, is_signed_in: bool, authorization: &Authorization) -> (&'static str, &'static str) {
    match prompt {
        Prompt::Login if authorization.prompts("login") => ("login_required", "login prompt was not resolved"),
        Prompt::Login if is_signed_in => ("login_required", "End-User authentication could not be obtained"),
        Prompt::Login => ("login_required", "End-User authentication is required"),
        Prompt::Consent if authorization.client.kind == "Native" => {
            ("interaction_required", "native clients require End-User interaction")
        }
        Prompt::Consent => ("consent_required", "requested scopes not granted"),
    }
}

/// Returns the prompt that the user must answer next.
fn needed(
    context: &Context<'_>,
    authorization: &Authorization,
    answered: &[Prompt],
    session: Option<&Session>,
) -> Option<Prompt> {
    let Some(session) = session.filter(|session| context.state.store.get(&USERS, &session.user).is_some()) else {
        return Some(Prompt::Login);
    };
    if !answered.contains(&Prompt::Login) {
        let age = (context.now - session.signed_in_at).div_euclid(1000);
        let too_old =
            authorization.parameter("max_age").and_then(|most| most.parse().ok()).is_some_and(|most| age > most);
        if authorization.prompts("login") || too_old {
            return Some(Prompt::Login);
        }
    }
    let native = authorization.client.kind == "Native";
    let wanted = authorization.prompts("consent") || native || authorization.device_code.is_some();
    let asks = wanted && !answered.contains(&Prompt::Consent);
    (asks || !ungranted_scopes(context.state, authorization, session).is_empty()).then_some(Prompt::Consent)
}

/// Starts an interaction, and sends the user to its page.
fn ask(
    context: &mut Context<'_>,
    authorization: Authorization,
    prompt: Prompt,
    answered: Vec<Prompt>,
    session: Option<String>,
) -> HttpResponse {
    let page = match prompt {
        Prompt::Login => login_page(&authorization),
        Prompt::Consent => format!("/consent?app_id={}", form_encoded(&authorization.client.id)),
    };
    let mut response = redirect(303, &page);
    cookies::set_page_context(&mut response, |name| match name {
        "app_id" => Some(&authorization.client.id),
        _ => authorization.parameter(name),
    });
    let resumed_by = if authorization.device_code.is_some() { "/oidc/device" } else { "/oidc/auth" };
    let id = interactions::start(context, authorization, prompt, answered, session);
    audit::created(context, &id);
    cookies::set(&mut response, cookies::INTERACTION, &id, "/");
    cookies::set(&mut response, cookies::RESUME, &id, &format!("{resumed_by}/{id}"));
    response
}

/// Returns the page on which the sign-in begins.
fn login_page(authorization: &Authorization) -> String {
    let parameter = |name: &str| authorization.parameter(name);
    let screen = match parameter("first_screen").or_else(|| parameter("interaction_mode")) {
        Some("register" | "signUp") => "register",
        Some("reset_password") => "reset-password",
        Some("identifier:sign_in") => "identifier-sign-in",
        Some("identifier:register") => "identifier-register",
        Some("single_sign_on") => "single-sign-on",
        _ => "sign-in",
    };
    let more = ["organization_id", "ui_locales", "one_time_token", "login_hint", "identifier"];
    let more = more.iter().filter_map(|name| Some(format!("&{name}={}", form_encoded(parameter(name)?))));
    let query = format!("app_id={}{}", form_encoded(&authorization.client.id), more.collect::<String>());
    // The page goes on to the provider. If it is unknown, the screen is the way back.
    let of_google = parameter("google_one_tap_credential").map(|_| "social:google");
    match parameter("direct_sign_in").or(of_google) {
        Some(direct) => {
            let parts: Vec<&str> = direct.splitn(2, ':').collect();
            format!("/direct/{}?{query}&fallback={screen}", parts.join("/"))
        }
        None => format!("/{screen}?{query}"),
    }
}

/// Answers the request with a code.
fn finish(context: &mut Context<'_>, authorization: &Authorization, session: &Session) -> HttpResponse {
    let known = session.application(&authorization.client.id);
    let grant = known.map(|known| known.grant.clone()).unwrap_or_default();
    let auth_time = authorization.parameter("max_age").map(|_| session.signed_in_at.div_euclid(1000));
    let authorized = Authorized {
        client: authorization.client.id.clone(),
        user: session.user.clone(),
        scopes: granted(context.state, authorization, &grant),
        grant,
        resources: authorization.resources.clone(),
        nonce: authorization.parameter("nonce").map(str::to_owned),
        auth_time,
        session: Some(session.uid.clone()),
    };
    limit_grants(context, authorization, session);
    if let Some(code) = &authorization.device_code {
        return device::approve(context, code, authorized);
    }
    let value = context.state.ids.token(43);
    let code = Code {
        authorized,
        redirect_uri: authorization.redirect_uri.clone(),
        challenge: authorization.parameter("code_challenge").map(str::to_owned),
        expires_at: context.now.saturating_add(CODE_LIFETIME * 1000),
        used: false,
    };
    context.state.oidc.codes.insert(value.clone(), code);
    authorization.respond(&context.issuer(), &[("code", &value)])
}

/// Returns the requested scopes that the user has granted, of resources and others.
fn granted(state: &State, authorization: &Authorization, grant: &str) -> Vec<String> {
    let Some(grant) = state.oidc.grant(grant) else { return Vec::new() };
    let of_resources = authorization.resources.iter().flat_map(|indicator| grant.of_resource(indicator));
    let all = grant.scopes.iter().chain(of_resources).map(String::as_str);
    scopes::common(all, &authorization.scopes)
}

/// Grants an application these scopes, and returns the id of the grant.
pub(crate) fn consent(
    state: &mut State,
    authorization: &Authorization,
    session: &Session,
    missing: UngrantedScopes,
    now: i64,
) -> String {
    let client = &authorization.client;
    let known = session.application(&client.id);
    let known = known.and_then(|known| state.oidc.grant(&known.grant)).cloned();
    let mut grant = known.unwrap_or_else(|| Provider::new_grant(state.ids.token(43), &client.id, &session.user, now));
    grant.asked |= client.is_third_party;
    grant.add(None, missing.scopes);
    for (indicator, scopes) in missing.resources {
        grant.add(Some(&indicator), scopes);
    }
    let id = grant.id.clone();
    state.oidc.put_grant(grant);
    if let Some(user) = state.store.get(&USERS, &session.user).filter(|user| user.text("applicationId").is_empty()) {
        let mut user = user.clone();
        user.members.insert("applicationId".to_owned(), client.id.clone().into());
        state.store.put(&USERS, user);
    }
    id
}

/// Ends the oldest sign-ins of a user to an application that limits their number.
fn limit_grants(context: &mut Context<'_>, authorization: &Authorization, session: &Session) {
    let (client, user) = (&authorization.client, &session.user);
    let Some(most) = client.number("maxAllowedGrants").and_then(|most| usize::try_from(most).ok()) else { return };
    let own = context.state.oidc.grants.iter().filter(|grant| grant.user == *user && grant.client == client.id);
    let own: Vec<String> = own.map(|grant| grant.id.clone()).collect();
    let Some(oldest) = own.len().checked_sub(most.max(1)).and_then(|excess| own.get(..excess)) else { return };
    if oldest.is_empty() {
        return;
    }
    for grant in oldest {
        context.state.oidc.revoke(grant);
        context.state.oidc.sessions.forget_grant(grant, &mut context.state.ids);
    }
    audit::limited(context, authorization, session, oldest);
    let application = context.state.store.get(&APPLICATIONS, &client.id);
    let application = application.map(|found| found.part(&["id", "type", "name", "description"]));
    let about = json!({
        "userId": user,
        "applicationId": client.id,
        "revokedGrantIds": oldest,
        "maxAllowedGrants": most,
        "preRevocationActiveGrantCount": own.len(),
        "ip": context.request.ip(),
        "userAgent": context.request.agent().unwrap_or_default(),
    });
    let mut about = about.as_object().cloned().unwrap_or_default();
    about.extend(application.map(|application| ("application".to_owned(), application)));
    announce(context.state, context.now, "Grant.LimitExceeded", &about);
}
