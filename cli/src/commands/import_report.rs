//! The file with a line of JSON per imported record.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use logto_admin::serde_json;

use crate::failure::{Failure, Result};
use crate::files;
use crate::interrupt::Interrupt;
use crate::interruptible::InterruptibleWriter;
use crate::users::record_reader::Checked;
use crate::users::record_result::RecordResult;

/// How a report begins. Another run replaces it.
const REPORT_START: &[u8] = b"{\"location\":";

/// The report per record.
pub(super) struct Report(Option<BufWriter<Box<dyn Write + Send>>>);

impl Report {
    /// Creates the file, with the records that the check rejected. The interrupt ends the wait for the reader of a pipe.
    pub(super) fn new(path: Option<&Path>, checked: &Checked, interrupt: &Interrupt) -> Result<Self> {
        let Some(path) = path else { return Ok(Self(None)) };
        let cannot = |error| Failure::usage(format!("cannot write {}: {error}", path.display()));
        let file = Self::create(path).map_err(cannot)?;
        let out: Box<dyn Write + Send> = match path.is_file() {
            true => Box::new(file),
            false => Box::new(InterruptibleWriter::new(file, interrupt)),
        };
        let mut report = Self(Some(BufWriter::new(out)));
        for rejected in &checked.rejected {
            report.write(&RecordResult::rejected(rejected))?;
        }
        Ok(report)
    }

    /// Creates the file, which has the addresses of users.
    fn create(path: &Path) -> io::Result<File> {
        #[cfg(unix)]
        if is_pipe(path) {
            return pipe(path);
        }
        let is_file = path.is_file();
        let mut start = Vec::new();
        if is_file {
            File::open(path)?.take(REPORT_START.len() as u64).read_to_end(&mut start)?;
        }
        if !start.is_empty() && !start.starts_with(REPORT_START) {
            let message = "the file exists and is not a report";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        let file = files::private(File::options().write(true).create(true).truncate(true)).open(path)?;
        if is_file {
            files::make_private(&file)?;
        }
        Ok(file)
    }

    pub(super) fn write(&mut self, line: &RecordResult) -> Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        serde_json::to_writer(&mut *file, line)
            .map_err(|error| Failure::new(format!("cannot write the report: {error}")))?;
        file.write_all(b"\n").map_err(|error| Failure::new(format!("cannot write the report: {error}")))
    }

    pub(super) fn finish(self) -> Result<()> {
        let Some(mut file) = self.0 else { return Ok(()) };
        file.flush().map_err(|error| Failure::new(format!("cannot write the report: {error}")))
    }
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|data| data.file_type().is_fifo())
}

/// Opens a pipe, such as that of `>(command)`. Without a reader, writing would wait forever.
#[cfg(unix)]
fn pipe(path: &Path) -> io::Result<File> {
    let unread = |_| io::Error::other("no program reads the pipe");
    let pipe = tokio::net::unix::pipe::OpenOptions::new().open_sender(path).map_err(unread)?;
    pipe.into_blocking_fd().map(File::from)
}
