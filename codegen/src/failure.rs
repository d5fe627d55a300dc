//! Errors of the generator, and the places in the input that they refer to.

use std::fmt;

use crate::release::Release;

/// A place in the input: an operation or a path item, and the steps below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    owner: String,
    path: String,
}

impl Place {
    pub fn new(owner: impl Into<String>) -> Self {
        Self { owner: owner.into(), path: String::new() }
    }

    /// Returns the place one step below this one.
    pub fn at(&self, step: impl fmt::Display) -> Self {
        Self { owner: self.owner.clone(), path: format!("{}/{step}", self.path) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.owner, if self.path.is_empty() { "" } else { " at " }, self.path)
    }
}

/// An error that stops the generator.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages explain the fields
pub enum Failure {
    /// A file cannot be read, written or parsed.
    #[error("{path}: {problem}")]
    File { path: String, problem: String },
    /// The document is not valid OpenAPI 3.0.
    #[error("invalid OpenAPI 3.0 document: {0}")]
    Document(serde_path_to_error::Error<serde_json::Error>),
    /// The document has another OpenAPI version. The same keywords have other meanings in it.
    #[error("unsupported OpenAPI version: {0} (expected 3.0.x)")]
    Version(String),
    /// The OpenAPI parser does not preserve a part of the document.
    #[error(
        "unsupported part of the document at {pointer}: {problem}\n\
         hint: change or remove unsupported parts of the document in spec/corrections.toml"
    )]
    Dropped { pointer: String, problem: String },
    /// A schema is too large to be generated.
    #[error("{0}: the schema contains more than 20,000 schemas once its references are replaced")]
    TooLarge(Place),
    /// The generator does not support a part of the document.
    #[error("{place}: {problem}\nhint: change or remove unsupported parts of the document in spec/corrections.toml")]
    Unsupported { place: Place, problem: String },
    /// A correction does not apply.
    #[error("correction {index} in spec/corrections.toml (\"{reason}\") does not apply: {problem}")]
    Correction { index: usize, reason: String, problem: String },
    /// Names are ambiguous, conflicting or unused.
    #[error("ambiguous, conflicting or unused names; fix them in spec/names.toml:\n{}", .0.join("\n"))]
    Unsettled(Vec<String>),
    /// Items have no documentation.
    #[error(
        "missing documentation; add operations and groups to spec/summaries.toml, \
         everything else to spec/docs.toml:\n{}",
        .0.join("\n")
    )]
    Undocumented(Vec<String>),
    /// Places that share a type contradict each other.
    #[error(
        "type {type_name}: {problem}\n\
         hint: separate the types in spec/names.toml, or correct the document in spec/corrections.toml"
    )]
    Merge { type_name: String, problem: String },
    /// The document of a release has a problem.
    #[error("Logto {release}: {failure}")]
    Release { release: Release, failure: Box<Failure> },
    /// Two releases contradict each other.
    #[error(
        "{place}: {problem} (Logto {newer} and {older})\n\
         hint: correct the document of one of the releases in spec/corrections.toml"
    )]
    Versions { place: Place, older: Release, newer: Release, problem: String },
    /// The generated code is not valid Rust.
    #[error("the generated code is not valid Rust: {problem}\n{code}")]
    Code { problem: syn::Error, code: String },
    /// Existing files differ from the generated ones.
    #[error(
        "generated files are out of date; run `cargo codegen` without `--check` to update them:\n{}",
        .0.join("\n")
    )]
    Stale(Vec<String>),
    /// The output folder contains files, and none of them is generated.
    #[error(
        "the folder {0} is not empty and contains no generated code\n\
         hint: choose an empty folder, or pass --force to write into this one"
    )]
    ForeignFolder(String),
    /// Files in the output folder would be overwritten that are not generated.
    #[error(
        "nothing was written, because these files are not generated:\n{}\n\
         hint: move them away, or choose another folder",
        .0.join("\n")
    )]
    ForeignFiles(Vec<String>),
    /// The arguments are invalid.
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    pub(crate) fn file(path: &std::path::Path, problem: &impl std::fmt::Display) -> Self {
        Self::File { path: path.display().to_string(), problem: problem.to_string() }
    }

    pub(crate) fn unsupported(place: &Place, problem: impl Into<String>) -> Self {
        Self::Unsupported { place: place.clone(), problem: problem.into() }
    }
}

pub type Result<T, E = Failure> = std::result::Result<T, E>;
