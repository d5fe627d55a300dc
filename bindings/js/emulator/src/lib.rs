//! An in-memory Logto for JavaScript. It answers requests like a server.

use std::time::Duration;

use logto_admin::operation::Release;
use logto_admin::transport::{HttpRequest, Method};
use logto_admin_emulator::EmulatorBuilder;
use wasm_bindgen::prelude::*;

/// An emulator inside of a JavaScript runtime.
#[wasm_bindgen]
pub struct Emulator(logto_admin_emulator::Emulator);

/// The answer to a request. The host takes its parts.
#[wasm_bindgen]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    headers: Vec<String>,
    body: Vec<u8>,
}

#[wasm_bindgen]
impl Emulator {
    /// Creates an emulator with services and the routes of a release. The newest is the default.
    ///
    /// # Errors
    /// Fails if the release or a service is unknown.
    #[wasm_bindgen(constructor)]
    pub fn new(release: Option<String>, seed: u32, services: Vec<String>) -> Result<Self, JsError> {
        let release: Option<Release> = release.map(|release| release.parse()).transpose()?;
        let builder = logto_admin_emulator::Emulator::builder().seed(seed.into());
        let mut builder = release.into_iter().fold(builder, EmulatorBuilder::release);
        for service in services {
            builder = builder.service(service.parse()?);
        }
        Ok(Self(builder.build()))
    }

    /// Answers a request. `headers` alternates names and values.
    ///
    /// # Errors
    /// Fails if the method is not one of HTTP.
    pub fn answer(&self, method: &str, url: &str, headers: Vec<String>, body: Vec<u8>) -> Result<Answer, JsError> {
        let known = Method::named(method);
        let method = known.ok_or_else(|| JsError::new(&format!("unknown method {method:?}")))?;
        let mut request = HttpRequest::new(method, url);
        for pair in headers.chunks_exact(2) {
            if let [name, value] = pair {
                request.headers.set(name.clone(), value.clone());
            }
        }
        request.body = body.into();
        let response = self.0.handle(&request);
        let headers = response.headers.iter().flat_map(|(name, value)| [name.to_owned(), value.to_owned()]).collect();
        Ok(Answer { status: response.status, headers, body: response.body.bytes().to_vec() })
    }

    /// Advances the clock.
    pub fn advance(&self, milliseconds: f64) {
        self.0.advance(Duration::from_millis(milliseconds as u64));
    }
}

#[wasm_bindgen]
impl Answer {
    /// Returns the headers: names and values in turn.
    pub fn take_headers(&mut self) -> Vec<String> {
        std::mem::take(&mut self.headers)
    }

    /// Returns the body.
    pub fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }
}
