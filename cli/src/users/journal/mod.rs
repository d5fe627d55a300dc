//! The journal of an import: what was done. With it, the import can continue and can be undone.
//!
//! One JSON object per line. A crash can cut the last line, which is ignored.

mod content;
mod entry;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use content::{Noted, cannot};
pub use entry::{Entry, Identifiers, Standing};

use crate::failure::{Failure, Result};
use crate::files;

/// The open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    noted: Noted,
    ends: Vec<String>,
}

/// Stands for an input that can be read only once: standard input or a pipe.
pub(crate) const READ_ONCE: &str = "-";

/// Describes an input: the files, and the system that they come from.
fn described(input: &[String]) -> String {
    let (system, files) = input.split_first().map_or(("", input), |(system, files)| (system, files));
    let files = files.iter().map(|file| if file == READ_ONCE { "standard input or a pipe" } else { file });
    format!("{} with `--from {system}`", files.collect::<Vec<_>>().join(", "))
}

/// Fails if another process has opened the journal.
fn lock(file: &File, path: &Path) -> Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Failure::new(format!("another import is using the journal {}", path.display())))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(cannot(path)(error)),
    }
}

impl Journal {
    /// Opens the journal, or creates it. Fails if it belongs to an import into another server.
    pub fn open(path: &Path, server: &str, now: i64) -> Result<Self> {
        let cannot = cannot(path);
        // It holds the email addresses of users.
        let mut options = File::options();
        files::private(options.read(true).write(true).create(true).truncate(false));
        let mut file = options.open(path).map_err(&cannot)?;
        lock(&file, path)?;
        let (noted, length) = Noted::read(&file, path, server)?;
        files::continue_at(&mut file, length).map_err(cannot)?;
        let is_new = noted.lines == 0;
        let mut journal = Self::of(file, noted);
        if is_new {
            journal.add(&Entry::Import { server: server.to_owned(), started_at: now })?;
        }
        Ok(journal)
    }

    /// Opens the journal of a past import. Fails if the file is not a journal, or belongs to an import into another server.
    pub fn open_existing(path: &Path, server: &str) -> Result<Self> {
        let cannot = cannot(path);
        let mut file = File::options().read(true).write(true).open(path).map_err(&cannot)?;
        lock(&file, path)?;
        let (noted, length) = Noted::read(&file, path, server)?;
        if noted.lines == 0 {
            return Err(Failure::usage(format!(
                "{} is not the journal of an import: it has no entries",
                path.display()
            )));
        }
        files::continue_at(&mut file, length).map_err(cannot)?;
        Ok(Self::of(file, noted))
    }

    /// Reads the journal for a dry run, which does not change it. Returns none if the file does not exist. Fails like
    /// [`open`](Self::open).
    pub fn read(path: &Path, server: &str) -> Result<Option<Self>> {
        match File::open(path) {
            Ok(file) => {
                let (noted, _) = Noted::read(&file, path, server)?;
                Ok(Some(Self::of(file, noted)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot(path)(error)),
        }
    }

    fn of(file: File, noted: Noted) -> Self {
        let ends = noted.ends();
        Self { file, noted, ends }
    }

    /// Fails if the journal belongs to another input. Equal keys would be different users.
    pub fn check_input(&self, input: &[String]) -> Result<()> {
        match &self.noted.input {
            Some(known) if known != input => {
                let (known, input) = (described(known), described(input));
                let message = format!("the journal belongs to an import of {known}, not of {input}");
                Err(Failure::usage(message).with_hint("pass another file with --journal"))
            }
            _ => Ok(()),
        }
    }

    /// Binds the journal to an input. Fails if it belongs to another one.
    pub fn bind(&mut self, input: Vec<String>) -> Result<()> {
        self.check_input(&input)?;
        if self.noted.input.is_none() {
            let entry = Entry::Input { input };
            self.add(&entry)?;
            self.noted.add(entry);
        }
        Ok(())
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

    /// Returns all users that the import created or might have created. The keys are those of their records.
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
            .add(&Entry::Done {
                key: "a".into(),
                id: "1".into(),
                created: true,
                unclear: false,
                skipped: false,
                digest: None,
            })
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
                _ => {
                    Some(Standing::Done { id: "1".into(), created: true, unclear: false, skipped: false, digest: None })
                }
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
        assert!(error.ends_with("\nhint: connect to https://a.example, or pass another journal"), "{error}");
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
            Some(&Standing::Done { id: "3".into(), created: true, unclear: false, skipped: false, digest: None })
        );
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_journal_that_is_read_or_that_must_exist_does_not_change() {
        let path = path("existing");
        assert!(Journal::read(&path, "https://a.example").unwrap().is_none() && !path.exists());
        for text in ["", "{\"state\":\"import", "my notes"] {
            fs::write(&path, text).unwrap();
            let failure = Journal::open_existing(&path, "https://a.example").unwrap_err();
            assert_eq!(
                (failure.exit, fs::read_to_string(&path).unwrap().as_str()),
                (crate::failure::Exit::Usage, text)
            );
        }
        fs::remove_file(&path).unwrap();
        open(&path).unwrap().add(&started("a", 1)).unwrap();
        let text = fs::read_to_string(&path).unwrap() + "{\"state\":\"done";
        fs::write(&path, &text).unwrap();
        assert!(Journal::read(&path, "https://a.example").unwrap().unwrap().standing("a").is_some());
        assert!(Journal::read(&path, "https://b.example").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert!(Journal::open_existing(&path, "https://a.example").unwrap().standing("a").is_some());
        fs::write(&path, "{\"state\":\"undone\",\"key\":\"a\"}\n").unwrap();
        let error = open(&path).unwrap_err().to_string();
        assert!(error.contains("does not name the server"), "{error}");
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_journal_belongs_to_one_input() {
        let path = path("input");
        open(&path).unwrap().bind(vec!["auth0".into(), "/a.json".into()]).unwrap();
        let mut journal = open(&path).unwrap();
        journal.bind(vec!["auth0".into(), "/a.json".into()]).unwrap();
        for (system, path, expected) in [
            ("auth0", "/b.json", "/b.json with `--from auth0`"),
            ("clerk", "/a.json", "/a.json with `--from clerk`"),
            ("auth0", READ_ONCE, "standard input or a pipe with `--from auth0`"),
        ] {
            let failure = journal.bind(vec![system.into(), path.into()]).unwrap_err();
            let message = format!("the journal belongs to an import of /a.json with `--from auth0`, not of {expected}");
            assert_eq!((failure.exit, failure.message()), (crate::failure::Exit::Usage, message.as_str()));
        }
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
        assert!(error.contains("line 2 is not an entry of a journal"), "{error}");
        fs::remove_file(path).unwrap();
    }
}
