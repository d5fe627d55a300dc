//! `config`: keeps the configuration of a tenant in files.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::config::{self, Action, Outcome, Plan, Selection, Undeclared};
use crate::context::Context;
use crate::environment::variable;
use crate::failure::{Exit, Result, even_if_unread};
use crate::files;
use crate::interrupt::Interrupt;
use crate::json_object;
use crate::output::{Format, counted, has_colour};
use crate::progress::LinePrinter;

/// A command about configuration files.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Write the configuration of the tenant to a folder
    ///
    /// Secrets become `${env:NAME}`. Leaves out the application that runs the command. Asks before it replaces files of an
    /// earlier export that have other content.
    Export {
        /// Selection of files, and their folder
        #[command(flatten)]
        files: Files,
        /// Write secrets to the files
        #[arg(long)]
        secrets: bool,
    },
    /// Show what `apply` would change
    ///
    /// Writes nothing, and ends with 3 if there are differences. Prints a diff. With `--output json`, prints a list of
    /// differences: `kind`, `file`, `key`, `action`, `changed` (names of members), `before` and `after`. Those that `apply`
    /// keeps have the action `keep` and a `reason`. What no file declares is not a difference, unless `--prune` is set.
    Plan {
        /// Selection of files, and their folder
        #[command(flatten)]
        files: Files,
        /// Also show what `apply --prune` would delete
        #[arg(long)]
        prune: bool,
    },
    /// Change the tenant so that it matches the files
    ///
    /// Shows the plan and asks first. Can be repeated: a second run changes nothing. With `--output json`, prints the
    /// changes like `plan`, with their `outcome`: `done`, `failed` or `open`.
    Apply {
        /// Selection of files, and their folder
        #[command(flatten)]
        files: Files,
        /// Delete what the files do not declare, of kinds that have a file
        #[arg(long)]
        prune: bool,
    },
}

/// Selection of files, and their folder.
#[derive(clap::Args, Debug)]
pub struct Files {
    /// Folder of the files
    #[arg(value_parser = files::path_to_write())]
    folder: PathBuf,
    /// Only these kinds, such as `applications,roles`
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    only: Vec<String>,
    /// All kinds but these
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    exclude: Vec<String>,
}

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    match command {
        Command::Export { files, secrets } => export(context, &files, secrets).await,
        Command::Plan { files, prune } => {
            let plan = plan(context, &files, prune).await?;
            if plan.undeclared() > 0 {
                let count = plan.undeclared();
                let (noun, which) = if count == 1 { ("entity", "it") } else { ("entities", "them") };
                context.printer.message(&format!(
                    "note: not declared in the files: {count} {noun} of the tenant; `apply` leaves {which} alone, unless \
                     `--prune` is set; `plan --prune` shows {which}"
                ));
            }
            even_if_unread(if wants_data(context) {
                context.printer.list(&[], &plan.differences())
            } else {
                show(context, &plan)
            })?;
            Ok(if plan.has_differences() { Exit::Different } else { Exit::Done })
        }
        Command::Apply { files, prune } => {
            let plan = plan(context, &files, prune).await?;
            if plan.is_empty() {
                context.printer.message("nothing to change");
            } else {
                even_if_unread(preview(context, &plan))?;
                context.confirm(&question(&plan))?;
            }
            apply(context, &plan).await
        }
    }
}

async fn export(context: &mut Context, files: &Files, secrets: bool) -> Result<Exit> {
    let client = context.client()?;
    let selection = Selection::new(&files.only, &files.exclude)?;
    let own = &context.connection()?.app_id;
    let prepared = config::prepare_export(&client, own, &files.folder, &selection, secrets).await?;
    let lost: Vec<String> = prepared.lost().iter().map(|path| path.display().to_string()).collect();
    if !lost.is_empty() {
        let (files, names) = (counted(lost.len(), "file"), lost.join(", "));
        context.confirm(&format!("Replace {files} with other content: {names}?"))?;
    }
    let interrupt = Interrupt::watch(LinePrinter::default());
    let exported = prepared.write(&interrupt).await?;
    if exported.left > 0 {
        let done = exported.files.len() + exported.removed.len();
        let all = counted(done + exported.left, "file");
        context.printer.message(&format!("interrupted: {done} of {all} done; run the same command again to continue"));
        return Ok(Exit::of_part(done));
    }
    for warning in &exported.warnings {
        context.printer.message(&format!("warning: {warning}"));
    }
    context.printer.message(&format!("wrote {} to {}", counted(exported.files.len(), "file"), files.folder.display()));
    if !exported.variables.is_empty() {
        context.printer.message(&format!("set these variables before `apply`: {}", exported.variables.join(", ")));
    }
    Ok(Exit::Done)
}

async fn plan(context: &mut Context, files: &Files, prune: bool) -> Result<Plan> {
    let client = context.client()?;
    let selection = Selection::new(&files.only, &files.exclude)?;
    // CI systems set variables of secrets that do not exist to nothing.
    let environment = |name: &str| Ok(variable(name)?.filter(|value| !value.is_empty()));
    let own = &context.connection()?.app_id;
    let undeclared = if prune { Undeclared::Delete } else { Undeclared::Keep };
    let plan = config::plan(&client, own, &files.folder, &selection, undeclared, &environment).await?;
    for warning in plan.warnings() {
        context.printer.message(&format!("warning: {warning}"));
    }
    for unmanaged in plan.unmanaged() {
        context.printer.warning(&unmanaged.message);
    }
    Ok(plan)
}

/// Whether the user asks for data. A plan is for people by default, in logs too.
fn wants_data(context: &Context) -> bool {
    context.global.output.is_some_and(|format| format != Format::Table)
}

/// Prints the plan as a diff.
fn show(context: &mut Context, plan: &Plan) -> Result<()> {
    Ok(plan.write(&mut context.printer.data(), has_colour(&std::io::stdout()))?)
}

/// Prints the plan before it is applied. Data on standard output is about what was done: then the text is for the question.
fn preview(context: &mut Context, plan: &Plan) -> Result<()> {
    if !wants_data(context) {
        return show(context, plan);
    }
    if context.global.yes {
        return Ok(());
    }
    let mut text = Vec::new();
    plan.write(&mut text, false)?;
    context.printer.message(&String::from_utf8_lossy(&text));
    Ok(())
}

fn question(plan: &Plan) -> String {
    let counts = [(Action::Create, "create"), (Action::Update, "change"), (Action::Delete, "delete")];
    let counts = counts.map(|(action, verb)| (verb, plan.count(action)));
    let parts: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(verb, count)| format!("{verb} {count}")).collect();
    format!("Apply: {}?", parts.join(", "))
}

async fn apply(context: &mut Context, plan: &Plan) -> Result<Exit> {
    let client = context.client()?;
    let interrupt = Interrupt::watch(LinePrinter::default());
    let printer = &mut context.printer;
    let mut outcomes = Vec::new();
    let applied = config::apply(&client, plan, &mut |change, outcome| {
        let verdict = match outcome {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
        };
        outcomes.push(verdict);
        printer.message(&format!("{} {change}: {verdict}", change.action().verb()));
        if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .await;
    if wants_data(context) {
        let outcomes = outcomes.into_iter().chain(std::iter::repeat("open"));
        let changes = plan.changes().iter().zip(outcomes).map(|(change, outcome)| {
            let mut item = change.to_json();
            json_object::set(&mut item, "outcome", outcome);
            item
        });
        let printed = even_if_unread(context.printer.list(&[], &changes.collect::<Vec<_>>()));
        // A failure to apply is the more important one.
        if applied.is_ok() {
            printed.map_err(|failure| failure.after_changes_if(!plan.is_empty()))?;
        }
    }
    let applied = applied?;
    if plan.is_empty() {
        return Ok(Exit::Done);
    }
    let (done, all) = (applied.created + applied.updated + applied.deleted, plan.changes().len());
    let (start, end) = match applied.left {
        0 => ("", ""),
        _ => ("interrupted: ", "; run the same command again to continue"),
    };
    context.printer.message(&format!("{start}made {done} of {}{end}", counted(all, "change")));
    Ok(if done == all { Exit::Done } else { Exit::Partly })
}
