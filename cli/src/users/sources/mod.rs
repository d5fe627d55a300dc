//! Converts the export formats of other systems into [`ImportedUser`](super::record::ImportedUser).
//!
//! Each source is a pure function from a record to a user, with warnings about what Logto cannot keep. Data that has no
//! place in Logto is kept in `customData` under its name in the source.

mod auth0;
mod auth0_hash;
mod authentik;
mod clerk;
mod cognito;
mod column_mapping;
mod conversion;
mod draft;
mod encoding;
mod fields;
mod firebase;
mod firebase_config;
mod hashes;
mod identities;
mod keycloak;
mod logto;
mod options;
mod own_columns;
mod phone;
mod shape;

use std::fmt;

use clap::ValueEnum;
use serde_json::Value;

pub use auth0::auth0_password_hash;
pub(crate) use column_mapping::unknown_member;
pub use column_mapping::{Column, Columns};
pub use conversion::Conversion;
pub use firebase_config::parse_firebase_config;
pub use options::{Groups, SourceOptions, Unverified};

use super::diagnostic::Diagnostic;
use super::input::InputOptions;
use super::validate::can_sign_in;
use draft::Draft;
use fields::Fields;

/// The system that a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// An export of `logto-admin users export`, or users of the Management API.
    Logto,
    /// An export job, password hashes from the support, or the format of import jobs.
    Auth0,
    /// A realm export, with users.
    Keycloak,
    /// The output of `aws cognito-idp list-users`, or CSV with attributes.
    Cognito,
    /// The output of `firebase auth:export`, as JSON or CSV.
    Firebase,
    /// The CSV export of the dashboard, or users of the Backend API.
    Clerk,
    /// Users of the API, or of Django's `dumpdata`.
    Authentik,
    /// CSV or JSON with your own columns.
    Csv,
}

/// Data that exports of a source never contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The note.
    pub note: &'static str,
    /// Whether the note does not apply to an import with password hashes.
    pub without_hashes: bool,
}

impl Limit {
    const fn always(note: &'static str) -> Self {
        Self { note, without_hashes: false }
    }

    const fn without_hashes(note: &'static str) -> Self {
        Self { note, without_hashes: true }
    }
}

impl Source {
    /// Converts a record of the input.
    ///
    /// # Errors
    /// Fails if the record is not an object, or has unknown or invalid members in the format of `Logto` or `Csv`.
    pub fn convert(self, record: Value, options: &SourceOptions) -> Result<Conversion, Vec<Diagnostic>> {
        let conversion = self.convert_valid_members(record, options)?;
        if conversion.problems.is_empty() { Ok(conversion) } else { Err(conversion.problems) }
    }

    /// Converts a record of the input as far as its members are valid.
    ///
    /// # Errors
    /// Fails if nothing can be converted.
    pub(in crate::users) fn convert_valid_members(
        self,
        record: Value,
        options: &SourceOptions,
    ) -> Result<Conversion, Vec<Diagnostic>> {
        let Value::Object(members) = record else {
            return Err(vec![Diagnostic::new("", "the record is not a JSON object")]);
        };
        let mut fields = Fields::new(members);
        let mut draft = Draft::new(options);
        match self {
            Self::Logto => return Ok(logto::convert(fields.take_members())),
            Self::Csv => own_columns::convert(&mut fields, &mut draft)?,
            Self::Auth0 => auth0::convert(&mut fields, &mut draft),
            Self::Keycloak => keycloak::convert(&mut fields, &mut draft),
            Self::Cognito => cognito::convert(&mut fields, &mut draft),
            Self::Firebase => firebase::convert(&mut fields, &mut draft),
            Self::Clerk => clerk::convert(&mut fields, &mut draft),
            Self::Authentik => authentik::convert(&mut fields, &mut draft),
        }
        let mut conversion = draft.finish(fields.wrong());
        if !can_sign_in(&conversion.user) {
            conversion.unread = fields.take_members().into_iter().map(|(name, _)| name).collect();
            conversion.unread.sort_unstable();
        }
        Ok(conversion)
    }

    /// Returns how files of this source are read.
    #[must_use]
    pub fn input_options(self) -> InputOptions {
        let (container, columns) = match self {
            Self::Logto | Self::Csv => (None, None),
            Self::Auth0 | Self::Keycloak => (Some("users"), None),
            Self::Cognito => (Some("Users"), None),
            Self::Firebase => (Some("users"), Some(firebase::COLUMNS)),
            Self::Clerk => (Some("data"), None),
            Self::Authentik => (Some("results"), None),
        };
        // Auth0 writes a quote before each text, so that spreadsheets do not run it as a formula.
        let cell_prefix = (self == Self::Auth0).then_some('\'');
        let beside = (self == Self::Keycloak).then_some("organizations");
        InputOptions { container, beside, columns, cell_prefix, ..InputOptions::default() }
    }

    /// Returns the data that exports of this source never contain. For a note before an import.
    #[must_use]
    pub fn limits(self) -> Vec<Limit> {
        match self {
            Self::Logto | Self::Csv => Vec::new(),
            Self::Auth0 => vec![
                Limit::without_hashes(
                    "export jobs contain no password hashes: ask Auth0's support for them, and pass them with the export",
                ),
                Limit::always("export jobs contain no roles and no organizations"),
            ],
            Self::Keycloak => {
                vec![Limit::without_hashes(
                    "only a realm export with users contains password hashes and one-time passwords",
                )]
            }
            Self::Cognito => {
                vec![Limit::always("Cognito exports no password hashes: users set a new password when they sign in")]
            }
            Self::Firebase => vec![
                Limit::always("Firebase exports no second factors"),
                Limit::without_hashes("password hashes need the hash parameters"),
            ],
            Self::Clerk => vec![Limit::without_hashes(
                "only the CSV export of the dashboard contains password hashes and TOTP secrets",
            )],
            Self::Authentik => {
                vec![Limit::without_hashes("the API returns no password hashes: use `ak dumpdata authentik_core.user`")]
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

impl std::str::FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        <Self as ValueEnum>::from_str(text, true).map_err(|_| {
            let known: Vec<String> = Self::value_variants().iter().map(ToString::to_string).collect();
            format!("unknown source {text:?}: expected one of {}", known.join(", "))
        })
    }
}
