//! What the generator refuses, and where.

use std::fmt;

/// A place in the input: an operation or a component, and a path below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    owner: String,
    path: String,
}

impl Place {
    pub fn new(owner: impl Into<String>) -> Self {
        Self { owner: owner.into(), path: String::new() }
    }

    /// The place one step further down.
    pub fn at(&self, step: impl fmt::Display) -> Self {
        Self { owner: self.owner.clone(), path: format!("{}/{step}", self.path) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.owner, if self.path.is_empty() { "" } else { " " }, self.path)
    }
}

/// What stopped the generator.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages say what the fields are
pub enum Failure {
    /// A file that cannot be read, written or parsed.
    #[error("{path}: {problem}")]
    File { path: String, problem: String },
    /// A document that is no OpenAPI 3.0 document.
    #[error("the document is no OpenAPI 3.0 document: {0}")]
    Document(serde_json::Error),
    /// A document of another version, in which the same words mean other things.
    #[error("the document is no OpenAPI 3.0 document: its version is {0}")]
    Version(String),
    /// A part of a document that the parser does not hold.
    #[error("the parser would drop a part of the document at {pointer}: {problem}")]
    Dropped { pointer: String, problem: String },
    /// A part of a document that the generator does not understand.
    #[error("{place}: {problem}")]
    Unsupported { place: Place, problem: String },
    /// A correction that does not apply.
    #[error("correction {index} ({reason}): {problem}")]
    Correction { index: usize, reason: String, problem: String },
    /// Names that are ambiguous or taken.
    #[error("names are not settled, see spec/names.toml:\n{}", .0.join("\n"))]
    Unsettled(Vec<String>),
    /// Items without a word on them.
    #[error("not documented, see spec/summaries.toml and spec/docs.toml:\n{}", .0.join("\n"))]
    Undocumented(Vec<String>),
    /// Places that are one type and do not fit each other.
    #[error("{type_name}: {problem}")]
    Merge { type_name: String, problem: String },
    /// Generated code that is no Rust.
    #[error("the generated code does not parse: {problem}\n{code}")]
    Code { problem: syn::Error, code: String },
    /// Checked-in files that differ from the generated ones.
    #[error("the checked-in code is not what spec/ gives; run `cargo codegen`:\n{}", .0.join("\n"))]
    Stale(Vec<String>),
    /// An output folder that holds other files and no generated ones.
    #[error(
        "the folder {0} is not empty and holds no generated code; choose an empty one, or write into it with --force"
    )]
    ForeignFolder(String),
    /// Files in the output folder that would be overwritten.
    #[error("nothing was written, because these files are not generated code; move them away or choose another folder:\n{}", .0.join("\n"))]
    ForeignFiles(Vec<String>),
    /// Arguments that are not understood.
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    pub(crate) fn unsupported(place: &Place, problem: impl Into<String>) -> Self {
        Self::Unsupported { place: place.clone(), problem: problem.into() }
    }
}

pub type Result<T, E = Failure> = std::result::Result<T, E>;
