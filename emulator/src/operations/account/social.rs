//! Social and enterprise identities, and the tokens that their providers issued.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::verifications::add;
use super::{keep_one, no_record, save, user};
use crate::call::{Call, Handler};
use crate::collections::CONNECTORS;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::connectors::{of_sign_in, redirect_to, require_target};
use crate::operations::identities::{check_free, identities, identity_of, no_identity, remove_identity};
use crate::providers::social;
use crate::providers::token_sets::{self, Of};
use crate::record::{Members, Record, text};
use crate::state::verification_records::Kind;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreateVerificationBySocial", create),
    ("VerifyVerificationBySocial", verify),
    ("AddUserIdentities", |call| link(call, false)),
    ("ReplaceMyAccountIdentity", |call| link(call, true)),
    ("DeleteIdentity", delete),
    ("GetSocialIdentityAccessToken", |call| {
        let target = call.parameter(0).to_owned();
        access_token(call, Of::Social(&target))
    }),
    ("GetEnterpriseSsoIdentityAccessToken", |call| {
        let connector = call.parameter(0).to_owned();
        access_token(call, Of::Enterprise(&connector))
    }),
    ("UpdateSocialIdentityAccessTokenByVerificationId", update_tokens),
];

fn create(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    require_target(&call.body)?;
    let id = call.text("connectorId");
    let connector = of_sign_in(call, id)?.clone();
    let uri = redirect_to(&connector, &call.body)?;
    let (id, expires_at) = add(call, false, Kind::Social { connector: connector.id, found: None });
    let answer = json!({ "verificationRecordId": id, "authorizationUri": uri, "expiresAt": expires_at });
    Ok(reply::json(201, &answer))
}

fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.text("verificationRecordId").to_owned();
    let record = call.state.verifications.get_mut(&id, call.now).map(|record| record.kind.clone());
    let Some(Kind::Social { connector, .. }) = record else {
        return Err(no_record());
    };
    let connector = call.record(&CONNECTORS, &connector)?.clone();
    let data = call.object("connectorData");
    let found = Some(social::profile(call.state, &connector, &data)?);
    if let Some(record) = call.state.verifications.get_mut(&id, call.now) {
        record.kind = Kind::Social { connector: connector.id, found };
        record.is_verified = true;
    }
    Ok(reply::json(200, &json!({ "verificationRecordId": id })))
}

/// Returns the connector and the profile of a verified record.
fn verified(call: &Call<'_>, id: &str) -> Outcome<(Record, Members)> {
    let record = call.state.verifications.verified(id, call.now);
    match record.map(|record| &record.kind) {
        Some(Kind::Social { connector, found: Some(profile) }) => {
            Ok((call.record(&CONNECTORS, connector)?.clone(), profile.clone()))
        }
        _ => Err(no_record()),
    }
}

fn link(call: &mut Call<'_>, replaces: bool) -> Outcome<HttpResponse> {
    let (connector, profile) = verified(call, call.text("newIdentifierVerificationRecordId"))?;
    let (target, id) = (connector.text("target"), text(&profile, "id"));
    let mut user = user(call)?;
    check_free(call.state, target, id, &user.id)?;
    let Some(identities) = identities(&mut user) else { return Err(no_identity()) };
    let known = identities.get(target).map(|known| known.get("userId").is_some_and(|known| known == id));
    if !replaces && known.is_some() {
        return Err(Refusal::usual(400, "user.identity_already_in_use"));
    }
    identities.insert(target.to_owned(), json!({ "userId": id, "details": profile.clone() }));
    let user_id = user.id.clone();
    save(call, user);
    // The tokens of another account of the user are of no use.
    if !store_tokens(call, &connector, &profile) && known == Some(false) {
        token_sets::remove(call.state, &user_id, Of::Social(target));
    }
    Ok(reply::nothing(204))
}

/// Stores the tokens of the provider if the connector does that. Returns whether there are any.
fn store_tokens(call: &mut Call<'_>, connector: &Record, profile: &Members) -> bool {
    let response = profile.get("rawData").and_then(|data| data.get("tokenResponse")?.as_object());
    let user = call.caller.clone();
    response
        .is_some_and(|tokens| social::store_tokens(call.state, call.now, &user, connector, text(profile, "id"), tokens))
}

fn delete(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let target = call.parameter(0).to_owned();
    if identity_of(&user, &target).is_none() {
        return Err(no_identity());
    }
    keep_one(call, &user, &target)?;
    remove_identity(call.state, &mut user, &target)?;
    save(call, user);
    Ok(reply::nothing(204))
}

/// Shows the access token of an identity. One that has expired and cannot be refreshed is deleted.
fn access_token(call: &mut Call<'_>, of: Of<'_>) -> Outcome<HttpResponse> {
    let tokens = token_sets::find(call.state, &call.caller, of).ok_or_else(|| {
        let message = "Token record not found.";
        Refusal::new(404, "secrets.third_party_token_set.token_not_found", message)
    })?;
    if token_sets::is_spent(tokens, call.now) {
        token_sets::remove(call.state, &call.caller, of);
        let message = "The access token has expired.";
        return Err(Refusal::new(401, "secrets.third_party_token_set.access_token_expired", message));
    }
    Ok(reply::json(200, &token_sets::access_token(tokens, call.now)))
}

/// Replaces the tokens of an identity by those of another authorization.
fn update_tokens(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (connector, profile) = verified(call, call.text("verificationRecordId"))?;
    if connector.text("target") != call.parameter(0) {
        let code = "verification_record.social_verification.invalid_target";
        return Err(Refusal::new(422, code, "The record is about another provider."));
    }
    if identity_of(&user(call)?, connector.text("target")) != Some(text(&profile, "id")) {
        let message = "The record is about an account of another user.";
        return Err(Refusal::new(422, "user.identity_not_exists_in_current_user", message));
    }
    if !store_tokens(call, &connector, &profile) {
        let code = "verification_record.social_verification.token_response_not_found";
        return Err(Refusal::new(422, code, "The provider has not issued tokens."));
    }
    access_token(call, Of::Social(connector.text("target")))
}
