//! A call before it is sent: inert data, the same for every operation.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::operation::{OperationInfo, Paging};
use crate::pipeline::RetryPolicy;
use crate::response::{AnswerContext, Paged};
use crate::transport::{Body, Headers, HttpRequest, RedirectPolicy, TransportOptions};
use crate::types::headers::check_header;
use crate::types::{Pairs, encode};

/// The parts of a request.
pub(crate) struct Call {
    pub info: &'static OperationInfo,
    pub path: String,
    pub query: Pairs,
    pub headers: Headers,
    pub body: Body,
    pub paged: Paged,
    pub options: CallOptions,
    /// The first invalid argument. Reported when the request is awaited.
    pub problem: Option<Error>,
}

/// Settings that override those of the client.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallOptions {
    /// `Some(None)` disables the timeout.
    pub timeout: Option<Option<Duration>>,
    pub total_timeout: Option<Option<Duration>>,
    pub retry: Option<RetryPolicy>,
    pub idempotent: Option<bool>,
    pub max_response_bytes: Option<u64>,
    pub redirects: Option<RedirectPolicy>,
    pub strict: Option<bool>,
    pub prefetch: Option<usize>,
}

impl CallOptions {
    /// Returns the transport options, which default to those of the client.
    pub(crate) fn transport(&self, defaults: TransportOptions) -> TransportOptions {
        TransportOptions {
            max_response_bytes: self.max_response_bytes.unwrap_or(defaults.max_response_bytes),
            redirects: self.redirects.unwrap_or(defaults.redirects),
            ..defaults
        }
    }
}

/// The largest page size that Logto accepts.
pub(crate) const MAX_PAGE_SIZE: u32 = 100;
/// The length of `?page=1234567890&page_size=100`.
const PAGE_QUERY_LENGTH: usize = 32;

impl Call {
    pub(crate) fn new(info: &'static OperationInfo, path: &str) -> Self {
        Self {
            info,
            path: path.to_owned(),
            query: Pairs::default(),
            headers: Headers::new(),
            body: Body::empty(),
            paged: Paged::default(),
            options: CallOptions::default(),
            problem: None,
        }
    }

    /// Records an invalid argument, unless there is one already.
    pub(crate) fn fail(&mut self, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| Error::input(message));
    }

    /// Replaces `{name}` in the path by a value, which stays one segment.
    pub(crate) fn path_parameter(&mut self, name: &str, value: &str) {
        let Some((before, after)) = around_parameter(&self.path, name) else {
            return self.fail(format!("the path {} has no unset parameter `{name}`", self.info.path));
        };
        match value {
            "" => self.fail(format!("`{name}` is empty, so the request would reach another route")),
            // URL parsers resolve these segments, however they are encoded.
            "." | ".." => self.fail(format!("`{name}` is `{value}`, which URLs cannot carry as a segment")),
            value => self.path = [before, &encode(value), after].concat(),
        }
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        match check_header(name, value) {
            Ok(()) => self.headers.set(name.to_owned(), value.to_owned()),
            Err(message) => self.fail(message),
        }
    }

    pub(crate) fn set_body(&mut self, content_type: impl Into<Cow<'static, str>>, bytes: Vec<u8>) {
        self.headers.set("content-type", content_type);
        self.body = bytes.into();
    }

    pub(crate) fn page(&mut self, page: u32) {
        if page == 0 {
            return self.fail("`page` is 0, but pages start at 1");
        }
        self.paged.page = Some(page);
    }

    pub(crate) fn page_size(&mut self, page_size: u32) {
        if !(1..=MAX_PAGE_SIZE).contains(&page_size) {
            return self.fail(format!("`page_size` is {page_size}, but must be from 1 to {MAX_PAGE_SIZE}"));
        }
        self.paged.page_size = Some(page_size);
    }

    /// Returns the call for a page. Moves an invalid argument to it.
    pub(crate) fn at_page(&mut self, page: u32) -> Self {
        Self {
            info: self.info,
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            paged: Paged { page: Some(page), ..self.paged },
            options: self.options,
            problem: self.problem.take(),
        }
    }

    /// Returns the request at this endpoint, with the client's headers and without the access token.
    pub(crate) fn to_http(&self, endpoint: &str, client_headers: &Headers) -> HttpRequest {
        let mut headers = client_headers.clone();
        headers.merge(&self.headers);
        HttpRequest { method: self.info.method, url: self.url(endpoint), headers, body: self.body.clone() }
    }

    fn url(&self, endpoint: &str) -> String {
        let query = self.query.as_str();
        let mut url = String::with_capacity(endpoint.len() + self.path.len() + query.len() + PAGE_QUERY_LENGTH);
        url.push_str(endpoint);
        url.push_str(&self.path);
        let mut separator = '?';
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
            separator = '&';
        }
        for (name, value) in [("page=", self.paged.page), ("page_size=", self.paged.page_size)] {
            if let Some(value) = value {
                url.push(separator);
                url.push_str(name);
                url.push_str(&value.to_string());
                separator = '&';
            }
        }
        url
    }

    /// Returns what decoding the answer requires.
    pub(crate) fn answer_context(&self) -> AnswerContext {
        let requested = self.paged.page.or(self.paged.page_size).is_some();
        let paged = match self.info.paging {
            Paging::Always => self.paged.or_default(),
            Paging::OnRequest if requested => self.paged.or_default(),
            _ => Paged::default(),
        };
        AnswerContext { paged, items_at: self.info.items_at }
    }

    /// Rejects a call with invalid or missing arguments.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some((missing, _)) = self.path.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
            let message = format!("missing path parameter `{missing}`");
            self.fail(message);
        }
        let is_set = |name| self.query.contains(name);
        let missing = self.info.query_parameters.iter().find(|parameter| parameter.required && !is_set(parameter.name));
        if let Some(missing) = missing {
            self.fail(format!("missing query parameter `{}`", missing.name));
        }
        self.problem.take().map_or(Ok(()), Err)
    }
}

/// Returns the parts of a path before and after `{name}`.
fn around_parameter<'a>(path: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    path.match_indices('{').find_map(|(at, _)| {
        let (before, rest) = path.split_at_checked(at)?;
        let after = rest.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
        Some((before, after))
    })
}

impl fmt::Debug for Call {
    /// Hides query and body, which might contain personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.info.id)
            .field("method", &self.info.method)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .field("options", &self.options)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}
