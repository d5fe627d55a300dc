//! `api`: calls any operation.

use std::io::{self, IsTerminal, Write};

use futures_util::TryStreamExt;
use logto_admin::operation::{BodyKind, OperationInfo, Paging, Release, TABLE};
use logto_admin::serde_json::{self, Value};
use logto_admin::transport::{Headers, HttpResponse, Method};
use logto_admin::{Client, Request, Untyped};

use super::body_options::{Body, pair};
use super::known_names::{check_member, check_query};
use super::more_pages;
use super::operation_lookup::{named, requested};
use super::operations::unknown;
use super::path_parameters::check_path;
use super::set_value::{check_value, hint_about_text};
use crate::context::Context;
use crate::credentials::{REDACTED, redacted};
use crate::failure::{Exit, Failure, Result, UNCLEAR, even_if_unread, is_change, printed_after_changes};
use crate::lookup::List;
use crate::output::{Format, pretty};
use crate::{json_object, redaction};

/// Calls an operation by its id, or by a method and a path.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Operation id such as `GetUser`, or a method and a path: `GET /api/users`
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
    /// Body of the request
    #[command(flatten)]
    body: Body,
    /// Read all pages of a list
    #[arg(long, conflicts_with_all = ["raw", "include"])]
    paginate: bool,
    /// Print the body as received
    ///
    /// Without it, numbers of more than 64 bits might be rounded, with a warning. In errors, secrets of the request are
    /// hidden nevertheless.
    #[arg(long)]
    raw: bool,
    /// Print status and headers before the body
    #[arg(long)]
    include: bool,
    /// Print the request, without access token and secrets, and do not send it
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: &Arguments) -> Result<Exit> {
    let client = context.client()?;
    let target = target(arguments)?;
    check_path(target.path, &arguments.path, &written(&target, arguments))?;
    check_names(&target, arguments)?;
    if arguments.paginate {
        return paginate(context, &client, &target, arguments).await;
    }
    let request = request(&client, &target, arguments)?;
    if arguments.dry_run {
        return show(context, request);
    }
    if target.method == Method::Delete {
        let url = redacted(&without_body(&client, &target, arguments)?.to_http()?.url);
        let path = url.strip_prefix(client.endpoint().url()).unwrap_or(&url);
        context.confirm(&format!("Send DELETE {path}?"))?;
    }
    let response = request.raw().await?;
    let exit = answer(context, arguments, target.method, &response).map_err(|failure| {
        match refusal_hint(&target, arguments, &response) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    })?;
    if let Some((note, id)) =
        target.listed().and_then(|info| Some((more_pages::note(info, &arguments.query, &response)?, info.id)))
    {
        let all = if target.info.is_some() { "" } else { &*format!("logto-admin api {id} ") };
        context.printer.message(&format!("note: {note}; read all with `{all}--paginate`"));
    }
    Ok(exit)
}

/// Returns what to do about an answer that is an error.
fn refusal_hint(target: &Target<'_>, arguments: &Arguments, response: &HttpResponse) -> Option<String> {
    let since = target.info.map_or(Release::OLDEST, |info| info.since);
    let operation = target.listed().map(|info| info.id);
    match response.status {
        404 if since > Release::OLDEST && serde_json::from_slice::<Value>(&response.body.bytes()).is_err() => Some(
            format!("the operation exists since Logto {since}; `logto-admin doctor` shows the release of the server"),
        ),
        400 | 422 => {
            let answer = response.body.text();
            let is_named = |member: &str| member.rsplit('.').next().is_some_and(|name| answer.contains(name));
            let mut refused = arguments.body.members().filter(|(member, _)| is_named(member));
            refused.find_map(|(member, value)| hint_about_text(operation, member, value))
        }
        _ => None,
    }
}

/// Target of a call.
struct Target<'a> {
    /// The operation, if the table lists it.
    info: Option<&'static OperationInfo>,
    method: Method,
    path: &'a str,
}

impl Target<'_> {
    /// Returns the operation, also if the parameters of the path are filled in.
    fn listed(&self) -> Option<&'static OperationInfo> {
        self.info.or_else(|| requested(self.method, self.path))
    }
}

fn target(arguments: &Arguments) -> Result<Target<'_>> {
    let [method, path] = arguments.target.as_slice() else {
        let id = arguments.target.first().map(String::as_str).unwrap_or_default();
        let info = logto_admin::operation::find(id).ok_or_else(|| unknown(id))?;
        return Ok(Target { info: Some(info), method: info.method, path: info.path });
    };
    let method = named(method)?;
    let info = TABLE.iter().copied().find(|info| info.method == method && info.path == path);
    Ok(Target { info, method, path })
}

/// Returns the target as the user writes it.
fn written(target: &Target<'_>, arguments: &Arguments) -> String {
    match target.info.filter(|_| is_by_id(arguments)) {
        Some(info) => info.id.to_owned(),
        None => format!("{} {}", target.method.as_str(), target.path),
    }
}

/// Whether the operation is called by its id.
fn is_by_id(arguments: &Arguments) -> bool {
    arguments.target.len() == 1
}

/// Rejects unknown names if the operation is called by its id. By method and path, everything is sent.
fn check_names(target: &Target<'_>, arguments: &Arguments) -> Result<()> {
    let Some(info) = target.info.filter(|_| is_by_id(arguments)) else { return Ok(()) };
    arguments.query.iter().try_for_each(|(name, _)| check_query(info, name))?;
    if info.body == BodyKind::None && arguments.body.is_given() {
        return Err(Failure::usage(format!("{} has no body", info.id)));
    }
    arguments.body.members().try_for_each(|(member, value)| {
        check_member(info, member)?;
        check_value(info.id, member, value)
    })
}

fn request(client: &Client, target: &Target<'_>, arguments: &Arguments) -> Result<Request<Untyped>> {
    arguments.body.add(without_body(client, target, arguments)?, target.listed(), is_by_id(arguments))
}

fn without_body(client: &Client, target: &Target<'_>, arguments: &Arguments) -> Result<Request<Untyped>> {
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
    Ok(request)
}

fn show(context: &mut Context, request: Request<Untyped>) -> Result<Exit> {
    let http = request.to_http()?;
    let mut text = format!("{} {}\n", http.method.as_str(), redacted(&http.url));
    for (name, value) in http.headers.iter() {
        let value = if Headers::is_secret(name) { REDACTED } else { value };
        text += &format!("{name}: {value}\n");
    }
    let bytes = http.body.bytes();
    let is_multipart = http.headers.get("content-type").is_some_and(|kind| kind.starts_with("multipart/"));
    if is_multipart {
        text += &format!("\n[{} bytes]\n", bytes.len());
    } else if !bytes.is_empty() {
        text += &format!("\n{}\n", redaction::body(&bytes));
    }
    context.printer.text(&text)?;
    Ok(Exit::Done)
}

fn answer(context: &mut Context, arguments: &Arguments, method: Method, response: &HttpResponse) -> Result<Exit> {
    if response.is_html() && !arguments.raw && response.status < 400 {
        let failure = Failure::new("the server responded with a web page: this is not a path of the API");
        return Err(failure.with_hint("begin the path with `/api/`"));
    }
    let printed = print(context, arguments, response);
    if (200..400).contains(&response.status) {
        let is_change = is_change(method) && response.status < 300;
        return if is_change { printed_after_changes(printed) } else { printed }.map(|()| Exit::Done);
    }
    even_if_unread(printed)?;
    let failure = Failure::new(format!("the server responded with status {}", response.status));
    let is_unclear = is_change(method) && response.status >= 500;
    Err(if is_unclear { failure.after_changes().with_hint(UNCLEAR) } else { failure })
}

fn print(context: &mut Context, arguments: &Arguments, response: &HttpResponse) -> Result<()> {
    if arguments.include {
        let mut head = format!("{}\n", response.status);
        for (name, value) in response.headers.iter() {
            head += &format!("{name}: {value}\n");
        }
        context.printer.text(&(head + "\n"))?;
    }
    let bytes = response.body.bytes();
    let value = serde_json::from_slice::<Value>(&bytes).ok().filter(|_| !arguments.raw);
    if value.as_ref().is_some_and(json_object::might_be_rounded) {
        context.printer.message(&format!("warning: {ROUNDED}"));
    }
    match value {
        Some(Value::Array(items)) => context.printer.objects(&items)?,
        Some(value) if context.printer.format != Format::Table => context.printer.item(&value)?,
        Some(value) => {
            let text = pretty(&value)?;
            context.printer.text(&text)?;
        }
        // The printer changes bytes that terminals interpret.
        None if arguments.raw => {
            let mut out = io::stdout();
            out.write_all(&bytes)?;
            // Elsewhere, the output is the body as received. On a terminal, an error or a prompt follows.
            if out.is_terminal() && !bytes.is_empty() && !bytes.ends_with(b"\n") {
                out.write_all(b"\n")?;
            }
            out.flush()?;
        }
        None => {
            context.printer.data().write_all(&bytes)?;
            if !bytes.is_empty() && !bytes.ends_with(b"\n") {
                context.printer.text("\n")?;
            }
        }
    }
    Ok(())
}

/// The warning about numbers that this program cannot represent.
const ROUNDED: &str = "numbers of more than 64 bits might be rounded: `--raw` prints a body as received";

async fn paginate(context: &mut Context, client: &Client, target: &Target<'_>, arguments: &Arguments) -> Result<Exit> {
    let info = target.info.filter(|info| info.paging != Paging::None);
    let info = info.ok_or_else(|| Failure::usage("--paginate requires an operation that returns pages"))?;
    if let Some((name, _)) = arguments.query.iter().find(|(name, _)| ["page", "page_size"].contains(&name.as_str())) {
        return Err(Failure::usage(format!("--paginate reads all pages: it cannot be used with --query {name}")));
    }
    if arguments.dry_run {
        let request = request(client, target, arguments)?.query("page", 1_u32).query("page_size", 100_u32);
        return show(context, request);
    }
    let path: Vec<(&str, String)> = arguments.path.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let list = List { operation: info.id, path: &path, query: &arguments.query };
    let mut pages = std::pin::pin!(list.pages(client));
    let (mut all, mut is_rounded) = (Vec::new(), false);
    while let Some(items) = pages.try_next().await? {
        is_rounded |= items.iter().any(json_object::might_be_rounded);
        keep(context, &mut all, items)?;
    }
    if is_rounded {
        context.printer.message(&format!("warning: {ROUNDED}"));
    }
    finish(context, &all)
}

/// Prints the items of a page at once if the format allows it. Memory does not grow with the list then.
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
        Format::Table | Format::Json | Format::Yaml => context.printer.objects(all)?,
    }
    Ok(Exit::Done)
}
