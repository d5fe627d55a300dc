//! The browser of the recorded sign-ins. The recordings mask its cookies, codes and tokens.

use std::collections::BTreeMap;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;

use crate::recordings::Web;

/// A browser with its cookies, and what its application has received.
#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
    pub(crate) code: Option<String>,
    /// The `state` that came with the code.
    pub(crate) state: Option<String>,
}

impl Browser {
    /// Starts a sign-in to an application in a new browser.
    pub(crate) fn begin(&mut self, emulator: &Emulator, application: &str, web: &Web) {
        let url = format!(
            "http://logto/oidc/auth?client_id={application}&redirect_uri={}&response_type=code\
             &prompt=login%20consent&scope={}&nonce=no&state=st",
            web.redirect_uri,
            web.scopes.replace(' ', "%20")
        );
        self.open(emulator, HttpRequest::new(Method::Get, url));
    }

    /// Sends a request that starts a sign-in, in a new browser.
    pub(crate) fn open(&mut self, emulator: &Emulator, request: HttpRequest) {
        self.cookies.clear();
        let response = emulator.handle(&request);
        self.keep(emulator, &response, &Value::Null);
        if let Some(target) = response.headers.get("location") {
            self.follow(emulator, target);
        }
    }

    /// Starts a registration on the page.
    pub(crate) fn register(&self, emulator: &Emulator) {
        let mut request = HttpRequest::new(Method::Put, "http://logto/api/experience");
        request.body = json!({ "interactionEvent": "Register" }).to_string().into();
        request.headers.set("content-type", "application/json");
        self.sign(&mut request);
        assert_eq!(emulator.handle(&request).status, 204);
    }

    /// Returns the id of the sign-in that is in progress.
    pub(crate) fn interaction(&self) -> Value {
        let cookie = self.cookies.get("_interaction").map(String::as_str).unwrap_or_default();
        serde_json::from_str::<Value>(cookie).map(|ids| ids["_legacy"].clone()).unwrap_or_default()
    }

    /// Adds the cookies to a request.
    pub(crate) fn sign(&self, request: &mut HttpRequest) {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        request.headers.set("cookie", cookies.collect::<Vec<_>>().join("; "));
        request.headers.set("user-agent", "browser");
    }

    /// Keeps what a response to the browser or the application contains.
    pub(crate) fn keep(&mut self, emulator: &Emulator, response: &HttpResponse, body: &Value) {
        for (_, cookie) in response.headers.iter().filter(|(name, _)| *name == "set-cookie") {
            let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some(target) = body["redirectTo"].as_str() {
            self.follow(emulator, target);
        }
    }

    /// Follows redirects until the application has its code.
    fn follow(&mut self, emulator: &Emulator, target: &str) {
        let mut target = target.to_owned();
        for _ in 0..5 {
            let parameter = |name| Some(target.split_once(name)?.1.split('&').next()?.to_owned());
            if let Some(code) = parameter("code=") {
                (self.code, self.state) = (Some(code), parameter("state="));
                return;
            }
            let url = if target.starts_with('/') { format!("http://logto{target}") } else { target };
            let response = self.get(emulator, &url);
            let Some(next) = response.headers.get("location") else { return };
            target = next.to_owned();
        }
    }

    fn get(&mut self, emulator: &Emulator, url: &str) -> HttpResponse {
        let mut request = HttpRequest::new(Method::Get, url);
        self.sign(&mut request);
        let response = emulator.handle(&request);
        self.keep(emulator, &response, &Value::Null);
        response
    }
}
