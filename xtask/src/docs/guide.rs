//! Converts the chapters of the guide from rustdoc's Markdown to mdbook's.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};

use super::sources;
use crate::{command, files, markdown};

/// Writes a page to docs/src/guide/ for each chapter in SUMMARY.md.
pub(super) fn convert() -> Result<()> {
    let summary = files::text(&sources::folder().join("SUMMARY.md"))?;
    let chapters = chapters(&summary);
    let missing = missing(&chapters)?;
    ensure!(missing.is_empty(), "docs/src/SUMMARY.md does not list these chapters: {}", missing.join(", "));
    let pages = sources::folder().join("guide");
    if pages.exists() {
        fs::remove_dir_all(&pages).context("cannot remove docs/src/guide")?;
    }
    fs::create_dir_all(&pages).context("cannot create docs/src/guide")?;
    for (title, name) in chapters {
        let chapter = files::text(&command::root().join(format!("src/guide/{name}.md")))?;
        let file = pages.join(format!("{name}.md"));
        fs::write(&file, page(title, &chapter)).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// Returns the names of the chapters in src/guide/ that are not in the summary.
fn missing(chapters: &[(&str, &str)]) -> Result<Vec<String>> {
    let listed: BTreeSet<_> = chapters.iter().map(|(_, name)| *name).collect();
    let sources = files::below(&command::root().join("src/guide"))?.into_iter().filter(|file| files::is_a(file, "md"));
    let names = sources.filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned()));
    Ok(names.filter(|name| !listed.contains(name.as_str())).collect())
}

/// Returns the titles and names of the guide's chapters in a summary.
fn chapters(summary: &str) -> Vec<(&str, &str)> {
    summary.lines().filter_map(chapter).collect()
}

/// Returns title and name if the line links to a chapter, as in `- [Title](guide/name.md)`.
fn chapter(line: &str) -> Option<(&str, &str)> {
    let (_, link) = line.split_once('[')?;
    let (title, target) = link.split_once("](guide/")?;
    let (name, _) = target.split_once(".md)")?;
    Some((title, name))
}

/// Converts a chapter. Adds a title, moves headings one level down, labels code as Rust and resolves links.
fn page(title: &str, chapter: &str) -> String {
    let mut page = format!("# {title}\n\n");
    let mut in_code = false;
    for line in with_links(chapter).lines() {
        match line.strip_prefix("```") {
            Some(info) => {
                in_code = !in_code;
                page.push_str("```");
                page.push_str(&if in_code { language(info) } else { info.to_owned() });
            }
            None => {
                if !in_code && line.starts_with('#') {
                    page.push('#');
                }
                page.push_str(line);
            }
        }
        page.push('\n');
    }
    page
}

/// Returns the info string of a code block. In rustdoc, code is Rust unless the info string names another language.
fn language(info: &str) -> String {
    match info {
        "" => "rust".to_owned(),
        "compile_fail" | "ignore" | "no_run" | "should_panic" => format!("rust,{info}"),
        other => other.to_owned(),
    }
}

/// Replaces links to items of the crate, which only rustdoc can resolve.
fn with_links(chapter: &str) -> String {
    markdown::with_links(chapter, "crate::", link)
}

/// Links to other chapters stay links. All other items become code.
fn link(label: &str, path: &str) -> String {
    match path.strip_prefix("guide::") {
        Some(chapter) => format!("[{label}]({chapter}.md)"),
        None if label.starts_with('`') => label.to_owned(),
        None => format!("{label} (`{path}`)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_have_the_titles_of_the_summary() {
        let summary = "# Guide\n\n- [Access tokens](guide/tokens.md)\n  - [Other](cookbook/other.md)\n";
        assert_eq!(chapters(summary), [("Access tokens", "tokens")]);
    }

    #[test]
    fn the_summary_lists_every_chapter() {
        let summary = files::text(&sources::folder().join("SUMMARY.md")).unwrap();
        assert_eq!(missing(&chapters(&summary)).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn the_readme_has_the_number_of_recipes() {
        let summary = files::text(&sources::folder().join("SUMMARY.md")).unwrap();
        let recipes = summary.matches("](cookbook/").count() - summary.matches("](cookbook/index.md)").count();
        let readme = files::text(&command::root().join("README.md")).unwrap();
        assert!(readme.contains(&format!("of {recipes} recipes")), "{recipes}");
    }

    #[test]
    fn headings_move_one_level_down_except_in_code() {
        let chapter = "About tokens.\n\n# Scope\n\n```\n# hidden();\nshown();\n```\n\n## More\n";
        let expected = "# Tokens\n\nAbout tokens.\n\n## Scope\n\n```rust\n# hidden();\nshown();\n```\n\n### More\n";
        assert_eq!(page("Tokens", chapter), expected);
    }

    #[test]
    fn code_is_rust_unless_it_names_a_language() {
        assert_eq!(["", "no_run", "ignore", "toml"].map(language), ["rust", "rust,no_run", "rust,ignore", "toml"]);
    }

    #[test]
    fn links_to_chapters_stay_and_links_to_items_become_code() {
        let linked = "See [`Client`](crate::Client), [retries](crate::guide::retries) and how long it\n\
                      [took](crate::Error::elapsed); [elsewhere](https://example.com).";
        let expected = "See `Client`, [retries](retries.md) and how long it\n\
                        took (`Error::elapsed`); [elsewhere](https://example.com).";
        assert_eq!(with_links(linked), expected);
    }

    #[test]
    fn labels_can_span_lines() {
        assert_eq!(with_links("[one\ntwo](crate::guide::hooks)."), "[one\ntwo](hooks.md).");
    }
}
