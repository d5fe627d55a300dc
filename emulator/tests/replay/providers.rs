//! Data that the recorder's identity providers and service providers sent. It has the form that the emulator accepts.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, Method};

use crate::exchange::Exchange;

/// Replaces the code of a provider with the profile. The recorder's provider sent it for that code.
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

/// Returns the request of a service provider for a sign-in. The browser posts it.
pub(crate) fn saml_request(application: &str, entity: &str, relay_state: &str) -> HttpRequest {
    let text = format!(
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0">
             <saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{entity}</saml:Issuer>
           </samlp:AuthnRequest>"#
    );
    let mut request = HttpRequest::new(Method::Post, format!("http://logto/api/saml/{application}/authn"));
    request.headers.set("content-type", "application/json");
    request.body = json!({ "SAMLRequest": STANDARD.encode(text), "RelayState": relay_state }).to_string().into();
    request
}
