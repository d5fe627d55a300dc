//! Reads the records of an import: from files, converted and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Seek, SeekFrom};

use logto_admin::serde_json::Value;

use super::diagnostic::{Diagnostic, Rejected, UNREAD};
use super::digest::Digest;
use super::input::{self, InputOptions, Placed, Records};
use super::input_copy::{copied, is_read_once};
use super::names::Names;
use super::record::{self, ImportedUser, Item};
use super::record_members;
use super::seen_identifiers::SeenIdentifiers;
use super::sources::{Source, SourceOptions};
use super::validate;
use crate::failure::{Failure, Result};
use crate::json_object;
use crate::output::unshown;
use crate::username_case::UsernameCase;

/// Number of records that the reading thread passes on at once.
const AHEAD: usize = 100;

/// Note about a realm of Keycloak.
const ORGANIZATIONS: &str = "the organizations of a realm and their members are not imported";

/// Maximum number of columns that an error names.
const SHOWN: usize = 20;

/// The files of an import, and how to read them.
#[derive(Debug)]
pub struct RecordReader {
    /// Paths. `-` is standard input.
    files: Vec<String>,
    source: Source,
    options: SourceOptions,
    input_options: InputOptions,
    username_case: UsernameCase,
    /// Copies of standard input and of pipes, with their digests. These inputs can only be read once.
    copies: BTreeMap<String, (File, Digest)>,
}

/// Result of a check of all records.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Number of users to import.
    pub users: u64,
    /// Number of these with a password or a password hash.
    pub passwords: u64,
    /// Number of these with a password hash.
    pub hashed: u64,
    /// Whether the files are exports of a form that contains password hashes. The users might still have none.
    pub can_have_hashes: bool,
    /// Records that cannot be imported.
    pub rejected: Vec<Rejected>,
    /// Their problems with names of roles and organizations.
    ///
    /// Each with the number of records that have it, and the place of the first.
    pub unknown_names: BTreeMap<String, (u64, String)>,
    /// The system of the first of these, by its members, if files should be Logto's.
    pub system: Option<Source>,
    /// Notes about the files.
    pub notes: BTreeSet<String>,
    /// Records that are left out on purpose, by the reason.
    pub skipped: BTreeMap<String, u64>,
    /// Data that Logto cannot keep: the message, how often it occurs, and where first.
    pub warnings: BTreeMap<String, (u64, String)>,
    /// Users of Auth0's database with and without a hash in the file of hashes.
    pub hashes: Hashes,
}

/// Number of users with a password hash in a file of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hashes {
    /// Users with a hash.
    pub found: u64,
    /// Users without a hash that sign in with a password.
    pub missing: u64,
}

impl Hashes {
    fn count(&mut self, user: &ImportedUser, options: &SourceOptions) {
        let Some(id) = &user.id else { return };
        if options.auth0_hashes.contains_key(id) {
            self.found += 1;
        } else if options.lacks_auth0_hash(user) {
            self.missing += 1;
        }
    }
}

impl Checked {
    /// Returns the number of users with a password in clear text.
    pub(crate) const fn clear_passwords(&self) -> u64 {
        self.passwords - self.hashed
    }

    /// Returns the problems of a record that are not in `unknown_names`.
    #[must_use]
    pub fn other_problems<'r>(&self, rejected: &'r Rejected) -> Vec<&'r Diagnostic> {
        rejected.problems.iter().filter(|problem| !self.unknown_names.contains_key(&problem.to_string())).collect()
    }
}

/// Counts a record with a message, and keeps where the message occurs first.
fn count(messages: &mut BTreeMap<String, (u64, String)>, message: String, location: &str) {
    let (count, _) = messages.entry(message).or_insert_with(|| (0, location.to_owned()));
    *count += 1;
}

impl RecordReader {
    /// Prepares to read files. Copies standard input and pipes to temporary files, because records are read twice.
    pub fn new(files: &[String], source: Source, format: Option<input::Format>) -> Result<Self> {
        let input_options = InputOptions { format, ..source.input_options() };
        let mut copies = BTreeMap::new();
        for file in files.iter().filter(|file| is_read_once(file)) {
            if copies.contains_key(file) {
                return Err(Failure::usage(format!("{} can be read only once", shown(file))));
            }
            let copied = copied(file, &input_options)
                .map_err(|error| Failure::usage(format!("cannot read {}: {error}", shown(file))))?;
            copies.insert(file.clone(), copied);
        }
        let (options, username_case) = (SourceOptions::default(), UsernameCase::default());
        Ok(Self { files: files.to_vec(), source, options, input_options, username_case, copies })
    }

    /// Sets the options of the conversion.
    #[must_use]
    pub fn with_options(self, options: SourceOptions) -> Self {
        Self { options, ..self }
    }

    /// Sets whether usernames that differ in case are those of different users. By default, they are.
    #[must_use]
    pub fn with_username_case(self, username_case: UsernameCase) -> Self {
        Self { username_case, ..self }
    }

    /// Returns the digest of a file that can be read only once, in hex digits.
    #[must_use]
    pub fn digest(&self, file: &str) -> Option<String> {
        self.copies.get(file).map(|(_, digest)| digest.hex())
    }

    /// Rejects unknown columns of CSV files, and mappings of columns that no file has. Once, and not row by row.
    pub fn check_columns(&self) -> Result<()> {
        let mut missing: Vec<&str> = self.options.columns.0.iter().map(|mapped| mapped.name.as_str()).collect();
        for file in self.files.iter().filter(|_| self.source == Source::Csv) {
            let columns = self.open(file)?.columns;
            missing.retain(|name| !columns.iter().any(|column| column.eq_ignore_ascii_case(name)));
            let problems = self.options.columns.problems(&columns);
            if !problems.is_empty() {
                let mut lines: Vec<String> =
                    problems.iter().take(SHOWN).map(|problem| format!("\n  {problem}")).collect();
                lines.extend(unshown(problems.len(), SHOWN, "column").map(|more| format!("\n  {more}")));
                let failure = Failure::usage(format!("invalid columns in {}:{}", shown(file), lines.concat()));
                let is_export = columns.iter().all(|column| record_members::find(column).is_some());
                // A mapping shows that the columns are those of the user.
                let system = Source::of_members(columns.iter().map(String::as_str));
                let system = system.filter(|_| self.options.columns.0.is_empty());
                return Err(match system {
                    _ if is_export => failure.with_hint("leave out `--from csv`"),
                    Some(system) => failure.with_hint(format!("pass `--from {system}`: it has columns like these")),
                    None => failure,
                });
            }
        }
        match missing.first() {
            Some(name) => Err(Failure::usage(format!("--map names the column {name:?}, which no file has"))),
            None => Ok(()),
        }
    }

    /// Reads and checks all records.
    ///
    /// # Errors
    /// Fails if a file cannot be read, or if a record clearly comes from another system.
    pub fn check(&self, names: &Names) -> Result<Checked> {
        let mut checked = Checked::default();
        let (mut refused, mut without_users) = (None, None);
        self.each(names, &mut |outcome| {
            if let Read::User { item, can_have_hashes, .. } = &outcome {
                checked.can_have_hashes |= *can_have_hashes;
                // Invalid records show, too, whether the hashes are those of these users.
                checked.hashes.count(&item.user, &self.options);
            }
            match outcome {
                Read::Refused(failure) => {
                    refused = Some(failure);
                    return false;
                }
                Read::User { item, problems, unknown_names, system, .. } if !problems.is_empty() => {
                    checked.system = checked.system.or(system);
                    unknown_names.into_iter().for_each(|name| count(&mut checked.unknown_names, name, &item.location));
                    let user = item.user.label().to_owned();
                    checked.rejected.push(Rejected { location: item.location, user, problems });
                }
                Read::User { item, warnings, .. } => {
                    checked.users += 1;
                    let has_password = item.user.password.is_some() || item.user.password_digest.is_some();
                    checked.hashed += u64::from(item.user.password_digest.is_some());
                    checked.passwords += u64::from(has_password);
                    for warning in warnings {
                        let message = match warning.member.as_str() {
                            "" => warning.message,
                            member => format!("{member}: {}", warning.message),
                        };
                        count(&mut checked.warnings, message, &item.location);
                    }
                }
                Read::WithoutUsers { failure, has_organizations } => {
                    checked.notes.insert(failure.message().to_owned());
                    checked.notes.extend(has_organizations.then(|| ORGANIZATIONS.to_owned()));
                    without_users.get_or_insert(failure);
                }
                Read::Organizations => drop(checked.notes.insert(ORGANIZATIONS.to_owned())),
                Read::Skipped(reason) => *checked.skipped.entry(reason.to_owned()).or_default() += 1,
                Read::Rejected(rejected, system) => {
                    checked.system = checked.system.or(system);
                    checked.rejected.push(rejected);
                }
            }
            true
        })?;
        // Others of the files can have the users.
        let refused = refused.or(without_users.filter(|_| checked.users == 0 && checked.rejected.is_empty()));
        refused.map_or(Ok(checked), Err)
    }

    /// Returns the users to import. Leaves out what a check rejects.
    pub fn items(self, names: Names) -> impl Iterator<Item = Item> + Send {
        // A thread reads ahead a little, so that parsing and sending overlap. Waking the other thread costs more than
        // parsing a record, so records are passed on by the hundred.
        let (send, receive) = std::sync::mpsc::sync_channel(2);
        std::thread::spawn(move || {
            let mut valid = Vec::new();
            let ended = self.each(&names, &mut |outcome| {
                match outcome {
                    Read::User { item, problems, .. } if problems.is_empty() => valid.push(*item),
                    // The check has reported these.
                    _ => {}
                }
                valid.len() < AHEAD || send.send(std::mem::take(&mut valid)).is_ok()
            });
            // The check has reported it.
            drop(ended);
            // Fails if the import has stopped.
            let _ = send.send(valid);
        });
        receive.into_iter().flatten()
    }

    /// Passes each record to `take`, until it returns false.
    fn each(&self, names: &Names, take: &mut dyn FnMut(Read) -> bool) -> Result<()> {
        let mut identifiers = SeenIdentifiers::default();
        for file in &self.files {
            let mut records = self.open(file)?;
            for record in &mut records {
                let read = match record {
                    Ok(record) => self.converted(record, names, &mut identifiers),
                    Err(error) => {
                        let rest = if error.is_fatal { "; the rest of the file was not read" } else { "" };
                        let problem = Diagnostic::new("", format!("{}{rest}", error.message));
                        let location = error.location.to_string();
                        Read::Rejected(Rejected { location, user: String::new(), problems: vec![problem] }, None)
                    }
                };
                if !take(read) {
                    return Ok(());
                }
            }
            if records.has_beside() && !take(Read::Organizations) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn open(&self, file: &str) -> Result<Records> {
        self.open_with(file, &self.input_options).map_err(|failure| {
            let is_own = matches!(self.source, Source::Logto | Source::Csv);
            match is_own && self.is_firebase_table(file) {
                true => failure.with_hint("pass `--from firebase`: its CSV has no header"),
                false => failure,
            }
        })
    }

    /// Whether a file is an export of Firebase as CSV.
    fn is_firebase_table(&self, file: &str) -> bool {
        let options = InputOptions { format: self.input_options.format, ..Source::Firebase.input_options() };
        let first = self.open_with(file, &options).ok().and_then(|mut records| records.next()?.ok());
        first.is_some_and(|record| Source::is_firebase_row(&record.value))
    }

    /// Whether one of the files is a table.
    pub(crate) fn has_table(&self) -> bool {
        self.files.iter().any(|file| self.open(file).is_ok_and(|records| !records.columns.is_empty()))
    }

    fn open_with(&self, file: &str, options: &InputOptions) -> Result<Records> {
        match self.copies.get(file) {
            Some((copy, _)) => {
                let again = copy.try_clone().and_then(|mut copy| {
                    copy.seek(SeekFrom::Start(0))?;
                    Ok(copy)
                });
                let copy =
                    again.map_err(|error| Failure::new(format!("cannot read the copy of {}: {error}", shown(file))))?;
                input::read(shown(file), copy, options)
            }
            None => input::open(file, options),
        }
    }

    fn converted(&self, record: Placed<Value>, names: &Names, identifiers: &mut SeenIdentifiers) -> Read {
        let Placed { location: place, value: record, has_lost_digits } = record;
        let location = place.to_string();
        if let Some(system) = self.source.mistaken_for(&record) {
            let message = format!("{location}: the members are those of {system}, not of {}", self.source);
            return Read::Refused(Failure::usage(message).with_hint(format!("pass `--from {system}`")));
        }
        if self.source.is_realm_without_users(&record) {
            let hint = "export it with `kc.sh export --users realm_file`, or import its files of users instead, \
                        such as `NAME-users-0.json`; the admin console exports no users";
            let failure = Failure::usage(format!("{}: the realm export has no users", place.file)).with_hint(hint);
            let has_organizations = json_object::items(&record, "organizations").next().is_some();
            return Read::WithoutUsers { failure, has_organizations };
        }
        let can_have_hashes = self.source.can_have_hashes(&record);
        let system = if self.source == Source::Logto { Source::of_record(&record) } else { None };
        let conversion = match self.source.convert_valid_members(record, &self.options) {
            Ok(conversion) => conversion,
            Err(problems) => return Read::Rejected(Rejected { location, user: String::new(), problems }, system),
        };
        if let Some(reason) = conversion.skip {
            return Read::Skipped(reason);
        }
        let mut problems = conversion.problems;
        // The members that the user lacks because of these might be identifiers.
        let is_whole = problems.is_empty();
        // Without another identifier, these are not kept: the record is invalid because of them.
        if is_whole && !validate::can_sign_in(&conversion.user) {
            // Unknown members are named only if nothing else explains the problem.
            problems.extend(if conversion.set_aside.is_empty() { unread(&conversion.unread) } else { None });
            problems.extend(conversion.set_aside);
        }
        let found = validate::problems(&conversion.user).into_iter();
        let found = found.filter(|problem| has_lost_digits || problem.message != json_object::ROUNDED);
        problems.extend(found.filter(|problem| is_whole || !problem.member.is_empty()));
        let of_names = names.problems(&conversion.user).into_iter();
        let of_names: Vec<Diagnostic> = of_names.map(|(member, message)| Diagnostic::new(member, message)).collect();
        let unknown_names = of_names.iter().map(ToString::to_string).collect();
        problems.extend(of_names);
        problems.extend(identifiers.add(&conversion.user, &place, self.username_case));
        let item = Box::new(Item { location, user: conversion.user });
        Read::User { item, warnings: conversion.warnings, problems, unknown_names, can_have_hashes, system }
    }
}

/// Names the members of a record that were not read. Without a header, the names are data, and can be passwords.
fn unread(names: &[String]) -> Option<Diagnostic> {
    let is_data = |name: &String| validate::is_email(name) || name.contains('$');
    if names.is_empty() || names.iter().any(is_data) {
        return None;
    }
    let shown = names.iter().take(SHOWN).map(String::as_str).map(record::cut);
    let shown: Vec<String> = shown.map(str::to_owned).chain(unshown(names.len(), SHOWN, "member")).collect();
    Some(Diagnostic::new("", format!("{UNREAD}: {}", shown.join(", "))))
}

fn shown(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// Result of reading a record.
enum Read {
    User {
        item: Box<Item>,
        warnings: Vec<Diagnostic>,
        problems: Vec<Diagnostic>,
        /// Problems about names of roles and organizations, each once. They are among `problems`.
        unknown_names: BTreeSet<String>,
        /// Whether the record is in the form of the exports that contain password hashes.
        can_have_hashes: bool,
        /// The system that the record comes from, by its members. It is set if the files should be Logto's.
        system: Option<Source>,
    },
    Skipped(&'static str),
    /// A record that cannot be imported, with its system as for a user.
    Rejected(Rejected, Option<Source>),
    /// A record that shows that the file is another one than expected.
    Refused(Failure),
    /// A record of a file without users, with the failure if no other file has any.
    WithoutUsers {
        failure: Failure,
        has_organizations: bool,
    },
    /// A file with organizations.
    Organizations,
}
