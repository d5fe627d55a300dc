//! The journal of an import: what was done, so that the import can continue and can be undone.
//!
//! One JSON object per line. A crash can cut the last line, which is ignored.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};
use crate::files;

/// Identifiers to look up a user, by the member of the user.
pub type Identifiers = BTreeMap<String, String>;

/// How a journal begins.
const START: &str = "{\"state\":\"import\"";

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Entry {
    /// The first line: the server of the import.
    Import {
        /// URL of the server.
        server: String,
        /// Time of the start, in milliseconds since the epoch.
        started_at: i64,
    },
    /// The files that the records come from.
    Input {
        /// System and files.
        input: Vec<String>,
    },
    /// The user is about to be created.
    Started {
        /// Key of the record.
        key: String,
        /// Time, in milliseconds since the epoch.
        at: i64,
        /// Identifiers to look up the user: `primaryEmail`, `primaryPhone` and `username`.
        identifiers: Identifiers,
        /// Digest of the record. Older journals lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// The user was created. Roles and the like might be missing.
    Created {
        /// Key of the record.
        key: String,
        /// Id of the user.
        id: String,
        /// Whether the creation had no clear answer, so that the user might not be that of the import.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unclear: bool,
        /// Digest of the record. Older journals lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// The record is done.
    Done {
        /// Key of the record.
        key: String,
        /// Id of the user.
        id: String,
        /// Whether this import created the user.
        created: bool,
        /// Whether the creation had no clear answer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unclear: bool,
        /// Digest of the record. Older journals lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// The server refused to create the user.
    Refused {
        /// Key of the record.
        key: String,
    },
    /// The user of the record was deleted again by an undo.
    Undone {
        /// Key of the record.
        key: String,
    },
}

/// How far a record has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The user might exist.
    Started {
        /// Start of the creation, in milliseconds since the epoch.
        at: i64,
        /// Identifiers to look up the user.
        identifiers: Identifiers,
        /// Digest of the record. Older journals lack it.
        digest: Option<String>,
    },
    /// This import created the user, but might not be done with the record.
    Created {
        /// Id of the user.
        id: String,
        /// Whether the creation had no clear answer.
        unclear: bool,
        /// Digest of the record. Older journals lack it.
        digest: Option<String>,
    },
    /// The record is done.
    Done {
        /// Id of the user.
        id: String,
        /// Whether this import created the user.
        created: bool,
        /// Whether the creation had no clear answer.
        unclear: bool,
        /// Digest of the record. Older journals lack it.
        digest: Option<String>,
    },
}

impl Standing {
    /// Returns the id of the user.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Started { .. } => None,
            Self::Created { id, .. } | Self::Done { id, .. } => Some(id),
        }
    }
}

/// The open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    noted: Noted,
    ends: Vec<String>,
}

/// The content of a journal.
#[derive(Debug, Default)]
struct Noted {
    lines: u64,
    server: Option<String>,
    input: Option<Vec<String>>,
    /// Per record, how far it has come, and the number of the last line about it.
    records: HashMap<Box<str>, (u64, Standing)>,
}

impl Noted {
    /// Adds a line. An import has many records, so it keeps no more than the standing of each.
    fn add(&mut self, entry: Entry) {
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
            Entry::Done { key, id, created, unclear, digest } => (key, Standing::Done { id, created, unclear, digest }),
        };
        self.records.insert(key.into(), (self.lines, standing));
    }

    /// Returns the ids of the first and the last user.
    fn ends(&self) -> Vec<String> {
        let users = || self.records.values().filter_map(|(line, standing)| Some((line, standing.id()?)));
        let first = users().min().map(|(_, id)| id);
        let last = users().filter(|(_, id)| Some(*id) != first).max().map(|(_, id)| id);
        first.into_iter().chain(last).map(str::to_owned).collect()
    }
}

impl Journal {
    /// Opens the journal, or creates it. Fails if it belongs to an import into another server.
    pub fn open(path: &Path, server: &str, now: i64) -> Result<Self> {
        let cannot = |error: io::Error| Failure::usage(format!("cannot open the journal {}: {error}", path.display()));
        let mut options = File::options();
        // It holds the email addresses of users.
        files::private(options.read(true).write(true).create(true).truncate(false));
        let mut file = options.open(path).map_err(cannot)?;
        if !file.metadata().map_err(cannot)?.is_file() {
            return Err(Failure::usage(format!("the journal {} is not a regular file", path.display())));
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(Failure::new(format!("another import is using the journal {}", path.display())));
            }
            Err(std::fs::TryLockError::Error(error)) => return Err(cannot(error)),
        }
        let mut noted = Noted::default();
        let take = |line: &[u8]| {
            let number = noted.lines + 1;
            let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, format!("line {number}: {error}"));
            noted.add(logto_admin::serde_json::from_slice(line).map_err(invalid)?);
            Ok(())
        };
        files::resume(&mut file, START, |_| true, take).map_err(cannot)?;
        if let Some(known) = noted.server.as_ref().filter(|known| *known != server) {
            let message =
                format!("the journal {} belongs to an import into {known}, not into {server}", path.display());
            return Err(Failure::usage(message));
        }
        let (is_new, ends) = (noted.lines == 0, noted.ends());
        let mut journal = Self { file, noted, ends };
        if is_new {
            journal.add(&Entry::Import { server: server.to_owned(), started_at: now })?;
        }
        Ok(journal)
    }

    /// Binds the journal to an input. Fails if it belongs to another: equal keys would be different users.
    pub fn bind(&mut self, input: Vec<String>) -> Result<()> {
        match &self.noted.input {
            Some(known) if *known == input => Ok(()),
            Some(known) => {
                let (known, input) = (known.join(" "), input.join(" "));
                let message = format!("the journal belongs to an import of {known}, not of {input}");
                Err(Failure::usage(message).with_hint("pass another file with --journal"))
            }
            None => {
                let entry = Entry::Input { input };
                self.add(&entry)?;
                self.noted.add(entry);
                Ok(())
            }
        }
    }

    /// Returns how far a record has come.
    #[must_use]
    pub fn standing(&self, key: &str) -> Option<&Standing> {
        self.noted.records.get(key).map(|(_, standing)| standing)
    }

    /// Returns the ids of the first and the last user of earlier runs.
    #[must_use]
    pub fn ends(&self) -> &[String] {
        &self.ends
    }

    /// Returns all users that the import created or might have created, by the keys of their records.
    pub fn users(&self) -> impl Iterator<Item = (&str, &Standing)> {
        self.noted.records.iter().map(|(key, (_, standing))| (&**key, standing))
    }

    /// Appends a line. It survives the end of the process.
    pub fn add(&mut self, entry: &Entry) -> Result<()> {
        let mut line = logto_admin::serde_json::to_vec(entry).map_err(|error| Failure::new(error.to_string()))?;
        line.push(b'\n');
        let cannot = |error: io::Error| Failure::new(format!("cannot write the journal: {error}"));
        self.file.write_all(&line).map_err(cannot)
    }

    /// Waits until the lines are on the disk.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|error| Failure::new(format!("cannot write the journal: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn path(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("logto-admin-journal-{}-{name}", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    fn started(key: &str, at: i64) -> Entry {
        Entry::Started { key: key.to_owned(), at, identifiers: Identifiers::new(), digest: None }
    }

    fn open(path: &Path) -> Result<Journal> {
        Journal::open(path, "https://a.example", 7)
    }

    #[test]
    fn a_journal_can_be_cut_anywhere() {
        let path = path("cut");
        let mut journal = open(&path).unwrap();
        journal.add(&started("a", 1)).unwrap();
        journal.add(&Entry::Created { key: "a".into(), id: "1".into(), unclear: false, digest: None }).unwrap();
        journal
            .add(&Entry::Done { key: "a".into(), id: "1".into(), created: true, unclear: false, digest: None })
            .unwrap();
        drop(journal);
        let text = fs::read(&path).unwrap();
        for length in 0..=text.len() {
            let cut = &text[..length];
            fs::write(&path, cut).unwrap();
            let lines = cut.iter().filter(|byte| **byte == b'\n').count();
            let mut journal = open(&path).unwrap();
            let expected = match lines {
                0 | 1 => None,
                2 => Some(Standing::Started { at: 1, identifiers: Identifiers::new(), digest: None }),
                3 => Some(Standing::Created { id: "1".into(), unclear: false, digest: None }),
                _ => Some(Standing::Done { id: "1".into(), created: true, unclear: false, digest: None }),
            };
            assert_eq!(journal.standing("a").cloned(), expected, "{length}");
            journal.add(&started("b", 2)).unwrap();
            drop(journal);
            assert!(open(&path).unwrap().standing("b").is_some(), "{length}");
        }
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_journal_belongs_to_one_server_and_one_process() {
        let path = path("server");
        let journal = open(&path).unwrap();
        let error = open(&path).unwrap_err().to_string();
        assert!(error.contains("another import is using"), "{error}");
        drop(journal);
        let error = Journal::open(&path, "https://b.example", 7).unwrap_err().to_string();
        assert!(error.contains("belongs to an import into https://a.example"), "{error}");
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn the_first_and_the_last_user_are_known_and_lines_of_older_programs_are_read() {
        let path = path("ends");
        let mut journal = open(&path).unwrap();
        for (key, id) in [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")] {
            journal.add(&Entry::Created { key: key.into(), id: id.into(), unclear: false, digest: None }).unwrap();
        }
        for key in ["a", "d"] {
            journal.add(&Entry::Undone { key: key.into() }).unwrap();
        }
        drop(journal);
        let mut text = fs::read_to_string(&path).unwrap();
        text += "{\"state\":\"done\",\"key\":\"c\",\"id\":\"3\",\"created\":true}\n";
        fs::write(&path, text).unwrap();
        let journal = open(&path).unwrap();
        assert_eq!(journal.ends(), ["2", "3"]);
        assert_eq!(
            journal.standing("c"),
            Some(&Standing::Done { id: "3".into(), created: true, unclear: false, digest: None })
        );
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_journal_belongs_to_one_input() {
        let path = path("input");
        open(&path).unwrap().bind(vec!["auth0".into(), "/a.json".into()]).unwrap();
        let mut journal = open(&path).unwrap();
        journal.bind(vec!["auth0".into(), "/a.json".into()]).unwrap();
        let failure = journal.bind(vec!["auth0".into(), "/b.json".into()]).unwrap_err();
        assert_eq!(failure.exit, crate::failure::Exit::Usage);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn damage_inside_a_journal_is_an_error_with_its_line() {
        let path = path("damage");
        drop(open(&path).unwrap());
        let mut text = fs::read_to_string(&path).unwrap();
        text += "nonsense\n";
        fs::write(&path, text).unwrap();
        let error = open(&path).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        fs::remove_file(path).unwrap();
    }
}
