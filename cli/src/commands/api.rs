//! `api`: calls any operation.

use std::fs;
use std::io::{self, Read, Write};

use futures_util::TryStreamExt;
use logto_admin::operation::{BodyKind, OperationInfo, Paging, Release, TABLE};
use logto_admin::serde_json::{self, Map, Value};
use logto_admin::transport::{Headers, HttpResponse, Method};
use logto_admin::{Client, Request, Untyped};

use crate::config::credentials::redacted;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::lookup::List;
use crate::output::{Format, pretty};
use crate::redaction::{self, REDACTED};

/// Calls an operation by its id, or by a method and a path.
///
/// Examples:
///   logto-admin api GetUser --path userId=dq2r8h7l5yzc
///   logto-admin api ListUsers --query search=%ada% --paginate
///   logto-admin api POST /api/users --set username=ada --set profile.nickname=A
///
/// Prints JSON, also with `--output table`. Asks before it sends DELETE.
#[derive(clap::Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Operation id such as `GetUser`, or a method and a path such as `GET /api/users/{userId}`
    #[arg(required = true, num_args = 1..=2, value_name = "OPERATION")]
    target: Vec<String>,
    /// Path parameter
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    path: Vec<(String, String)>,
    /// Query parameter. Can be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    query: Vec<(String, String)>,
    /// Header of the request
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    header: Vec<(String, String)>,
    /// Body: JSON, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON")]
    body: Option<String>,
    /// Member of the body, such as `profile.nickname=A`. A value that is JSON is sent as such
    #[arg(long, value_name = "MEMBER=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Read all pages of a list
    #[arg(long, conflicts_with_all = ["raw", "include"])]
    paginate: bool,
    /// Print the body as received
    #[arg(long)]
    raw: bool,
    /// Print status and headers before the body
    #[arg(long)]
    include: bool,
    /// Print the request, without access token and secrets, and do not send it
    #[arg(long)]
    dry_run: bool,
}

/// Splits `NAME=VALUE`.
pub(super) fn pair(text: &str) -> std::result::Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("missing `=`: write NAME=VALUE")?;
    if name.is_empty() {
        return Err("missing the name before `=`".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

pub(crate) async fn run(context: &mut Context, arguments: &Arguments) -> Result<Exit> {
    let client = context.client()?;
    let target = target(&client, arguments)?;
    if arguments.paginate {
        return paginate(context, &client, &target, arguments).await;
    }
    let request = request(&client, &target, arguments)?;
    if arguments.dry_run {
        return show(context, request);
    }
    if target.method == Method::Delete {
        context.confirm(&format!("Send DELETE {}?", target.path))?;
    }
    let response = request.raw().await?;
    let since = target.info.map_or(Release::OLDEST, |info| info.since);
    let is_unknown = response.status == 404 && serde_json::from_slice::<Value>(&response.body.bytes()).is_err();
    answer(context, arguments, &response).map_err(|failure| match is_unknown && since > Release::OLDEST {
        true => failure.with_hint(format!(
            "the operation exists since Logto {since}; `logto-admin doctor` shows the release of the server"
        )),
        false => failure,
    })
}

/// What a call is sent to.
struct Target<'a> {
    /// The operation, if the table lists it.
    info: Option<&'static OperationInfo>,
    method: Method,
    path: &'a str,
}

fn target<'a>(client: &Client, arguments: &'a Arguments) -> Result<Target<'a>> {
    let [method, path] = arguments.target.as_slice() else {
        let id = arguments.target.first().map(String::as_str).unwrap_or_default();
        // The client's error has a suggestion.
        drop(client.operation(id)?);
        let info = logto_admin::operation::find(id);
        let info = info.ok_or_else(|| Failure::usage("pass an operation id, or a method and a path"))?;
        return Ok(Target { info: Some(info), method: info.method, path: info.path });
    };
    let method = self::method(method)?;
    let info = TABLE.iter().copied().find(|info| info.method == method && info.path == path);
    Ok(Target { info, method, path })
}

fn method(text: &str) -> Result<Method> {
    let unknown = || Failure::usage(format!("unknown method `{text}`: pass GET, POST, PUT, PATCH or DELETE"));
    Method::named(&text.to_uppercase()).ok_or_else(unknown)
}

fn request(client: &Client, target: &Target<'_>, arguments: &Arguments) -> Result<Request<Untyped>> {
    let Target { info, method, path } = *target;
    let mut request = match info {
        Some(info) => client.operation(info.id)?,
        None => client.request(method, path),
    };
    for (name, value) in &arguments.path {
        request = request.path(name, value);
    }
    for (name, value) in &arguments.query {
        request = request.query(name, value.as_str());
    }
    for (name, value) in &arguments.header {
        request = request.header(name, value);
    }
    let Some(body) = body(arguments)? else { return Ok(request) };
    let is_form = info.is_some_and(|info| matches!(info.body, BodyKind::Form { .. }));
    Ok(if is_form { request.form(&body) } else { request.json(&body) })
}

/// Returns the body: `--body`, with the members of `--set`.
fn body(arguments: &Arguments) -> Result<Option<Value>> {
    let given = match &arguments.body {
        Some(text) => Some(parsed(text)?),
        None => None,
    };
    if arguments.set.is_empty() {
        return Ok(given);
    }
    let mut body = given.unwrap_or_else(|| Value::Object(Map::new()));
    for (member, value) in &arguments.set {
        set(&mut body, member, value)?;
    }
    Ok(Some(body))
}

fn parsed(text: &str) -> Result<Value> {
    let unreadable = |what: &str, error: io::Error| Failure::usage(format!("cannot read {what}: {error}"));
    let (what, json) = match text.strip_prefix('@') {
        Some(file) => (file, fs::read_to_string(file).map_err(|error| unreadable(file, error))?),
        None if text == "-" => {
            let mut json = String::new();
            io::stdin().read_to_string(&mut json).map_err(|error| unreadable("standard input", error))?;
            ("standard input", json)
        }
        None => ("--body", text.to_owned()),
    };
    serde_json::from_str(&json).map_err(|error| Failure::usage(format!("{what} is not JSON: {error}")))
}

/// Sets a member of a body, such as `profile.nickname`. Objects on the way are created.
pub(super) fn set(body: &mut Value, member: &str, value: &str) -> Result<()> {
    let mut place = body;
    for name in member.split('.') {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else {
            return Err(Failure::usage(format!("cannot set `{member}`: `{name}` is not in an object")));
        };
        place = members.entry(name).or_insert(Value::Null);
    }
    *place = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok(())
}

fn show(context: &mut Context, request: Request<Untyped>) -> Result<Exit> {
    let http = request.to_http()?;
    let mut text = format!("{} {}\n", http.method.as_str(), redacted(&http.url));
    for (name, value) in http.headers.iter() {
        let value = if Headers::is_secret(name) { REDACTED } else { value };
        text += &format!("{name}: {value}\n");
    }
    let bytes = http.body.bytes();
    if !bytes.is_empty() {
        text += &format!("\n{}\n", redaction::body(&bytes));
    }
    context.printer.text(&text)?;
    Ok(Exit::Done)
}

fn answer(context: &mut Context, arguments: &Arguments, response: &HttpResponse) -> Result<Exit> {
    if arguments.include {
        let mut head = format!("{}\n", response.status);
        for (name, value) in response.headers.iter() {
            head += &format!("{name}: {value}\n");
        }
        context.printer.text(&(head + "\n"))?;
    }
    let bytes = response.body.bytes();
    let value = serde_json::from_slice::<Value>(&bytes).ok().filter(|_| !arguments.raw);
    match value {
        Some(Value::Array(items)) if context.printer.format != Format::Table => context.printer.list(&[], &items)?,
        Some(value) if context.printer.format != Format::Table => context.printer.item(&value)?,
        Some(value) => {
            let text = pretty(&value)?;
            context.printer.text(&text)?;
        }
        // The printer changes bytes that terminals interpret.
        None if arguments.raw => io::stdout().write_all(&bytes).and_then(|()| io::stdout().flush())?,
        None => {
            context.printer.data().write_all(&bytes)?;
            if !bytes.is_empty() && !bytes.ends_with(b"\n") {
                context.printer.text("\n")?;
            }
        }
    }
    if (200..400).contains(&response.status) {
        return Ok(Exit::Done);
    }
    Err(Failure::new(format!("the server responded with status {}", response.status)))
}

async fn paginate(context: &mut Context, client: &Client, target: &Target<'_>, arguments: &Arguments) -> Result<Exit> {
    let info = target.info.filter(|info| info.paging != Paging::None);
    let info = info.ok_or_else(|| Failure::usage("--paginate requires an operation that returns pages"))?;
    if arguments.dry_run {
        let request = request(client, target, arguments)?.query("page", 1_u32).query("page_size", 100_u32);
        return show(context, request);
    }
    let path: Vec<(&str, String)> = arguments.path.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let list = List { operation: info.id, path: &path, query: &arguments.query };
    let mut pages = std::pin::pin!(list.pages(client));
    let mut all = Vec::new();
    while let Some(items) = pages.try_next().await? {
        keep(context, &mut all, items)?;
    }
    finish(context, &all)
}

/// Prints the items of a page at once if the format allows it, so that memory does not grow with the list.
fn keep(context: &mut Context, all: &mut Vec<Value>, items: Vec<Value>) -> Result<()> {
    if context.printer.format == Format::Ndjson {
        return context.printer.list(&[], &items);
    }
    all.extend(items);
    Ok(())
}

fn finish(context: &mut Context, all: &[Value]) -> Result<Exit> {
    match context.printer.format {
        Format::Ndjson => {}
        Format::Table => {
            let text = pretty(&all)?;
            context.printer.text(&text)?;
        }
        Format::Json | Format::Yaml => context.printer.list(&[], all)?,
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_of_the_body_are_json_or_text() {
        let mut body = json!({ "profile": { "nickname": "A" } });
        for (member, value) in [("profile.age", "3"), ("name", "Ada"), ("a.b.c", "true"), ("phone", "\"15\"")] {
            set(&mut body, member, value).unwrap();
        }
        let expected = json!({ "profile": { "nickname": "A", "age": 3 }, "name": "Ada", "a": { "b": { "c": true } }, "phone": "15" });
        assert_eq!(body, expected);
        let error = set(&mut body, "name.first", "x").unwrap_err().to_string();
        assert_eq!(error, "cannot set `name.first`: `first` is not in an object");
    }

    #[test]
    fn pairs_need_a_name_and_an_equals_sign() {
        assert_eq!(pair("search=%a=b%"), Ok(("search".into(), "%a=b%".into())));
        assert!(pair("search").is_err() && pair("=x").is_err());
    }
}
