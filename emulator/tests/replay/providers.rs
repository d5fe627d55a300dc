//! Data that the recorder's identity providers sent, in the form that the emulator accepts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{self, Value, json};

use crate::exchange::Exchange;

/// Replaces the code of a provider with the profile that the recorder's provider sent for it.
pub(crate) fn translate(exchange: &Exchange, body: &mut Value) {
    if exchange.operation_id.as_deref() != Some("VerifyEnterpriseSsoVerification") {
        return;
    }
    let code = body["connectorData"]["code"].as_str().and_then(|code| URL_SAFE_NO_PAD.decode(code).ok());
    let Some(sent) = code.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()) else { return };
    let data = body["connectorData"].as_object_mut().expect("the data have a code");
    for (name, value) in sent["claims"].as_object().into_iter().flatten() {
        let name = match name.as_str() {
            "sub" => "userId",
            "picture" => "avatar",
            "email_verified" => "emailVerified",
            other => other,
        };
        data.insert(name.to_owned(), value.clone());
    }
    let tokens = json!({
        "access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600,
        "scope": "openid profile email",
    });
    data.insert("tokenResponse".to_owned(), tokens);
}
