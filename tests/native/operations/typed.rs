//! Support for the dispatch table: builds typed calls from untyped input.

use std::fmt::Debug;

use logto_admin::operation::{ListOperation, Operation, OperationInfo, SearchOperation};
use logto_admin::response::{Answer, AnswerContext};
use logto_admin::transport::{HttpRequest, HttpResponse};
use logto_admin::types::Upload;
use logto_admin::{Client, Error, Joint, MatchMode, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::dispatch::OPERATIONS;

pub(crate) type Result<T, E = String> = std::result::Result<T, E>;

/// The typed code of an operation.
pub(crate) struct Typed {
    pub(crate) id: &'static str,
    /// Builds the request with the operation's method, types and setters.
    pub(crate) build: fn(&Client, &mut Input) -> Result<HttpRequest>,
    /// Decodes an answer into the operation's type and encodes it again.
    pub(crate) read: fn(&HttpResponse) -> Result<Written, Error>,
}

/// An answer that was decoded and encoded again.
pub(crate) struct Written {
    pub(crate) json: Value,
    pub(crate) debug: String,
}

impl Typed {
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|typed| typed.id == id)
    }
}

pub(crate) fn plain<Op>(response: &HttpResponse) -> Result<Written, Error>
where
    Op: Operation,
    Op::Output: Serialize + Debug,
{
    Op::Answer::read(response, &AnswerContext::default()).map(|answer| written(&answer))
}

pub(crate) fn list<Op>(response: &HttpResponse) -> Result<Written, Error>
where
    Op: ListOperation,
    Op::Item: Serialize + Debug,
{
    let context = AnswerContext::default().items_at(Op::INFO.items_at);
    let page = Op::Answer::read(response, &context)?;
    let written = written(&page.items);
    Ok(match Op::INFO.items_at {
        None => written,
        Some(member) => Written { json: [(member.to_owned(), written.json)].into_iter().collect(), ..written },
    })
}

fn written(answer: &(impl Serialize + Debug)) -> Written {
    Written { json: serde_json::to_value(answer).expect("models can be encoded as JSON"), debug: format!("{answer:?}") }
}

/// The input of a call. Values are removed when they are used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) parts: Vec<Part>,
    /// The debug output of the decoded body.
    pub(crate) debug: String,
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) data: Vec<u8>,
}

impl Input {
    pub(crate) fn path<T: DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        let at = self.path.iter().position(|(key, _)| key == name);
        let (_, text) = self.path.remove(at.ok_or_else(|| format!("the path has no {name}"))?);
        of_text(&text).ok_or_else(|| format!("invalid path parameter {name}: {text:?}"))
    }

    pub(crate) fn query<T: DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        self.optional_query(name)?.ok_or_else(|| format!("the query has no {name}"))
    }

    pub(crate) fn optional_query<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>> {
        let values: Vec<Value> =
            self.take_query(&|key| key == name).into_iter().map(|(_, value)| value.into()).collect();
        let decoded = match values.as_slice() {
            [] => return Ok(None),
            [Value::String(one)] => of_text(one),
            _ => None,
        };
        let decoded = decoded.or_else(|| serde_json::from_value(Value::Array(values.clone())).ok());
        decoded.map(Some).ok_or_else(|| format!("invalid query parameter {name}: {values:?}"))
    }

    pub(crate) fn body<T: DeserializeOwned + Debug>(&mut self) -> Result<T> {
        self.optional_body()?.ok_or_else(|| "the body is missing".to_owned())
    }

    pub(crate) fn optional_body<T: DeserializeOwned + Debug>(&mut self) -> Result<Option<T>> {
        let Some(body) = self.body.take() else { return Ok(None) };
        let decoded: T =
            serde_json::from_value(body).map_err(|error| format!("the body does not match its type: {error}"))?;
        self.debug = format!("{decoded:?}");
        Ok(Some(decoded))
    }

    pub(crate) fn file(&mut self, name: &str) -> Result<Upload> {
        let part = self.part(name)?;
        let content_type = part.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        Ok(Upload::new(part.file_name.unwrap_or_default(), content_type, part.data))
    }

    #[allow(dead_code, reason = "other documents can have text parts next to files")]
    pub(crate) fn text(&mut self, name: &str) -> Result<String> {
        String::from_utf8(self.part(name)?.data).map_err(|error| format!("the part {name} is not text: {error}"))
    }

    fn part(&mut self, name: &str) -> Result<Part> {
        let at = self.parts.iter().position(|part| part.name == name);
        Ok(self.parts.remove(at.ok_or_else(|| format!("the body has no part {name}"))?))
    }

    pub(crate) fn page<Op: ListOperation>(&mut self, mut request: Request<Op>) -> Result<Request<Op>> {
        for (name, value) in self.take_query(&|name| name == "page" || name == "page_size") {
            let number: u32 = value.parse().map_err(|_| format!("{name} is not a number: {value:?}"))?;
            request = if name == "page" { request.page(number) } else { request.page_size(number) };
        }
        Ok(request)
    }

    pub(crate) fn search<Op: SearchOperation>(&mut self, mut request: Request<Op>) -> Result<Request<Op>> {
        let belongs = |name: &str| {
            let (first, _) = name.split_once('.').unwrap_or((name, ""));
            matches!(first, "search" | "mode" | "joint" | "isCaseSensitive")
        };
        for (name, value) in self.take_query(&belongs) {
            request = match name.split_once('.').map_or((name.as_str(), None), |(first, member)| (first, Some(member)))
            {
                ("search", None) => request.search(&value),
                ("search", Some(member)) => request.search_member(member, &value),
                ("mode", None) => request.match_mode(MatchMode::from(value)),
                ("mode", Some(member)) => request.member_match_mode(member, MatchMode::from(value)),
                ("joint", None) => request.joint(Joint::from(value)),
                ("isCaseSensitive", None) => {
                    let flag: bool =
                        value.parse().map_err(|_| format!("{name} is neither true nor false: {value:?}"))?;
                    request.case_sensitive(flag)
                }
                _ => return Err(format!("unknown search parameter {name}")),
            };
        }
        Ok(request)
    }

    /// Builds the request. Fails if an input is unused. Undocumented query parameters are set by name.
    pub(crate) fn finish<Op: Operation>(&mut self, mut request: Request<Op>) -> Result<HttpRequest> {
        for (name, value) in self.unused_query(Op::INFO)? {
            request = request.query(&name, value);
        }
        request.to_http().map_err(|error| error.to_string())
    }

    /// Returns the query parameters that are left. Fails if the operation documents one of them, or if another input is
    /// left.
    fn unused_query(&mut self, info: &OperationInfo) -> Result<Vec<(String, String)>> {
        if let Some((name, _)) = self.path.first() {
            return Err(format!("no argument for path parameter {name}"));
        }
        if self.body.is_some() || !self.parts.is_empty() {
            return Err("the method has no body".to_owned());
        }
        let left = std::mem::take(&mut self.query);
        match left.iter().find(|(name, _)| info.query_parameters.iter().any(|parameter| parameter.name == *name)) {
            Some((name, value)) => Err(format!("no setter for query parameter {name} = {value:?}")),
            None => Ok(left),
        }
    }

    fn take_query(&mut self, belongs: &dyn Fn(&str) -> bool) -> Vec<(String, String)> {
        let (taken, left) = std::mem::take(&mut self.query).into_iter().partition(|(name, _)| belongs(name));
        self.query = left;
        taken
    }
}

/// Decodes text, either as a string or as JSON.
fn of_text<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(text.into()).ok().or_else(|| serde_json::from_str(text).ok())
}
