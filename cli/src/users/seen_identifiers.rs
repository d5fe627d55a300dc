//! The identifiers of all records, to find those that several have.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::diagnostic::Diagnostic;
use super::input::Location;
use super::record::ImportedUser;
use crate::username_case::UsernameCase;

/// The identifiers of all records so far, as hashes. A million users take about 100 MB.
#[derive(Debug, Default)]
pub(super) struct SeenIdentifiers {
    /// The record that has an identifier. Each is its file, and the number of its line or element.
    records: HashMap<u64, (u32, u32)>,
    /// The first location of each file.
    files: Vec<Location>,
}

impl SeenIdentifiers {
    /// Adds the identifiers of a user. Returns a problem for each that another record has.
    pub(super) fn add(&mut self, user: &ImportedUser, location: &Location, case: UsernameCase) -> Vec<Diagnostic> {
        let record = self.packed(location);
        // Logto compares email addresses without case.
        let email = user.primary_email.as_ref().map(|email| email.to_lowercase());
        let username = user.username.as_ref().map(|username| case.compared(username));
        let own = [
            ("id", user.id.as_deref(), user.id.as_deref()),
            ("primaryEmail", user.primary_email.as_deref(), email.as_deref()),
            ("primaryPhone", user.primary_phone.as_deref(), user.primary_phone.as_deref()),
            ("username", user.username.as_deref(), username.as_deref()),
        ];
        let own = own.into_iter().filter_map(|(member, value, compared)| Some((member.to_owned(), value?, compared?)));
        let identities = user.identity_ids().map(|(target, id)| (format!("identities.{target}"), id, id));
        let mut taken = Vec::new();
        for (member, value, compared) in own.chain(identities) {
            let mut hasher = DefaultHasher::new();
            (&member, compared).hash(&mut hasher);
            match self.records.entry(hasher.finish()) {
                Entry::Vacant(entry) => _ = entry.insert(record),
                Entry::Occupied(entry) => {
                    let other = unpacked(&self.files, *entry.get());
                    let message = format!("another record has the same value: {other}");
                    taken.push(Diagnostic::with_value(member, value, message));
                }
            }
        }
        taken
    }

    /// Returns a location in 8 bytes.
    fn packed(&mut self, location: &Location) -> (u32, u32) {
        if self.files.last().is_none_or(|last| last.file != location.file) {
            self.files.push(location.clone());
        }
        let short = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        (short(self.files.len() as u64 - 1), short(location.line.or(location.element).unwrap_or_default()))
    }
}

/// Returns the location of a record.
fn unpacked(files: &[Location], (file, number): (u32, u32)) -> String {
    let first = usize::try_from(file).ok().and_then(|file| files.get(file));
    let number = |_| number.into();
    let location = |first: &Location| Location {
        line: first.line.map(number),
        element: first.element.map(number),
        file: Arc::clone(&first.file),
    };
    first.map(location).map(|location| location.to_string()).unwrap_or_default()
}
