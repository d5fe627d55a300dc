//! Sends an authorization request from prompt to prompt until it can be answered.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::authorization::{Problem, redirect};
use super::ungranted_scopes::{UngrantedScopes, ungranted_scopes};
use super::{Context, audit, cookies, device, end_session, interactions, pushed, refuse, scopes};
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::http::request::form_encoded;
use crate::policies::application_access;
use crate::settings::OIDC_SESSION;
use crate::state::State;
use crate::state::oidc::{
    Application, Authorization, Authorized, Code, Interaction, Prompt, Provider, Session, SignOut,
};
use crate::webhooks::{about_application, announce};

/// Lifetime of a code, in seconds.
const CODE_LIFETIME: i64 = 60;

/// `/oidc/auth`: begins an authorization request.
pub(super) fn begin(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let outcome = start(context);
    outcome.map_err(|refusal| {
        let refusal = from_provider(context, refusal);
        match context.parameter("state") {
            Some(state) => refusal.with("state", state),
            None => refusal,
        }
    })
}

/// Adds the provider to an error of the authorization endpoint.
fn from_provider(context: &Context<'_>, refusal: Refusal) -> Refusal {
    refusal.with("iss", context.issuer())
}

fn start(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    pushed::resolve(context)?;
    let (authorization, checked) = Authorization::of(context)?;
    if let Err(problem) = checked {
        return Ok(authorization.report(&context.issuer(), &problem));
    }
    let session = current_session(context).map(|session| session.uid.clone());
    Ok(proceed(context, authorization, Vec::new(), session))
}

/// Returns the session of the browser.
fn current_session<'c>(context: &'c Context<'_>) -> Option<&'c Session> {
    context.state.oidc.sessions.get(context.request.cookie(cookies::SESSION)?)
}

/// `/oidc/auth/{id}`: continues after the user has signed in or consented.
pub(super) fn resume(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    go_on(context).map_err(|refusal| from_provider(context, refusal))
}

fn go_on(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let id = context.request.cookie(cookies::RESUME).unwrap_or_default().to_owned();
    if id.is_empty() {
        return Err(interactions::not_found("authorization request has expired"));
    }
    let interaction = context.state.oidc.interactions.get(&id).cloned().ok_or_else(interactions::missing)?;
    let current = current_session(context).cloned();
    let uid = current.as_ref().map(|session| session.uid.as_str());
    if interaction.session.is_some() && interaction.session.as_deref() != uid {
        return Err(refuse(400, "invalid_request", "interaction session and authentication session mismatch"));
    }
    if let Some((login, current)) = interaction.login.as_ref().zip(current.as_ref())
        && login.user != current.user
    {
        return Ok(switch_user(context, &interaction, current));
    }
    context.state.oidc.interactions.remove(&id);
    let mut session = current.map(|current| context.state.oidc.sessions.rename(&current.uid, &mut context.state.ids));
    audit::ended(context, &interaction, session.as_deref());
    let page = page_of(&interaction.authorization);
    let path = format!("/oidc/{page}/{id}");
    if interaction.is_aborted {
        let problem = Problem::new("oidc.aborted", "");
        let mut response = interaction.authorization.report(&context.issuer(), &problem);
        cookies::remove(&mut response, cookies::RESUME, &path);
        return Ok(response);
    }
    let mut answered = interaction.answered;
    if let Some(login) = interaction.login {
        answered.push(Prompt::Login);
        let client = &interaction.authorization.client.id;
        session = Some(sign_in(context, session.as_deref(), &login.user, client, login.submission));
    }
    if let Some(grant) = interaction.grant {
        answered.push(Prompt::Consent);
        let current = session.as_deref().and_then(|uid| context.state.oidc.sessions.of_uid(uid)).cloned();
        if let Some(mut current) = current {
            authorize(context.state, &mut current, &interaction.authorization, grant);
            context.state.oidc.sessions.put(current);
        }
    }
    let mut response = proceed(context, interaction.authorization, answered, session);
    cookies::remove(&mut response, cookies::RESUME, &path);
    Ok(response)
}

/// Returns the page of the provider that continues a request.
pub(crate) const fn page_of(authorization: &Authorization) -> &'static str {
    if authorization.device_code.is_some() { "device" } else { "auth" }
}

/// Returns a page that ends the session of another user. The browser then continues without a session.
fn switch_user(context: &mut Context<'_>, interaction: &Interaction, current: &Session) -> HttpResponse {
    if let Some(interaction) = context.state.oidc.interactions.get_mut(&interaction.id) {
        interaction.session = None;
    }
    let target = format!("{}/{}/{}", context.issuer(), page_of(&interaction.authorization), interaction.id);
    let client = Some(interaction.authorization.client.id.clone());
    let (xsrf, expires_at) = (context.state.ids.token(43), context.now.saturating_add(cookies::FORM_LIFETIME));
    let sign_out = SignOut { xsrf: xsrf.clone(), target: Some(target), client, expires_at };
    end_session::begin(context, current.uid.clone(), sign_out);
    let mut response = end_session::form(context, &xsrf);
    cookies::set(&mut response, cookies::SESSION, &current.id, "/");
    response
}

/// Signs a user in, and returns the uid of the session.
fn sign_in(context: &mut Context<'_>, session: Option<&str>, user: &str, client: &str, submission: Value) -> String {
    let (state, now) = (&mut *context.state, context.now);
    let known = session.and_then(|uid| state.oidc.sessions.of_uid(uid)).cloned();
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
    });
    session.signed_in_at = now;
    session.last_submission = submission;
    client.clone_into(&mut session.client);
    let uid = session.uid.clone();
    state.oidc.sessions.put(session);
    uid
}

/// Each visit of the provider prolongs the session.
fn prolong(context: &mut Context<'_>, uid: &str) {
    let lifetime = context.state.settings.get(&OIDC_SESSION).get("ttl").and_then(Value::as_f64).unwrap_or_default();
    let expires_at = context.now.saturating_add((lifetime * 1000.0) as i64);
    if let Some(session) = context.state.oidc.sessions.of_uid(uid).cloned() {
        context.state.oidc.sessions.put(Session { expires_at, ..session });
    }
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

/// Asks the user for what is missing, or answers the request. `session` is the uid of the session.
pub(super) fn proceed(
    context: &mut Context<'_>,
    authorization: Authorization,
    answered: Vec<Prompt>,
    session: Option<String>,
) -> HttpResponse {
    session.iter().for_each(|uid| prolong(context, uid));
    let current = session.as_deref().and_then(|uid| context.state.oidc.sessions.of_uid(uid)).cloned();
    let mut response = match (needed(context, &authorization, &answered, current.as_ref()), current) {
        (None, Some(current)) => answer(context, &authorization, &current),
        (need, _) => {
            let need = need.unwrap_or_default();
            if authorization.prompts("none") {
                let (error, description) = need.problem();
                return authorization.report(&context.issuer(), &Problem::new(error, description));
            }
            ask(context, authorization, &need, answered, session.clone())
        }
    };
    let session = session.and_then(|uid| context.state.oidc.sessions.of_uid(&uid));
    if let Some(session) = session {
        cookies::set(&mut response, cookies::SESSION, &session.id, "/");
    }
    response
}

/// Answers a request for which the user has done everything.
fn answer(context: &mut Context<'_>, authorization: &Authorization, session: &Session) -> HttpResponse {
    let problem = if !application_access::permits(context.state, &authorization.client.id, &session.user) {
        "the user has no access to the application"
    } else if granted_in(context.state, authorization, session).is_empty() {
        // The provider does not describe that nothing was granted.
        ""
    } else {
        return finish(context, authorization, session);
    };
    authorization.report(&context.issuer(), &Problem::new("access_denied", problem))
}

/// Step that the user must take, and the reasons for it.
#[derive(Debug)]
pub(super) struct Need {
    pub prompt: Prompt,
    pub reasons: Vec<&'static str>,
}

impl Default for Need {
    fn default() -> Self {
        Self { prompt: Prompt::Login, reasons: vec!["no_session"] }
    }
}

impl Need {
    /// Returns the step if there is a reason that applies.
    fn of(prompt: Prompt, reasons: &[(&'static str, bool)]) -> Option<Self> {
        let reasons: Vec<&str> = reasons.iter().filter(|(_, applies)| *applies).map(|(reason, _)| *reason).collect();
        (!reasons.is_empty()).then_some(Self { prompt, reasons })
    }

    /// Returns the error for a request that forbids the step, and its description.
    fn problem(&self) -> (&'static str, &'static str) {
        match self.reasons.first().copied().unwrap_or_default() {
            "login_prompt" => ("login_required", "login prompt was not resolved"),
            "no_session" => ("login_required", "End-User authentication is required"),
            "max_age" => ("login_required", "End-User authentication could not be obtained"),
            "id_token_hint" => ("login_required", "id_token_hint and authenticated subject do not match"),
            "consent_prompt" => ("consent_required", "consent prompt was not resolved"),
            "native_client_prompt" => ("interaction_required", "native clients require End-User interaction"),
            _ => ("consent_required", "requested scopes not granted"),
        }
    }
}

/// Returns what the user must do next.
fn needed(
    context: &mut Context<'_>,
    authorization: &Authorization,
    answered: &[Prompt],
    session: Option<&Session>,
) -> Option<Need> {
    let session = session.filter(|session| context.state.store.get(&USERS, &session.user).is_some());
    let asks = |prompt: Prompt, name: &str| authorization.prompts(name) && !answered.contains(&prompt);
    let greatest: Option<i64> = authorization.parameter("max_age").and_then(|age| age.parse().ok());
    let too_old = greatest.is_some_and(|greatest| {
        session.is_none_or(|session| {
            let age = (context.now - session.signed_in_at).div_euclid(1000);
            age > greatest && !answered.contains(&Prompt::Login)
        })
    });
    // The provider reads the hint when a request begins.
    let hinted = if answered.is_empty() { authorization.hinted_user(context) } else { None };
    let is_other = hinted.is_some_and(|user| session.is_none_or(|session| session.user != user));
    let reasons = [
        ("login_prompt", asks(Prompt::Login, "login")),
        ("no_session", session.is_none()),
        ("max_age", too_old),
        ("id_token_hint", is_other),
    ];
    if let Some(need) = Need::of(Prompt::Login, &reasons) {
        return Some(need);
    }
    let is_native = authorization.client.kind == "Native" && !answered.contains(&Prompt::Consent);
    let missing = session.map(|session| ungranted_scopes(context.state, authorization, session)).unwrap_or_default();
    let reasons = [
        ("consent_prompt", asks(Prompt::Consent, "consent")),
        ("native_client_prompt", is_native),
        ("op_scopes_missing", !missing.scopes.is_empty()),
        ("rs_scopes_missing", !missing.resources.is_empty()),
    ];
    Need::of(Prompt::Consent, &reasons)
}

/// Starts an interaction, and sends the user to its page.
fn ask(
    context: &mut Context<'_>,
    authorization: Authorization,
    need: &Need,
    answered: Vec<Prompt>,
    session: Option<String>,
) -> HttpResponse {
    let page = match need.prompt {
        Prompt::Login => login_page(&authorization),
        Prompt::Consent => format!("/consent?app_id={}", form_encoded(&authorization.client.id)),
    };
    let mut response = redirect(303, &page);
    cookies::set_page_context(&mut response, |name| match name {
        "app_id" => Some(&authorization.client.id),
        _ => authorization.parameter(name),
    });
    let (resumed_by, client) = (page_of(&authorization), authorization.client.id.clone());
    let id = interactions::start(context, authorization, need.prompt, answered, session);
    audit::created(context, &id, &need.reasons);
    let known = context.request.cookie(cookies::INTERACTION);
    cookies::set(&mut response, cookies::INTERACTION, &cookies::with_interaction(known, &client, &id), "/");
    cookies::set(&mut response, cookies::RESUME, &id, &format!("/oidc/{resumed_by}/{id}"));
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
    let scopes = granted_in(context.state, authorization, session);
    let known = session.application(&authorization.client.id);
    let grant = known.map(|known| known.grant.clone()).unwrap_or_default();
    let auth_time = authorization.parameter("max_age").map(|_| session.signed_in_at.div_euclid(1000));
    let authorized = Authorized {
        client: authorization.client.id.clone(),
        user: session.user.clone(),
        scopes,
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
fn granted_in(state: &State, authorization: &Authorization, session: &Session) -> Vec<String> {
    let known = session.application(&authorization.client.id);
    let Some(grant) = known.and_then(|known| state.oidc.grant(&known.grant)) else { return Vec::new() };
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
    about.extend(about_application(context.state, &client.id));
    announce(context.state, context.now, "Grant.LimitExceeded", &about);
}
