//! The lines of a journal, and what they mean for a record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Identifiers to look up a user, by the member of the user.
pub type Identifiers = BTreeMap<String, String>;

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
        /// Whether the creation had no clear answer. The user might not be that of the import then.
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
        /// Whether the user existed and was left alone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        skipped: bool,
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
        /// Whether the user existed and was left alone.
        skipped: bool,
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
