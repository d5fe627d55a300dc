//! `users export`: writes all users to a file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{ValueEnum, ValueHint};
use logto_admin::serde_json;
use tempfile::NamedTempFile;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::interrupt::Interrupt;
use crate::interruptible::InterruptibleWriter;
use crate::output::{Format, counted};
use crate::progress::Progress;
use crate::users::export::{self, Exported, With};
use crate::users::record::ImportedUser;
use crate::users::record_members::{MEMBERS, PASSWORD};
use crate::users::seen_ids::SeenIds;
use crate::{files, json_object};

/// Writes all users as lines of JSON or as CSV. `users import` reads both.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// File to write; `-` is standard output. Defaults to standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    to: Option<PathBuf>,
    /// Data to export besides the members of the list. Each costs one call per user
    #[arg(long, value_delimiter = ',', value_name = "PARTS")]
    with: Vec<With>,
    /// Format of the file. Default: `csv` if its name ends in `.csv`, else `ndjson`
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// Continue an export into the same file: users in it are left out
    #[arg(long, requires = "to")]
    resume: bool,
    /// Replace the file. If the export is incomplete, the file does not change
    #[arg(long, requires = "to", conflicts_with = "resume")]
    overwrite: bool,
}

/// A format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FileFormat {
    /// One JSON object per line
    Ndjson,
    /// Comma-separated values, with a column per member
    Csv,
}

/// Whether the name of a file ends in `.csv`.
fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// Returns the columns of a CSV file. An export has no passwords in clear text.
fn columns() -> impl Iterator<Item = &'static str> {
    MEMBERS.into_iter().map(|member| member.name).filter(|name| *name != PASSWORD)
}

pub(crate) async fn run(context: &mut Context, mut arguments: Arguments) -> Result<Exit> {
    if context.global.output.is_some_and(|output| output != Format::Ndjson) {
        return Err(Failure::usage("an export is lines of JSON or CSV: --output has no effect on it")
            .with_hint("leave out --output, or pass `--format csv`"));
    }
    if arguments.to.as_deref() == Some(Path::new("-")) {
        if arguments.resume || arguments.overwrite {
            return Err(Failure::usage("standard output cannot be resumed or overwritten: pass a file with --to"));
        }
        arguments.to = None;
    }
    let client = context.client()?;
    let server = client.endpoint().url();
    let total = client.users().list().page_size(1).await?.total;
    let interrupt = Interrupt::default();
    let mut replaced = None;
    let mut seen = SeenIds::default();
    let (out, is_new): (Box<dyn Write + Send>, bool) = match &arguments.to {
        None => (Box::new(InterruptibleWriter::new(io::stdout(), &interrupt)), true),
        Some(path) if arguments.overwrite => {
            let new = replacement(path)?;
            (Box::new(replaced.insert(new).as_file().try_clone()?), true)
        }
        Some(path) => {
            let (file, length) = open(path, &arguments, server, &mut seen)?;
            (Box::new(file), length == 0)
        }
    };
    let resumed = seen.len();
    for note in notes(&arguments.with) {
        context.printer.message(&format!("note: {note}"));
    }
    let mut writer = Records::new(BufWriter::new(out), arguments.format(), is_new)?;
    let left = total.map(|total| total.saturating_sub(resumed as u64));
    let mut progress = Progress::new("users", left, context.printer.quiet);
    interrupt.set_by_signals(progress.line_printer());
    let mut rounded = 0;
    let exported = export::export(&client, &arguments.with, &mut seen, &interrupt, &mut |user| {
        progress.advance();
        rounded += usize::from(user.custom_data.values().any(json_object::might_be_rounded));
        writer.write(user)
    })
    .await;
    progress.finish();
    let Exported { is_complete, counted: total } = exported.map_err(|failure| arguments.resumable(failure))?;
    writer.finish().map_err(|failure| arguments.resumable(failure))?;
    if is_complete {
        arguments.end(replaced, seen.is_empty())?;
    }
    if !is_complete && arguments.overwrite {
        context.printer.message("interrupted: the file is unchanged");
        return Ok(Exit::Interrupted);
    }
    context.printer.message(&format!("exported {}", counted(seen.len() - resumed, "user")));
    if rounded > 0 {
        let what = "with numbers of more than 64 bits in `customData`, which might be rounded";
        context.printer.warning(&format!("the export has {} {what}", counted(rounded, "user")));
    }
    if is_complete {
        match total {
            None => context.printer.warning("the server does not count its users: some might be missing"),
            Some(total) if total != seen.len() as u64 => {
                let what = format!("the server counts {}, and the export has {}", counted(total, "user"), seen.len());
                context.printer.warning(&format!("{what}: some might have been created or deleted meanwhile"));
            }
            Some(_) => {}
        }
        return Ok(Exit::Done);
    }
    let state = match &arguments.to {
        None => "the output is incomplete",
        Some(_) => "the file is incomplete; continue with --resume",
    };
    context.printer.message(&format!("interrupted: {state}"));
    Ok(Exit::Partly)
}

/// Returns what an import of the file cannot restore.
fn notes(with: &[With]) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if !with.contains(&With::PasswordHashes) {
        notes.push("without `--with password-hashes`, an import cannot restore passwords");
    }
    if with.contains(&With::Mfa) {
        notes.push("the server does not reveal secrets of second factors, so an import cannot restore them");
    }
    notes
}

/// End of the name of the file that notes the server and the parts of an export. The file exists until the export is
/// complete. Server and parts have a line each.
const NOTE: &str = ".parts";

impl Arguments {
    /// Returns the format: the one that is set, or that of the name of the file.
    fn format(&self) -> FileFormat {
        let of_name = if self.to.as_deref().is_some_and(is_csv) { FileFormat::Csv } else { FileFormat::Ndjson };
        self.format.unwrap_or(of_name)
    }

    /// Puts a complete file in its place. One without users does not replace users.
    fn end(&self, new: Option<NamedTempFile>, is_empty: bool) -> Result<()> {
        match (&self.to, new) {
            (Some(path), Some(new)) => {
                if is_empty && has_more(path, new.as_file())? {
                    let message = format!("the tenant has no users, and {} is not empty: it is kept", path.display());
                    return Err(Failure::new(message)
                        .with_hint("check the connection, and delete the file first if the tenant is really empty"));
                }
                new.persist(files::followed(path)).map_err(|error| error.error)?;
            }
            (Some(path), None) => fs::remove_file(files::beside(path, NOTE))?,
            (None, _) => {}
        }
        Ok(())
    }

    /// Adds how to continue an export that failed.
    fn resumable(&self, failure: Failure) -> Failure {
        if self.to.is_none() || self.overwrite {
            return failure;
        }
        let hint = failure.hint().map_or_else(String::new, |hint| format!("{hint}; then "));
        failure.with_hint(format!("{hint}continue with --resume"))
    }

    /// Returns the parts as text, in a fixed order.
    fn parts(&self) -> String {
        let parts = With::value_variants().iter().filter(|part| self.with.contains(part));
        let names = parts.filter_map(|part| part.to_possible_value().map(|value| value.get_name().to_owned()));
        names.collect::<Vec<_>>().join(",")
    }

    /// Fails if the file was started with another server or with other parts. Also fails if nothing notes that.
    fn check_note(&self, path: &Path, server: &str) -> Result<()> {
        let (note, path) = (files::beside(path, NOTE), path.display());
        let begun = match fs::read_to_string(&note) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let message = format!("{path} is not an export that was interrupted: there is no {}", note.display());
                return Err(Failure::usage(message).with_hint("replace the file with --overwrite"));
            }
            begun => begun.map_err(|error| Failure::usage(format!("cannot read {}: {error}", note.display())))?,
        };
        let Some((known, parts)) = begun.split_once('\n') else {
            return Err(Failure::usage(format!("{} does not name a server and the parts", note.display())));
        };
        if known != server {
            return Err(Failure::usage(format!("{path} has the users of {known}, not of {server}"))
                .with_hint("pass another file with --to"));
        }
        if parts != self.parts() {
            let with = if parts.is_empty() { "without --with".to_owned() } else { format!("with --with {parts}") };
            return Err(Failure::usage(format!("{path} was started {with}: pass the same parts to continue")));
        }
        Ok(())
    }

    /// Fails if something else has the name of the note. A link could lead to any file.
    fn check_place_of_note(path: &Path) -> Result<()> {
        let note = files::beside(path, NOTE);
        let is_note = match fs::symlink_metadata(&note) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            data => data?.is_file() && fs::read_to_string(&note).is_ok_and(|text| is_note(&text)),
        };
        if is_note {
            return Ok(());
        }
        Err(Failure::usage(format!("{} exists and is not the note of an export", note.display()))
            .with_hint("move it away, or pass another file with --to"))
    }

    /// Notes the server and the parts beside the file.
    fn note(&self, path: &Path, server: &str) -> Result<()> {
        let note = files::beside(path, NOTE);
        files::replace(&note, &format!("{server}\n{}", self.parts()), true)
            .map_err(|error| Failure::usage(format!("cannot write {}: {error}", note.display())))
    }
}

/// Whether a text is the note of an export.
fn is_note(text: &str) -> bool {
    text.split_once('\n').is_some_and(|(server, parts)| server.contains("://") && !parts.contains('\n'))
}

/// Whether a file has more than an export without users. Such an export is empty or has the names of the columns.
fn has_more(path: &Path, empty: &File) -> io::Result<bool> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        data => Ok(![0, empty.metadata()?.len()].contains(&data?.len())),
    }
}

/// Creates the file that replaces another one when it is complete. It vanishes if it is dropped.
fn replacement(path: &Path) -> Result<NamedTempFile> {
    let path = files::followed(path);
    let cannot = |error: &dyn std::fmt::Display| Failure::usage(format!("cannot replace {}: {error}", path.display()));
    if path.exists() && !path.is_file() {
        return Err(cannot(&"it is not a regular file"));
    }
    files::replacement(&path).map_err(|error| cannot(&error))
}

/// Opens the file, and returns its length. Reads the ids of the users in it if the export is resumed.
fn open(path: &Path, arguments: &Arguments, server: &str, seen: &mut SeenIds) -> Result<(File, u64)> {
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::usage(format!(
            "{} exists: replace it with --overwrite, or continue it with --resume",
            path.display()
        )),
        io::ErrorKind::InvalidData => {
            let failure = Failure::usage(format!("{} is not an export: {error}", path.display()));
            match arguments.format {
                Some(FileFormat::Ndjson) if is_csv(path) => failure.with_hint("pass `--format csv`"),
                None if is_csv(path) => failure.with_hint("pass `--format ndjson` if it has lines of JSON"),
                _ => failure,
            }
        }
        _ => Failure::usage(format!("cannot open {}: {error}", path.display())),
    };
    Arguments::check_place_of_note(path)?;
    let mut options = File::options();
    // It holds personal data, and hashes of passwords.
    files::private(options.read(true).write(true));
    if !arguments.resume {
        let file = options.create_new(true).open(path).map_err(cannot)?;
        return arguments.note(path, server).map(|()| (file, 0));
    }
    if fs::metadata(path).is_ok_and(|data| data.len() > 0) {
        arguments.check_note(path, server)?;
    }
    let mut file = options.create(true).open(path).map_err(cannot)?;
    let length = match arguments.format() {
        FileFormat::Ndjson => resume_lines(&mut file, seen),
        FileFormat::Csv => resume_csv(&mut file, seen),
    };
    let length = length.map_err(cannot)?;
    arguments.note(path, server).map(|()| (file, length))
}

fn resume_lines(file: &mut File, seen: &mut SeenIds) -> io::Result<u64> {
    let take = |line: &[u8]| {
        let user: ImportedUser = serde_json::from_slice(line).map_err(invalid)?;
        if let Some(id) = &user.id {
            seen.add(id);
        }
        Ok(())
    };
    files::resume(file, "{\"id\":\"", |_| true, take)
}

fn resume_csv(file: &mut File, seen: &mut SeenIds) -> io::Result<u64> {
    let header = columns().collect::<Vec<_>>().join(",") + "\n";
    // A line break inside quotes does not end a record. A quote inside quotes is written twice.
    let is_whole = |record: &[u8]| record.iter().filter(|byte| **byte == b'"').count() % 2 == 0;
    let mut is_header = true;
    let take = |record: &[u8]| {
        if std::mem::take(&mut is_header) {
            return if record == header.as_bytes() { Ok(()) } else { Err(invalid("it has other columns")) };
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(record);
        let cells = reader.records().next().transpose().map_err(invalid)?.unwrap_or_default();
        match cells.get(0) {
            Some(id) if cells.len() == columns().count() => {
                seen.add(id);
                Ok(())
            }
            _ => Err(invalid("a record has other columns")),
        }
    };
    files::resume(file, &header, is_whole, take)
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Writes records in a format.
enum Records<W: Write> {
    Ndjson(W),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> Records<W> {
    /// Writes the start of a new file.
    fn new(out: W, format: FileFormat, is_new: bool) -> Result<Self> {
        Ok(match format {
            FileFormat::Ndjson => Self::Ndjson(out),
            FileFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                if is_new {
                    writer.write_record(columns()).map_err(failed)?;
                }
                Self::Csv(Box::new(writer))
            }
        })
    }

    fn write(&mut self, user: &ImportedUser) -> Result<()> {
        let json = |error: serde_json::Error| Failure::from(io::Error::from(error));
        match self {
            Self::Ndjson(out) => {
                serde_json::to_writer(&mut *out, user).map_err(json)?;
                Ok(out.write_all(b"\n")?)
            }
            Self::Csv(writer) => {
                let value = serde_json::to_value(user).map_err(json)?;
                let cell = |name: &str| match value.get(name) {
                    None => String::new(),
                    Some(serde_json::Value::String(text)) => text.clone(),
                    Some(other) => other.to_string(),
                };
                writer.write_record(columns().map(cell)).map_err(failed)
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Ndjson(mut out) => Ok(out.flush()?),
            Self::Csv(mut writer) => Ok(writer.flush()?),
        }
    }
}

fn failed(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => Failure::new(format!("cannot write CSV: {other:?}")),
    }
}
