//! A call before it is made: inert data, the same for every operation.

use std::fmt;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::operation::{Authentication, OperationInfo, Paging};
use crate::response::AnswerContext;
use crate::retry::RetryPolicy;
use crate::transport::{Body, Headers, RedirectPolicy, TransportOptions};
use crate::url::{self, BadSegment, Pairs};

/// What a request has gathered so far.
pub(crate) struct Call {
    pub info: &'static OperationInfo,
    pub path: String,
    pub query: Pairs,
    pub headers: Headers,
    pub body: Body,
    pub paged: Paged,
    pub options: CallOptions,
    /// The first thing that was wrong; surfaces when the request is awaited.
    pub problem: Option<Error>,
}

/// What a single call sets otherwise than its client.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallOptions {
    /// `Some(None)` is no bound at all.
    pub timeout: Option<Option<Duration>>,
    pub total_timeout: Option<Option<Duration>>,
    pub retry: Option<RetryPolicy>,
    pub idempotent: Option<bool>,
    pub authentication: Option<Authentication>,
    pub max_response_bytes: Option<u64>,
    pub redirects: Option<RedirectPolicy>,
    pub strict: Option<bool>,
    pub prefer_text: bool,
    pub prefetch: Option<usize>,
}

impl CallOptions {
    /// What the transport is asked for, where the client asks for `usual`.
    pub(crate) fn transport(&self, usual: TransportOptions) -> TransportOptions {
        TransportOptions {
            max_response_bytes: self.max_response_bytes.unwrap_or(usual.max_response_bytes),
            redirects: self.redirects.unwrap_or(usual.redirects),
            prefer_text: self.prefer_text,
            ..usual
        }
    }
}

/// Which part of a list was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paged {
    pub(crate) page: Option<u32>,
    pub(crate) page_size: Option<u32>,
}

/// Logto's page size where none is given, and the largest that it takes.
const DEFAULT_PAGE_SIZE: u32 = 20;
pub(crate) const LARGEST_PAGE_SIZE: u32 = 100;
/// As long as `?page=1234567890&page_size=100` and the separator of a query before it.
const ROOM_FOR_PAGE: usize = 32;

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

    /// Who may make it.
    pub(crate) fn authentication(&self) -> Authentication {
        self.options.authentication.unwrap_or(self.info.authentication)
    }

    /// Remembers the first problem.
    pub(crate) fn fail(&mut self, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| Error::input(message));
    }

    /// Puts a value in place of `{name}`.
    pub(crate) fn path_parameter(&mut self, name: &str, value: &str) {
        let Some((before, after)) = url::around_parameter(&self.path, name) else {
            return self.fail(format!("the path {} has no parameter `{name}` that is not set yet", self.info.path));
        };
        match url::segment(value) {
            Ok(segment) => self.path = [before, &segment, after].concat(),
            Err(BadSegment::Empty) => self.fail(format!("`{name}` is empty: the request would reach another route")),
            Err(BadSegment::Dots) => self.fail(format!("`{name}` is `{value}`, which URLs cannot carry as a segment")),
        }
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        match check_header(name, value) {
            Ok(()) => self.headers.set(name.to_owned(), value.to_owned()),
            Err(message) => self.fail(message),
        }
    }

    pub(crate) fn set_body(&mut self, content_type: impl Into<std::borrow::Cow<'static, str>>, bytes: Vec<u8>) {
        self.headers.set("content-type", content_type);
        self.body = bytes.into();
    }

    pub(crate) fn page(&mut self, page: u32) {
        if page == 0 {
            return self.fail("`page` is 0: pages are counted from 1");
        }
        self.paged.page = Some(page);
    }

    pub(crate) fn page_size(&mut self, page_size: u32) {
        if !(1..=LARGEST_PAGE_SIZE).contains(&page_size) {
            return self.fail(format!("`page_size` is {page_size}: Logto takes 1 to {LARGEST_PAGE_SIZE}"));
        }
        self.paged.page_size = Some(page_size);
    }

    /// The same call for the page after this one.
    pub(crate) fn following_page(&self) -> Self {
        let paged = Paged { page: self.paged.page.map(|page| page.saturating_add(1)), ..self.paged };
        Self {
            info: self.info,
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            paged,
            options: self.options,
            problem: None,
        }
    }

    /// Where it goes on this endpoint: one piece of memory, as this is done for every attempt.
    pub(crate) fn url(&self, endpoint: &str) -> String {
        let query = self.query.as_str();
        let mut url = String::with_capacity(endpoint.len() + self.path.len() + query.len() + ROOM_FOR_PAGE);
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
                url.push_str(&u64::from(value).to_string());
                separator = '&';
            }
        }
        url
    }

    /// Which part of the list the answer will be.
    pub(crate) fn answered_page(&self) -> Paged {
        let asked = self.paged.page.or(self.paged.page_size).is_some();
        match self.info.paging {
            Paging::Always => self.paged.or_default(),
            Paging::OnRequest if asked => self.paged.or_default(),
            _ => Paged::default(),
        }
    }

    pub(crate) fn answer_context(&self) -> AnswerContext {
        AnswerContext { paged: self.answered_page() }
    }

    /// What keeps the call from being made, if anything does.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some(missing) = self.path.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
            let missing = ["the path parameter `", missing.0, "` is not set"].concat();
            self.fail(missing);
        }
        let set = |name| self.query.contains(name);
        let missing = self.info.query_parameters.iter().find(|parameter| parameter.required && !set(parameter.name));
        if let Some(missing) = missing {
            self.fail(["the query parameter `", missing.name, "` is not set"].concat());
        }
        self.problem.take().map_or(Ok(()), Err)
    }
}

impl fmt::Debug for Call {
    /// Everything but the query and the body, which may hold what is nobody's business.
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

impl Paged {
    fn or_default(self) -> Self {
        Self { page: self.page.or(Some(1)), page_size: self.page_size.or(Some(DEFAULT_PAGE_SIZE)) }
    }
}

/// Refuses what no HTTP header can carry. The message does not repeat the value, which may be a secret.
pub(crate) fn check_header(name: &str, value: &str) -> Result<(), String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("{name:?} is no name of a header"));
    }
    if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(format!("the value of the header `{name}` has a line break or another control character"));
    }
    Ok(())
}
