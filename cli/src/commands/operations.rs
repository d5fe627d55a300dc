//! `operations`: searches the table of operations.

use logto_admin::operation::{
    Authentication, BodyKind, OperationInfo, Paging, ParameterKind, QueryParameter, Release, TABLE,
};
use logto_admin::serde_json::{Value, json};

use super::known_names::OF_SEARCHES;
use super::operation_lookup::{named, requested};
use crate::body_members;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::json_object;
use crate::output::Format;
use crate::suggestion::suggestion;
use crate::table::Column;
use crate::terminal::shown;

/// Searches the operations of the API.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Words to search for in ids, paths and summaries. Default: all operations
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Print parameters, body and release of an operation
    Show {
        /// Operation id such as `GetUser`, or a method and a path: `GET /api/users`
        #[arg(required = true, num_args = 1..=2)]
        operation: Vec<String>,
    },
}

const MEMBERS: &[Column] =
    &[("member", "/name"), ("type", "/type"), ("required", "/required"), ("description", "/description")];

const COLUMNS: &[Column] = &[("operation", "/id"), ("method", "/method"), ("path", "/path"), ("summary", "/summary")];

pub(crate) fn run(context: &mut Context, arguments: &Arguments) -> Result<Exit> {
    if let Some(Command::Show { operation }) = &arguments.command {
        show(context, find(&operation.join(" "))?)?;
        return Ok(Exit::Done);
    }
    let found: Vec<Value> = TABLE.iter().filter(|info| matches(info, &arguments.words)).map(|info| row(info)).collect();
    if found.is_empty() {
        return Err(Failure::new(format!("no operation matches `{}`", arguments.words.join(" "))));
    }
    context.printer.list(COLUMNS, &found)?;
    Ok(Exit::Done)
}

/// Returns the operation with this id in any case, or with this method and path.
fn find(text: &str) -> Result<&'static OperationInfo> {
    let found = match text.split_once(' ') {
        Some((method, path)) => requested(named(method)?, path),
        None => TABLE.iter().copied().find(|info| info.id.eq_ignore_ascii_case(text)),
    };
    found.ok_or_else(|| unknown(text))
}

/// Returns the failure for an id that no operation has.
pub(super) fn unknown(id: &str) -> Failure {
    // Case is compared first: operations of a kind differ in few letters.
    let same = TABLE.iter().find(|info| info.id.eq_ignore_ascii_case(id)).map(|info| info.id);
    let ids: Vec<&str> = same.map_or_else(|| TABLE.iter().map(|info| info.id).collect(), |same| vec![same]);
    let hint = suggestion(id, &ids).unwrap_or_default();
    Failure::usage(format!("unknown operation `{}`{hint}", shown(id)))
        .with_hint("search with `logto-admin operations WORD`")
}

/// Prints an operation. A table has the members of the body below the rest.
fn show(context: &mut Context, info: &OperationInfo) -> Result<()> {
    let (mut details, members) = (details(info), body_members::members(info.id));
    if context.printer.format != Format::Table {
        json_object::set(&mut details, "bodyMembers", members);
        return context.printer.item(&details);
    }
    context.printer.item(&details)?;
    if !members.is_empty() {
        context.printer.text("\n")?;
        context.printer.list(MEMBERS, &members)?;
    }
    Ok(())
}

fn matches(info: &OperationInfo, words: &[String]) -> bool {
    let text = format!("{} {} {} {}", info.id, info.method.as_str(), info.path, info.summary).to_lowercase();
    words.iter().all(|word| text.contains(&word.to_lowercase()))
}

fn row(info: &OperationInfo) -> Value {
    json!({ "id": info.id, "method": info.method.as_str(), "path": info.path, "summary": info.summary })
}

/// Returns a query parameter with its type. A search has several parameters.
fn query_parameters(parameter: &QueryParameter) -> Vec<String> {
    if parameter.kind == ParameterKind::Search {
        return OF_SEARCHES.map(|(name, kind)| format!("{name} ({kind})")).to_vec();
    }
    let required = if parameter.required { ", required" } else { "" };
    let kind = format!("{:?}", parameter.kind).to_lowercase();
    vec![format!("{} ({kind}{required})", parameter.name)]
}

fn details(info: &OperationInfo) -> Value {
    let body = match info.body {
        BodyKind::None => "none",
        BodyKind::Json { required: true } => "JSON",
        BodyKind::Json { required: false } => "JSON, optional",
        BodyKind::Form { .. } => "form",
        BodyKind::Multipart { .. } => "multipart form",
        _ => "other",
    };
    let caller = match info.authentication {
        Authentication::User => "user",
        Authentication::Session => "session",
        Authentication::None => "nobody",
        _ => "application",
    };
    let mut details = json!({
        "operation": info.id,
        "summary": info.summary,
        "request": format!("{} {}", info.method.as_str(), info.path),
        "pathParameters": info.path_parameters,
        "queryParameters": info.query_parameters.iter().flat_map(query_parameters).collect::<Vec<_>>(),
        "body": body,
        "caller": caller,
        "pages": match info.paging { Paging::None => "no", Paging::Always => "always", _ => "on request" },
        "idempotent": info.idempotent,
        "success": info.success,
        "since": if info.since == Release::OLDEST { "1.17 or earlier".to_owned() } else { info.since.to_string() },
        "inRust": format!("client.{}().{}(…)", info.group.replace('-', "_"), info.name),
    });
    if let (Some(until), Value::Object(members)) = (info.until, &mut details) {
        members.insert("until".to_owned(), until.to_string().into());
    }
    details
}
