//! The file with a line of JSON per imported record.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use logto_admin::serde_json;

use crate::failure::{Failure, Result};
use crate::files;
use crate::users::record_reader::Checked;
use crate::users::record_result::RecordResult;

/// How a report begins. Another run replaces it.
const REPORT_START: &[u8] = b"{\"location\":";

/// The report per record.
pub(super) struct Report(Option<BufWriter<File>>);

impl Report {
    /// Creates the file, with the records that the check rejected.
    pub(super) fn new(path: Option<&Path>, checked: &Checked) -> Result<Self> {
        let Some(path) = path else { return Ok(Self(None)) };
        let cannot = |error| Failure::usage(format!("cannot write {}: {error}", path.display()));
        let mut report = Self(Some(BufWriter::new(Self::create(path).map_err(cannot)?)));
        for rejected in &checked.rejected {
            report.write(&RecordResult::rejected(rejected))?;
        }
        Ok(report)
    }

    /// Creates the file, which has the addresses of users.
    fn create(path: &Path) -> std::io::Result<File> {
        let mut start = Vec::new();
        if path.is_file() {
            File::open(path)?.take(REPORT_START.len() as u64).read_to_end(&mut start)?;
        }
        if !start.is_empty() && !start.starts_with(REPORT_START) {
            let message = "the file exists and is not a report";
            return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, message));
        }
        files::private(File::options().write(true).create(true).truncate(true)).open(path)
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
