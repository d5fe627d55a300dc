//! Checks the `{{#include}}` directives of the book. In place of anchors that do not exist, mdbook includes nothing.

use anyhow::{Result, ensure};

use super::sources;
use crate::{command, files};

/// Fails if a page includes a file or an anchor that does not exist.
pub(super) fn check() -> Result<()> {
    let mut problems = Vec::new();
    for page in files::below(&sources::folder())?.iter().filter(|file| files::is_a(file, "md")) {
        let folder = page.parent().unwrap_or(page);
        let read = |path: &str| files::text(&folder.join(path)).ok();
        let name = page.strip_prefix(command::root()).unwrap_or(page);
        problems.extend(
            missing(&files::text(page)?, read).into_iter().map(|problem| format!("{}: {problem}", name.display())),
        );
    }
    ensure!(problems.is_empty(), "invalid includes in the book:\n{}", problems.join("\n"));
    Ok(())
}

/// Returns what a page includes and cannot find. `read` returns the text of a file.
fn missing(page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let directives = page.split("{{#include ").skip(1).filter_map(|rest| rest.split_once("}}"));
    directives.filter_map(|(target, _)| problem(target.trim(), &read)).collect()
}

fn problem(target: &str, read: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (path, anchor) = target.split_once(':').unwrap_or((target, ""));
    let Some(text) = read(path) else {
        return Some(format!("cannot read {path}"));
    };
    let has = |marker: &str| text.lines().any(|line| is_marker(line, marker, anchor));
    let found = anchor.is_empty() || (has("ANCHOR") && has("ANCHOR_END"));
    (!found).then(|| format!("{path} has no anchor `{anchor}`"))
}

/// Whether the line is a marker. Examples: `// ANCHOR: name`, `<!-- ANCHOR: name -->`.
fn is_marker(line: &str, marker: &str, anchor: &str) -> bool {
    let mut words = line.split_whitespace().skip_while(|word| word.strip_suffix(':') != Some(marker));
    words.nth(1) == Some(anchor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "// ANCHOR: one\none();\n// ANCHOR_END: one\n<!-- ANCHOR: two -->\n";

    fn missing_in(page: &str) -> Vec<String> {
        missing(page, |path| (path == "a.rs").then(|| FILE.to_owned()))
    }

    #[test]
    fn whole_files_and_complete_anchors_are_found() {
        assert!(missing_in("{{#include a.rs}} and\n{{#include a.rs:one}}").is_empty());
    }

    #[test]
    fn missing_files_and_anchors_are_reported() {
        assert_eq!(missing_in("{{#include b.rs:one}}"), ["cannot read b.rs"]);
        assert_eq!(missing_in("{{#include a.rs:on}}"), ["a.rs has no anchor `on`"]);
        assert_eq!(missing_in("{{#include a.rs:two}}"), ["a.rs has no anchor `two`"]);
    }

    #[test]
    fn the_pages_of_the_book_include_what_exists() {
        check().unwrap();
    }
}
