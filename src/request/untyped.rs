//! Calls without types: by operationId, or by method and path.

use super::{ClientContext, Parts, Request};
use crate::error::Result;
use crate::operation::{AnswerKind, Authentication, BodyKind, Operation, OperationInfo, Paging, Release, known};
use crate::response::AnyJson;
use crate::transport::Method;
use crate::transport::url::{self, is_ambiguous};

/// An operation without types. It is called by its operation id or by a method and a path.
#[derive(Clone, Copy, Debug)]
pub struct Untyped;

impl Operation for Untyped {
    type Output = serde_json::Value;
    type Answer = AnyJson;
    const INFO: &'static OperationInfo = &GET;
}

static GET: OperationInfo = unlisted(Method::Get);
static POST: OperationInfo = unlisted(Method::Post);
static PUT: OperationInfo = unlisted(Method::Put);
static PATCH: OperationInfo = unlisted(Method::Patch);
static DELETE: OperationInfo = unlisted(Method::Delete);
static HEAD: OperationInfo = unlisted(Method::Head);
static OPTIONS: OperationInfo = unlisted(Method::Options);

/// Returns the assumed properties of a request that the table does not list.
pub(crate) const fn info(method: Method) -> &'static OperationInfo {
    match method {
        Method::Get => &GET,
        Method::Post => &POST,
        Method::Put => &PUT,
        Method::Patch => &PATCH,
        Method::Delete => &DELETE,
        Method::Head => &HEAD,
        Method::Options => &OPTIONS,
    }
}

const fn unlisted(method: Method) -> OperationInfo {
    OperationInfo {
        id: "(unlisted)",
        group: "",
        name: "request",
        method,
        path: "",
        path_parameters: &[],
        query_parameters: &[],
        body: BodyKind::Json { required: false },
        // After any other method, a redirect or a web page does not show that the request reached the API.
        answer: if matches!(method, Method::Get | Method::Head) { AnswerKind::Redirect } else { AnswerKind::None },
        success: &[],
        paging: Paging::None,
        items_at: None,
        idempotent: !matches!(method, Method::Post | Method::Patch),
        authentication: Authentication::Any,
        deprecated: false,
        since: Release::OLDEST,
        until: None,
        summary: "A request that the table of operations does not list.",
    }
}

impl Request<Untyped> {
    /// Creates a request for an operation.
    ///
    /// # Errors
    /// Fails if no operation has this id.
    pub(crate) fn by_id(context: &ClientContext, id: &str) -> Result<Self> {
        let info = known(id)?;
        Ok(Self::from_parts(context, Parts::new(info, info.path)))
    }

    /// Creates a request to a path that the table of operations does not list.
    pub(crate) fn by_path(context: &ClientContext, method: Method, path: &str) -> Self {
        let request = Self::from_parts(context, Parts::new(info(method), path));
        match check_path(path) {
            Ok(()) => request,
            Err(why) => request.change(|parts| {
                let shown = url::shown(path).into_owned();
                parts.fail(format!("invalid path {shown:?}: {why}"));
                // Errors and debug output show the path.
                parts.path = shown;
            }),
        }
    }

    /// Sets a path parameter. It is encoded and stays one segment.
    pub fn path(self, name: &str, value: &str) -> Self {
        self.path_parameter(name, value)
    }
}

fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') || path.starts_with("//") {
        return Err("must start with exactly one slash");
    }
    if path.contains(['?', '#']) {
        return Err("contains a query, set query parameters with `query`");
    }
    if is_ambiguous(path) {
        return Err("contains characters that must be encoded");
    }
    if path.split('/').any(is_dots) {
        return Err("contains a segment of dots, which URLs cannot carry");
    }
    Ok(())
}

/// URL parsers resolve encoded dots too.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}
