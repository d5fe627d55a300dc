//! The sessions and grants of users. Administrators and the users themselves see them.

use logto_admin::serde_json::{Value, json};

use super::Handler;
use crate::call::Call;
use crate::collections::APPLICATIONS;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::state::oidc::Grant;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListUserSessions", |call| {
        let sessions = call.state.oidc.sessions.of_user(call.parameter(0)).map(|session| Value::from(session.shown()));
        Ok(reply::json(call.success(), &json!({ "sessions": sessions.collect::<Value>() })))
    }),
    ("GetUserSession", |call| {
        let session = call.state.oidc.sessions.of_uid(call.parameter(1));
        let session = session.filter(|session| session.user == call.parameter(0));
        Ok(reply::json(call.success(), &session.ok_or_else(no_session)?.shown().into()))
    }),
    ("DeleteUserSession", |call| {
        let (user, uid) = (call.parameter(0).to_owned(), call.parameter(1).to_owned());
        if call.state.oidc.sessions.is_of_another(&user, &uid) {
            return Err(Refusal::usual(404, "oidc.invalid_session_account_id"));
        }
        end_session(call, &user, &uid)?;
        Ok(reply::nothing(call.success()))
    }),
    ("ListUserGrants", |call| Ok(reply::json(call.success(), &grants(call, call.parameter(0))))),
    ("DeleteUserGrant", |call| {
        let (user, id) = (call.parameter(0).to_owned(), call.parameter(1).to_owned());
        revoke(call, &user, &id)?;
        Ok(reply::nothing(call.success()))
    }),
    ("GetSessions", |call| Ok(reply::json(call.success(), &own_sessions(call)))),
    ("DeleteSessionById", |call| {
        let (user, uid) = (call.caller.clone(), call.parameter(0).to_owned());
        let is_foreign = call.state.oidc.sessions.of_uid(&uid).is_some_and(|session| session.user != user);
        let code = if is_foreign { "oidc.invalid_session_account_id" } else { "oidc.session_not_found" };
        let unknown = |_| Refusal::usual(400, code).with("data", json!({ "status": 404 }));
        end_session(call, &user, &uid).map_err(unknown)?;
        Ok(reply::nothing(call.success()))
    }),
    ("GetGrants", |call| Ok(reply::json(call.success(), &grants(call, &call.caller)))),
    ("DeleteGrantById", |call| {
        let (user, id) = (call.caller.clone(), call.parameter(0).to_owned());
        revoke(call, &user, &id)?;
        Ok(reply::nothing(call.success()))
    }),
];

/// Returns the sessions of the caller. Each has a flag for that of the token.
fn own_sessions(call: &Call<'_>) -> Value {
    let current = call.access_token().and_then(|token| token.session.as_deref());
    let sessions = call.state.oidc.sessions.of_user(&call.caller).map(|session| {
        let mut shown = session.shown();
        shown.insert("isCurrent".to_owned(), (current == Some(session.uid.as_str())).into());
        Value::from(shown)
    });
    json!({ "sessions": sessions.collect::<Value>() })
}

fn no_session() -> Refusal {
    Refusal::usual(404, "oidc.session_not_found")
}

/// Ends a session of a user. If the query asks for it, revokes the grants of its applications.
fn end_session(call: &mut Call<'_>, user: &str, uid: &str) -> Outcome<()> {
    let target = call.request.query.get("revokeGrantsTarget").unwrap_or_default().to_owned();
    let oidc = &mut call.state.oidc;
    let id = oidc.sessions.of_uid(uid).filter(|session| session.user == user).map(|session| session.id.clone());
    let session = id.and_then(|id| oidc.sessions.remove(&id)).ok_or_else(no_session)?;
    for authorization in session.authorizations {
        let application = call.state.store.get(&APPLICATIONS, &authorization.client);
        let third_party = application.is_some_and(|application| application.is_true("isThirdParty"));
        if target == "all" || (target == "firstParty" && !third_party) {
            call.state.oidc.revoke(&authorization.grant);
        }
    }
    Ok(())
}

/// Returns the grants of a user to existing applications. The query selects their type.
fn grants(call: &Call<'_>, user: &str) -> Value {
    let wanted = call.request.query.get("appType");
    let shown = |grant: &Grant| {
        let application = call.state.store.get(&APPLICATIONS, &grant.client)?;
        let kind = if application.is_true("isThirdParty") { "thirdParty" } else { "firstParty" };
        wanted.is_none_or(|wanted| wanted == kind).then(|| {
            json!({
                "id": grant.id,
                "payload": grant.payload(),
                "expiresAt": grant.expires_at(),
                "application": application.part(&["id", "name"]),
            })
        })
    };
    let grants = call.state.oidc.grants.iter().filter(|grant| grant.user == user).filter_map(shown);
    json!({ "grants": grants.collect::<Value>() })
}

fn revoke(call: &mut Call<'_>, user: &str, id: &str) -> Outcome<()> {
    let known = call.state.oidc.grant(id).is_some_and(|grant| grant.user == user);
    if !known {
        return Err(Refusal::usual(404, "oidc.invalid_grant"));
    }
    call.state.oidc.revoke(id);
    call.state.oidc.sessions.forget_grant(id, &mut call.state.ids);
    Ok(())
}
