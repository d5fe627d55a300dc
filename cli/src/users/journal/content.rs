//! The content of a journal, as far as an import and an undo need it.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;

use super::entry::{Entry, Standing};
use crate::failure::{Failure, Result};
use crate::files;

/// How a journal begins.
const START: &str = "{\"state\":\"import\"";

/// Returns the error for a journal that cannot be opened.
pub(super) fn cannot(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::usage(format!("cannot open the journal {}: {error}", path.display()))
}

/// The content of a journal.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) lines: u64,
    pub(super) server: Option<String>,
    pub(super) input: Option<Vec<String>>,
    /// Per record, how far it has come, and the number of the last line about it.
    pub(super) records: HashMap<Box<str>, (u64, Standing)>,
}

impl Noted {
    /// Reads the complete lines of a journal, and returns their length. Fails if it belongs to an import into another server.
    pub(super) fn read(file: &File, path: &Path, server: &str) -> Result<(Self, u64)> {
        let cannot = cannot(path);
        if !file.metadata().map_err(&cannot)?.is_file() {
            return Err(Failure::usage(format!("the journal {} is not a regular file", path.display())));
        }
        let mut noted = Self::default();
        let take = |line: &[u8]| {
            let number = noted.lines + 1;
            let invalid = |_| {
                let message = format!("line {number} is not an entry of a journal");
                io::Error::new(io::ErrorKind::InvalidData, message)
            };
            noted.add(logto_admin::serde_json::from_slice(line).map_err(invalid)?);
            Ok(())
        };
        let length = files::records(file, START, |_| true, take).map_err(cannot)?;
        match &noted.server {
            Some(known) if known != server => {
                let path = path.display();
                let message = format!("the journal {path} belongs to an import into {known}, not into {server}");
                Err(Failure::usage(message).with_hint(format!("connect to {known}, or pass another journal")))
            }
            None if noted.lines > 0 => {
                Err(Failure::usage(format!("the journal {} does not name the server of the import", path.display())))
            }
            _ => Ok((noted, length)),
        }
    }

    /// Adds a line. An import has many records, so it keeps no more than the standing of each.
    pub(super) fn add(&mut self, entry: Entry) {
        self.lines += 1;
        let (key, standing) = match entry {
            Entry::Import { server, .. } => {
                self.server = Some(server);
                return;
            }
            Entry::Input { input } => {
                self.input = Some(input);
                return;
            }
            Entry::Refused { key } | Entry::Undone { key } => {
                self.records.remove(key.as_str());
                return;
            }
            Entry::Started { key, at, identifiers, digest } => (key, Standing::Started { at, identifiers, digest }),
            Entry::Created { key, id, unclear, digest } => (key, Standing::Created { id, unclear, digest }),
            Entry::Done { key, id, created, unclear, skipped, digest } => {
                (key, Standing::Done { id, created, unclear, skipped, digest })
            }
        };
        self.records.insert(key.into(), (self.lines, standing));
    }

    /// Returns the ids of the first and the last user.
    pub(super) fn ends(&self) -> Vec<String> {
        let users = || self.records.values().filter_map(|(line, standing)| Some((line, standing.id()?)));
        let first = users().min().map(|(_, id)| id);
        let last = users().filter(|(_, id)| Some(*id) != first).max().map(|(_, id)| id);
        first.into_iter().chain(last).map(str::to_owned).collect()
    }
}
