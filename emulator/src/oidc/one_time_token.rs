//! One-time tokens in authorization requests of users who have signed in.

use logto_admin::transport::HttpResponse;

use super::authorization::redirect;
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::http::request::form_encoded;
use crate::policies::one_time_tokens;
use crate::state::State;
use crate::state::oidc::{Interaction, Session};

/// Returns where the browser goes instead of the consent, if anywhere.
///
/// A token of another user leads to the page that switches accounts. An active one leads to the page that uses it.
pub(super) fn detour(
    state: &State,
    (interaction, session): &(Interaction, Session),
    now: i64,
) -> Outcome<Option<HttpResponse>> {
    let authorization = &interaction.authorization;
    let parameters = authorization.parameter("one_time_token").zip(authorization.parameter("login_hint"));
    let Some((token, email)) = parameters else { return Ok(None) };
    let user = state.store.get(&USERS, &session.user);
    let own = user.map(|user| user.text("primaryEmail")).filter(|own| !own.is_empty());
    let own = own.ok_or_else(|| Refusal::new(400, "user.email_not_exist", "The user has no email address."))?;
    let is_own = own == email;
    let page = |name: &str| {
        let address = format!("{name}?login_hint={}&one_time_token={}", form_encoded(email), form_encoded(token));
        Some(redirect(302, &address))
    };
    if !is_own && !authorization.prompts("login") {
        return Ok(page("switch-account"));
    }
    match one_time_tokens::check(state, now, token, (email, None)) {
        Ok(_) => Ok(page("one-time-token")),
        Err(refusal) if is_own && refusal.code() == Some(one_time_tokens::CONSUMED) => Ok(None),
        Err(refusal) => {
            let message = refusal.message().unwrap_or_default();
            Ok(Some(redirect(302, &format!("one-time-token?errorMessage={}", form_encoded(message)))))
        }
    }
}
