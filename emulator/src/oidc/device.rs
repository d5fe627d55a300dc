//! Sign-in on a device without a browser (RFC 8628). The user enters a code on another device.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::authorization::{Problem, not_allowed, redirect};
use super::{Context, client, cookies};
use crate::errors::Outcome;
use crate::http::reply;
use crate::state::oidc::{Answer, Authorization, Authorized, DEVICE, Device};

/// The cookie with the secret of the form, which the page posts as `xsrf`.
pub(super) const SECRET: &str = "_logto_device_flow_xsrf";
/// The path of the page.
pub(super) const PAGE: &str = "/device";

/// Lifetime of a device code, in seconds.
const LIFETIME: i64 = 600;
/// The letters of the codes that users enter.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

/// `/oidc/device/auth`: issues the codes.
pub(super) fn begin(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let client = client::authenticate(context)?;
    if !client.may(DEVICE) {
        return Err(not_allowed(&format!("{DEVICE} is not allowed for this client")));
    }
    let device_code = context.state.ids.token(43);
    let user_code = user_code(context);
    let mut authorization = Authorization::without_redirect(context, client);
    authorization.check_scopes(context.state).map_err(Problem::refusal)?;
    authorization.check_details(context).map_err(Problem::refusal)?;
    authorization.device_code = Some(device_code.clone());
    let device = Device {
        client: authorization.client.id.clone(),
        user_code: user_code.clone(),
        authorization,
        expires_at: context.now.saturating_add(LIFETIME * 1000),
        answer: Answer::Pending,
        entered: false,
    };
    context.state.oidc.devices.insert(device_code.clone(), device);
    let page = format!("{}{PAGE}", context.request.origin);
    let answer = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": LIFETIME,
    });
    Ok(reply::json(200, &answer))
}

fn user_code(context: &mut Context<'_>) -> String {
    let drawn = context.state.ids.secret(8);
    let letters = drawn.bytes().filter_map(|byte| LETTERS.get(usize::from(byte) % LETTERS.len()));
    let letters: String = letters.map(|byte| char::from(*byte)).collect();
    let (first, last) = letters.split_at_checked(4).unwrap_or((&letters, ""));
    format!("{first}-{last}")
}

/// Answers a device with what its user has permitted. Sends the browser to the last page.
pub(super) fn approve(context: &mut Context<'_>, code: &str, authorized: Authorized) -> HttpResponse {
    if let Some(device) = context.state.oidc.devices.get_mut(code) {
        device.answer = Answer::Approved(Box::new(authorized));
    }
    let mut response = redirect(302, "/device/success");
    cookies::remove(&mut response, SECRET, PAGE);
    response
}
