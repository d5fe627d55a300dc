//! An in-memory Logto for a web page. It answers requests like a server.

use logto_admin::transport::{HttpRequest, Method};
use logto_admin_emulator::Emulator;
use wasm_bindgen::prelude::*;

/// An emulator that runs inside the page.
#[wasm_bindgen]
pub struct Logto(Emulator);

#[wasm_bindgen]
impl Logto {
    /// Creates an empty emulator.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript has no `Default`")]
    pub fn new() -> Self {
        Self(Emulator::new())
    }

    /// Returns the id of its machine-to-machine application.
    #[wasm_bindgen(getter)]
    pub fn app_id(&self) -> String {
        self.0.app_id().to_owned()
    }

    /// Returns the secret of that application.
    #[wasm_bindgen(getter)]
    pub fn app_secret(&self) -> String {
        self.0.app_secret().to_owned()
    }

    /// Returns its URL, which only the emulator answers.
    #[wasm_bindgen(getter)]
    pub fn endpoint(&self) -> String {
        self.0.endpoint().url().to_owned()
    }

    /// Answers a request.
    ///
    /// `headers` alternates names and values. Returns the status, the body, and then the headers in the same form.
    pub fn answer(&self, method: &str, url: &str, headers: Vec<String>, body: String) -> Vec<String> {
        let mut request = HttpRequest::new(parse(method), url);
        for pair in headers.chunks_exact(2) {
            if let [name, value] = pair {
                request.headers.set(name.clone(), value.clone());
            }
        }
        request.body = body.into();
        let response = self.0.handle(&request);
        let mut answer = vec![response.status.to_string(), response.body.text()];
        for (name, value) in response.headers.iter() {
            answer.extend([name.to_owned(), value.to_owned()]);
        }
        answer
    }
}

fn parse(method: &str) -> Method {
    match method {
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        _ => Method::Get,
    }
}
