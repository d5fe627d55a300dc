//! Calls without types: by operationId, or by method and path.

use std::borrow::Cow;

use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::operation::{AnswerKind, Authentication, BodyKind, Operation, OperationInfo, Paging, find};
use crate::request::Request;
use crate::response::AnyJson;
use crate::transport::Method;

/// An operation known by its operationId alone, or not at all.
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

/// What is assumed of a request of this method that the table does not know.
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
        answer: AnswerKind::Redirect,
        success: &[],
        paging: Paging::None,
        idempotent: !matches!(method, Method::Post | Method::Patch),
        authentication: Authentication::Any,
        deprecated: false,
        summary: "A request that the table of operations does not know.",
    }
}

impl Client {
    /// A call of any operation by its operationId, whatever features are on. The answer is JSON; text becomes a
    /// string, and no answer null.
    ///
    /// ```no_run
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let user = client.operation("GetUser")?.path("userId", "8yrtxfqcf2ut").await?;
    /// println!("{}", user["username"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// No operation has this id.
    pub fn operation(&self, id: &str) -> Result<Request<Untyped>> {
        let info = find(id).ok_or_else(|| Error::input(format!("no operation has the id `{id}`{}", similar(id))))?;
        Ok(Request::from_call(self, Call::new(info, info.path)))
    }

    /// A request to a path of the server that the table of operations does not know, with the client's access token,
    /// retries and limits. `path` begins with a slash and has no query.
    ///
    /// ```no_run
    /// use logto_admin::transport::Method;
    ///
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let answer = client.request(Method::Get, "/api/something/new").query("page", 1_u32).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> Request<Untyped> {
        let request = Request::from_call(self, Call::new(info(method), path));
        match check_path(path) {
            Ok(()) => request,
            Err(why) => request.failed(Error::input(format!("the path {path:?} {why}"))),
        }
    }
}

impl Request<Untyped> {
    /// Sets a parameter of the path. It is encoded, and stays one segment.
    pub fn path(self, name: &str, value: &str) -> Self {
        self.path_parameter(name, value)
    }
}

fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') || path.starts_with("//") {
        return Err("does not begin with one slash");
    }
    if path.contains(['?', '#']) {
        return Err("has a query: set its members with `query`");
    }
    if path.chars().any(|character| character.is_whitespace() || character.is_control() || character == '\\') {
        return Err("has characters that have to be encoded");
    }
    if path.split('/').any(is_dots) {
        return Err("has a segment of dots, which URLs cannot carry");
    }
    Ok(())
}

/// A URL parser folds encoded dots too.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

fn similar(id: &str) -> Cow<'static, str> {
    let found = crate::operation::TABLE.iter().find(|info| info.id.eq_ignore_ascii_case(id));
    found.map_or(Cow::Borrowed(""), |info| Cow::Owned(format!("; do you mean `{}`?", info.id)))
}
