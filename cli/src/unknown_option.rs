//! Errors about options: their tips, and their values.

use clap::Error;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use similar::get_close_matches;

use crate::credentials::REDACTED;

/// The least similarity of an option that a tip can name. That of clap is low: its tip for `--event` is `--tenant`.
const SIMILARITY: f32 = 0.7;

const DRY_RUN: &str =
    "only `api` and `users import` have a dry run; `config plan` shows what `config apply` would change";

/// Options whose values can be secret. An example is `--header "Authorization: Bearer …"`, which lacks the `=`.
const SECRET: [&str; 2] = ["--header ", "--set "];

/// Returns the error of the parser without misleading tips and secret values.
#[must_use]
pub fn corrected(mut error: Error) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let (unknown, similar) = (text(ContextKind::InvalidArg), text(ContextKind::SuggestedArg));
    if error.kind() == ErrorKind::ValueValidation && SECRET.iter().any(|name| unknown.starts_with(name)) {
        error.insert(ContextKind::InvalidValue, ContextValue::String(REDACTED.to_owned()));
    }
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    if !unknown.starts_with("--") {
        return error;
    }
    let name = |option: &str| option.trim_start_matches('-').to_owned();
    if !similar.is_empty() && get_close_matches(&*name(&unknown), &[&*name(&similar)], 1, SIMILARITY).is_empty() {
        error.remove(ContextKind::SuggestedArg);
        // It contains the similar option.
        error.remove(ContextKind::Usage);
    }
    // The other tip is about values that begin with `--`, such as `-- --event`. Names and paths seldom do.
    error.remove(ContextKind::Suggested);
    if unknown == "--dry-run" {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(DRY_RUN)]));
    }
    error
}
