//! `users export`: writes all users to a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use logto_admin::serde_json;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::files;
use crate::interrupt::Interrupt;
use crate::output::counted;
use crate::progress::Progress;
use crate::users::export::{self, Seen, With};
use crate::users::members::{MEMBERS, PASSWORD};
use crate::users::record::ImportedUser;

/// Writes all users as lines of JSON or as CSV. `users import` reads both.
///
/// Users that sign up during the export might be missing. No user is written twice.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// File to write. Defaults to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// What to export besides the members of the list. Each costs one call per user
    #[arg(long, value_delimiter = ',', value_name = "PARTS")]
    with: Vec<With>,
    /// Format of the file
    #[arg(long, value_enum, default_value_t)]
    format: FileFormat,
    /// Continue an export into the same file: users in it are left out
    #[arg(long, requires = "to")]
    resume: bool,
}

/// A format of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FileFormat {
    /// One JSON object per line
    #[default]
    Ndjson,
    /// Comma-separated values, with a column per member
    Csv,
}

/// Returns the columns of a CSV file. An export has no passwords in clear text.
fn columns() -> impl Iterator<Item = &'static str> {
    MEMBERS.into_iter().map(|member| member.name).filter(|name| *name != PASSWORD)
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<Exit> {
    let client = context.client()?;
    let total = client.users().list().page_size(1).await?.total;
    let mut seen = Seen::default();
    let out: Box<dyn Write + Send> = match &arguments.to {
        None => Box::new(io::stdout()),
        Some(path) => Box::new(open(path, &arguments, &mut seen)?),
    };
    let resumed = seen.len();
    let mut writer = Records::new(BufWriter::new(out), arguments.format)?;
    let interrupt = Interrupt::watch();
    let mut progress = Progress::new("users", total, context.printer.quiet);
    let is_complete = export::export(&client, &arguments.with, &mut seen, &interrupt, &mut |user| {
        progress.advance();
        writer.write(user)
    })
    .await?;
    progress.finish();
    writer.finish()?;
    context.printer.message(&format!("exported {}", counted(seen.len() - resumed, "user")));
    if is_complete {
        return Ok(Exit::Done);
    }
    let hint = if arguments.to.is_some() { "; continue with --resume" } else { "" };
    context.printer.message(&format!("interrupted: the file is incomplete{hint}"));
    Ok(Exit::Partly)
}

/// Opens the file. Reads the ids of the users in it if the export is resumed.
fn open(path: &Path, arguments: &Arguments, seen: &mut Seen) -> Result<File> {
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::usage(format!("{} exists: delete it, or continue it with --resume", path.display()))
        }
        io::ErrorKind::InvalidData => Failure::usage(format!("{} is not an export: {error}", path.display())),
        _ => Failure::usage(format!("cannot open {}: {error}", path.display())),
    };
    let mut options = File::options();
    // It holds personal data, and hashes of passwords.
    files::private(options.read(true).write(true));
    if !arguments.resume {
        return options.create_new(true).open(path).map_err(cannot);
    }
    if arguments.format == FileFormat::Csv {
        return Err(Failure::usage("only exports in the format ndjson can be resumed"));
    }
    let mut file = options.create(true).open(path).map_err(cannot)?;
    let take = |line: &[u8]| {
        let user: ImportedUser =
            serde_json::from_slice(line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if let Some(id) = &user.id {
            seen.add(id);
        }
        Ok(())
    };
    files::resume(&mut file, "{\"id\":\"", take).map_err(cannot)?;
    Ok(file)
}

/// Writes records in a format.
enum Records<W: Write> {
    Ndjson(W),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> Records<W> {
    fn new(out: W, format: FileFormat) -> Result<Self> {
        Ok(match format {
            FileFormat::Ndjson => Self::Ndjson(out),
            FileFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(columns()).map_err(failed)?;
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
