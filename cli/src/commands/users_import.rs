//! `users import`: creates users from files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use clap::ValueHint;
use logto_admin::bulk::Concurrency;
use logto_admin::{Client, FirebaseScrypt, Timestamp};

use super::import_report::Report;
use super::import_totals::finish;
use super::users_of_journal::check_users;
use super::users_undo;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::files;
use crate::interrupt::Interrupt;
use crate::output::{counted, unshown};
use crate::progress::Progress;
use crate::terminal::shown;
use crate::username_case::UsernameCase;
use crate::users::diagnostic::Diagnostic;
use crate::users::import::import;
use crate::users::input::{self, Format, InputOptions};
use crate::users::journal::{Journal, READ_ONCE};
use crate::users::matched_users::MatchedUsers;
use crate::users::names::Names;
use crate::users::outage::Outage;
use crate::users::record_reader::{Checked, RecordReader};
use crate::users::record_result::{Outcome, RecordResult};
use crate::users::sources::{
    Column, Columns, Groups, Source, SourceOptions, Unverified, auth0_password_hash, parse_firebase_config,
};
use crate::users::write::{OnConflict, Writer};

/// Creates users from files, also from the exports of other systems.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Another task than an import.
    #[command(subcommand)]
    command: Option<Command>,
    /// Files; `-` is standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<String>,
    /// System that the files come from
    #[arg(long, value_enum, default_value_t = Source::Logto)]
    from: Source,
    /// Format of the files. Defaults to that of the content
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Member that a CSV column sets, such as `mail=primaryEmail`
    ///
    /// Others are `team=customData.team`, and `note=-` to ignore the column.
    #[arg(long = "map", value_name = "COLUMN=MEMBER")]
    columns: Vec<Column>,
    /// Conversion of the groups of the source
    ///
    /// The name of a group in Keycloak is its path without the first slash, such as `staff/eng`.
    #[arg(long, value_enum, default_value_t)]
    groups: Groups,
    /// Treatment of unverified email addresses and phone numbers
    ///
    /// Logto treats all as verified.
    #[arg(long, value_enum, default_value_t)]
    unverified: Unverified,
    /// Country code of phone numbers without one, such as 49
    #[arg(long, value_name = "CODE", value_parser = country_code)]
    country_code: Option<String>,
    /// File with the hash parameters that the Firebase console shows
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    firebase_parameters: Option<PathBuf>,
    /// File with the password hashes of Auth0
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    auth0_hashes: Option<String>,
    /// Action for users that exist, by id, email address, phone number or username
    #[arg(long, value_enum, default_value_t)]
    on_conflict: OnConflict,
    /// Report what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import the valid records although others are invalid
    #[arg(long)]
    skip_invalid: bool,
    /// Maximum number of users at the same time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// Journal. Defaults to the first file with `.journal` appended
    ///
    /// For standard input and pipes, it defaults to `logto-import-DIGEST.journal`, with a digest of the content.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, value_parser = files::path_to_write())]
    journal: Option<PathBuf>,
    /// Write a line of JSON per record to this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, value_parser = files::path_to_write())]
    report: Option<PathBuf>,
    /// Stop after about this number of failures. Default: no limit
    ///
    /// Users in progress are completed.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    max_failures: Option<u64>,
}

/// A task about a past import.
#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Delete the users that an import created
    Undo {
        /// Journal of the import
        #[arg(value_parser = files::path_to_write())]
        journal: PathBuf,
        /// Also delete users whose creation had no clear answer
        ///
        /// They might belong to others.
        #[arg(long)]
        unclear: bool,
    },
}

/// Maximum number of invalid records that are printed.
const SHOWN: usize = 20;
/// Maximum number of problems that are printed per record. The report has all.
const SHOWN_PROBLEMS: usize = 3;

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<Exit> {
    if let Some(Command::Undo { journal, unclear }) = &arguments.command {
        return users_undo::run(context, journal, *unclear).await;
    }
    arguments.check_source()?;
    let input = RecordReader::new(&arguments.files, arguments.from, arguments.format)?;
    let path = arguments.journal_path(&input);
    arguments.check_files(&path)?;
    let input = input.with_options(arguments.source_options()?);
    input.check_columns()?;
    // A server that is down before the first user is an error at once, and not waited for.
    let client = context.client()?;
    let names = Names::load(&client).await?;
    let username_case = UsernameCase::load(&client).await?;
    let outage = Outage::default();
    let client = outage.client(context.connection()?)?;
    let input = input.with_username_case(username_case);
    let checked = input.check(&names)?;
    arguments.check_hashes(&checked)?;
    tell(context, &arguments, &checked, &input);
    if checked.users == 0 && checked.rejected.is_empty() {
        return Err(Failure::usage("the input has no users"));
    }
    if !checked.rejected.is_empty() && !arguments.skip_invalid {
        Report::new(arguments.report.as_deref(), &checked, &Interrupt::default())?.finish()?;
        let found = counted(checked.rejected.len(), "invalid record");
        return Err(Failure::usage(format!("{found}, nothing was sent: correct the file, or pass --skip-invalid")));
    }
    let journal = match checked.users {
        // A new journal would only refuse the next import, with other options.
        0 => None,
        _ => journal(context, &client, &path, arguments.identity(&input), arguments.dry_run).await?,
    };
    let writer = Writer {
        client,
        names: Arc::new(names.clone()),
        on_conflict: arguments.on_conflict,
        username_case,
        matches_ids: arguments.from == Source::Logto,
        journal: journal.map(|journal| Arc::new(Mutex::new(journal))),
        matched: MatchedUsers::default(),
        is_dry_run: arguments.dry_run,
    };
    // Without a journal, nothing is imported, although the files might have changed since.
    let items = (checked.users > 0).then(|| input.items(names)).into_iter().flatten();
    let interrupt = Interrupt::default();
    let mut report = Report::new(arguments.report.as_deref(), &checked, &interrupt)?;
    let mut progress = Progress::new("users", Some(checked.users), context.printer.quiet);
    if !context.printer.quiet {
        outage.print_with(progress.line_printer());
    }
    interrupt.set_by_signals(progress.line_printer());
    let concurrency = Concurrency::default().at_most(arguments.concurrency.into());
    // An update can give the account of one person to another.
    let is_shown = arguments.on_conflict == OnConflict::Update || !context.printer.quiet;
    let (mut warnings, mut other_ids) = (0, 0_u64);
    let summary = import(&writer, items, concurrency, arguments.max_failures, &interrupt, &mut |line| {
        progress.advance();
        if line.outcome == Outcome::Failed {
            progress.print_error(&told("failed", line));
        } else if line.has_other_id {
            other_ids += 1;
        } else if line.message.is_some() {
            warnings += 1;
            if warnings <= SHOWN && is_shown {
                progress.print_error(&told("warning", line));
            }
        }
        report.write(line)
    })
    .await?;
    progress.finish();
    let has_changed = !arguments.dry_run && summary.created + summary.updated + summary.unclear > 0;
    let reported = report.finish().map_err(|failure| failure.after_changes_if(has_changed));
    if let Some(more) = unshown(warnings, SHOWN, "warning").filter(|_| is_shown) {
        context.printer.problem(&more);
    }
    if other_ids > 0 {
        let (users, verb) = (counted(other_ids, "user"), if other_ids == 1 { "has" } else { "have" });
        let message = "another id than in the file, as after an export from another tenant: --report lists them";
        context.printer.message(&format!("warning: {users} {verb} {message}"));
    }
    let exit = finish(context, arguments.dry_run, arguments.max_failures, summary, &checked)?;
    reported.map(|()| exit)
}

/// Opens the journal. A dry run only reads it.
async fn journal(
    context: &mut Context,
    client: &Client,
    path: &Path,
    input: Vec<String>,
    is_dry_run: bool,
) -> Result<Option<Journal>> {
    let server = client.endpoint().url();
    let journal = if is_dry_run {
        let Some(journal) = Journal::read(path, server)? else { return Ok(None) };
        journal.check_input(&input)?;
        journal
    } else {
        let mut journal = Journal::open(path, server, Timestamp::now().as_millis())?;
        journal.bind(input)?;
        journal
    };
    check_users(context, client, &journal, path).await?;
    context.printer.message(&format!("journal: {}", path.display()));
    Ok(Some(journal))
}

impl Arguments {
    /// Rejects options of another system than that of the files.
    fn check_source(&self) -> Result<()> {
        for (is_given, source, name, option) in [
            (!self.columns.is_empty(), Source::Csv, "csv", "--map"),
            (self.auth0_hashes.is_some(), Source::Auth0, "auth0", "--auth0-hashes"),
            (self.firebase_parameters.is_some(), Source::Firebase, "firebase", "--firebase-parameters"),
        ] {
            if is_given && self.from != source {
                let failure = Failure::usage(format!("{option} is for imports with `--from {name}` only"));
                return Err(failure.with_hint(format!("pass `--from {name}`, or leave out {option}")));
            }
        }
        for (at, column) in self.columns.iter().enumerate() {
            let is_same = |earlier: &&Column| earlier.name.eq_ignore_ascii_case(&column.name);
            if let Some(earlier) = self.columns.iter().take(at).find(is_same) {
                return Err(Failure::usage(format!("--map maps `{}` twice", shown(&earlier.name))));
            }
        }
        Ok(())
    }

    fn source_options(&self) -> Result<SourceOptions> {
        let mut options = SourceOptions {
            firebase: self.firebase_parameters.as_deref().map(firebase).transpose()?,
            columns: Columns(self.columns.clone()),
            groups: self.groups,
            unverified: self.unverified,
            country_code: self.country_code.clone(),
            ..SourceOptions::default()
        };
        if let Some(file) = &self.auth0_hashes {
            for record in input::open(file, &InputOptions::default())? {
                let record = record.map_err(|error| Failure::usage(error.to_string()))?;
                let Some((id, hash)) = auth0_password_hash(record.value) else {
                    return Err(Failure::usage(format!(
                        "{}: the record has no id or no `passwordHash`",
                        record.location
                    )));
                };
                options.auth0_hashes.insert(id, hash);
            }
            if options.auth0_hashes.is_empty() {
                return Err(Failure::usage(format!("{file} has no password hashes")));
            }
        }
        Ok(options)
    }

    /// Whether the files can contain password hashes. Of Clerk's exports, that is the CSV file.
    fn has_hashes(&self) -> bool {
        let is_csv = |file: &String| file.trim_end_matches(".gz").ends_with(".csv");
        let is_clerk_csv =
            self.from == Source::Clerk && (self.format == Some(Format::Csv) || self.files.iter().all(is_csv));
        self.auth0_hashes.is_some() || self.firebase_parameters.is_some() || is_clerk_csv
    }

    /// Rejects a file of password hashes that has those of other users. A new password for all is not what the file is
    /// passed for.
    fn check_hashes(&self, checked: &Checked) -> Result<()> {
        let Some(file) = self.auth0_hashes.as_ref().filter(|_| checked.hashes.found == 0) else { return Ok(()) };
        if checked.hashes.missing == 0 {
            return Ok(());
        }
        let users = counted(checked.hashes.missing, "user");
        let message = format!("{file} has the password hashes of other users: it has none for {users} of the database");
        Err(Failure::usage(message).with_hint("pass the hashes of the same tenant, or leave out --auth0-hashes"))
    }

    /// Rejects files that would overwrite each other.
    fn check_files(&self, journal: &Path) -> Result<()> {
        let real = files::canonical;
        let mut inputs: Vec<PathBuf> = self.files.iter().map(|file| real(Path::new(file))).collect();
        let journal = real(journal);
        let report = self.report.as_deref().map(real);
        let others = [self.auth0_hashes.as_deref().map(Path::new), self.firebase_parameters.as_deref()];
        inputs.extend(others.into_iter().flatten().map(real));
        let outputs = [("--journal", Some(&journal)), ("--report", report.as_ref())];
        for (flag, path) in outputs {
            if path.is_some_and(|path| inputs.iter().any(|input| files::is_same(input, path))) {
                return Err(Failure::usage(format!("{flag} is also an input file")));
            }
        }
        if report.is_some_and(|report| files::is_same(&report, &journal)) {
            return Err(Failure::usage("--report and --journal are the same file"));
        }
        Ok(())
    }

    /// Returns the system and the files, as the journal notes them. Pipes have another path each time.
    fn identity(&self, input: &RecordReader) -> Vec<String> {
        let real = |file: &String| match fs::canonicalize(file) {
            _ if input.digest(file).is_some() => READ_ONCE.to_owned(),
            Ok(path) if path.is_file() => path.display().to_string(),
            _ => file.clone(),
        };
        std::iter::once(self.from.to_string()).chain(self.files.iter().map(real)).collect()
    }

    /// Returns the path of the journal. Inputs that are read only once all have the same name.
    fn journal_path(&self, input: &RecordReader) -> PathBuf {
        let first = self.files.first().map(String::as_str).unwrap_or_default();
        let name = || match input.digest(first) {
            Some(digest) => format!("logto-import-{digest}"),
            None => first.to_owned(),
        };
        self.journal.clone().unwrap_or_else(|| format!("{}.journal", name()).into())
    }
}

/// Returns the digits of a country code.
fn country_code(text: &str) -> std::result::Result<String, &'static str> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_code = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_code && !digits.starts_with('0') { Ok(digits.to_owned()) } else { Err("expected 1 to 3 digits, such as 49") }
}

/// Reads the parameters that Firebase shows for a project.
fn firebase(path: &Path) -> Result<FirebaseScrypt> {
    let invalid = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let text = files::text(path).map_err(|error| invalid(error.to_string()))?;
    parse_firebase_config(&text).map_err(invalid)
}

/// Prints what the check found.
fn tell(context: &mut Context, arguments: &Arguments, checked: &Checked, input: &RecordReader) {
    let printer = &mut context.printer;
    let has_hashes = arguments.has_hashes() || checked.passwords > 0 || checked.can_have_hashes;
    for limit in arguments.from.limits().into_iter().filter(|limit| !(limit.without_hashes && has_hashes)) {
        printer.message(&format!("note: {}", limit.note));
    }
    for note in &checked.notes {
        printer.message(&format!("note: {note}"));
    }
    for (warning, (count, location)) in &checked.warnings {
        printer.message(&format!("warning: {warning} ({}, first at {location})", counted(*count, "record")));
    }
    if arguments.on_conflict == OnConflict::Update {
        let clear = "with `--on-conflict update`, passwords in clear text replace those of users that exist, unless \
                     nothing else of the record changed since an earlier run";
        let hashed = "Logto cannot change password hashes: users that exist keep theirs, unless you delete them first";
        for (warning, count) in [(clear, checked.clear_passwords()), (hashed, checked.hashed)] {
            if count > 0 {
                printer.warning(&format!("{warning} ({})", counted(count, "record")));
            }
        }
    }
    for (reason, count) in &checked.skipped {
        printer.message(&format!("left out {}: {reason}", counted(*count, "record")));
    }
    for (problem, (count, location)) in checked.unknown_names.iter().take(SHOWN) {
        printer.problem(&format!("invalid: {problem} ({}, first at {location})", counted(*count, "record")));
    }
    if let Some(more) = unshown(checked.unknown_names.len(), SHOWN, "name") {
        printer.problem(&more);
    }
    let others = checked.rejected.iter().map(|rejected| (rejected, checked.other_problems(rejected)));
    let others: Vec<_> = others.filter(|(_, problems)| !problems.is_empty()).collect();
    for (rejected, problems) in others.iter().take(SHOWN) {
        let mut shown: Vec<String> = problems.iter().take(SHOWN_PROBLEMS).map(ToString::to_string).collect();
        if problems.len() > SHOWN_PROBLEMS {
            shown.push(format!("{} more", problems.len() - SHOWN_PROBLEMS));
        }
        let user = if rejected.user.is_empty() { String::new() } else { format!("{}: ", rejected.user) };
        printer.problem(&format!("invalid: {}: {user}{}", rejected.location, shown.join("; ")));
    }
    if let Some(more) = unshown(others.len(), SHOWN, "invalid record") {
        printer.problem(&more);
    }
    let mut problems = checked.rejected.iter().flat_map(|rejected| &rejected.problems);
    if let Some(system) = checked.system {
        printer.message(&format!("hint: the members are those of {system}: pass `--from {system}`"));
    } else if arguments.from == Source::Logto && problems.any(Diagnostic::is_unknown_member) && input.has_table() {
        printer.message("hint: pass `--from csv` to map columns of your own with `--map`");
    } else if arguments.from == Source::Auth0 && problems.any(Diagnostic::is_unread_record) && input.has_table() {
        printer.message(
            "hint: export the users as JSON, or as CSV with the fields as titles, such as `user_id` and `email`; to map \
             other titles with `--map`, pass `--from csv`",
        );
    }
    printer.message(&format!("{} to import", counted(checked.users, "user")));
}

fn told(what: &str, line: &RecordResult) -> String {
    let field = line.field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default();
    format!("{what}: {}: {}: {field}{}", line.location, line.user, line.message.as_deref().unwrap_or_default())
}
