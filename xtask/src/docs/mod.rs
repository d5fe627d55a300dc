//! `cargo xtask docs`: builds the book in docs/, and checks its links. The book has the pages of TypeDoc for the npm
//! package.
//!
//! The chapters of the guide have one source, src/guide/. Rustdoc includes them as they are. For the book, this module
//! converts them to docs/src/guide/, which git ignores.

mod guide;
mod html;
mod includes;
mod links;
mod sources;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::metadata::PUBLISHED;
use crate::npm::npm;
use crate::tool::{self, Tool};
use crate::{command, files};

/// The npm project of TypeDoc.
const TYPEDOC: &str = "docs/typedoc";
/// Folder of TypeDoc's pages in the book.
const TYPEDOC_PAGES: &str = "javascript/api";

/// Builds the book into target/book. Needs no network if mdbook and TypeDoc are installed.
pub(crate) fn build() -> Result<()> {
    for tool in [Tool::MdBook, Tool::Npm(TYPEDOC)] {
        tool.ensure().with_context(|| format!("cannot set up {tool}"))?;
    }
    guide::convert()?;
    includes::check()?;
    let book = command::target().join("book");
    command::heading("Building the book");
    command::run(command::program("mdbook").args(["build", "docs", "--dest-dir"]).arg(&book))?;
    command::heading("Generating the pages of the npm package");
    command::run(
        npm(TYPEDOC).args(["exec", "--", "typedoc", "--logLevel", "Warn", "--out"]).arg(book.join(TYPEDOC_PAGES)),
    )?;
    let broken = links::broken(&read(&book)?);
    ensure!(broken.is_empty(), "broken links in the book:\n{}", broken.join("\n"));
    println!("All links of the book work: {}", book.join("index.html").display());
    Ok(())
}

/// Documents the crates as docs.rs does. Uses the settings in Cargo.toml, unstable features and `cfg(docsrs)`.
pub(crate) fn docs_rs() -> Result<()> {
    tool::ensure_all_features()?;
    let native: Vec<_> = PUBLISHED.iter().flat_map(|package| ["-p", package]).collect();
    let web = vec!["-p", "logto-admin", "--target", tool::WASM];
    for (selection, target) in [(native, command::target()), (web, command::target().join(tool::WASM))] {
        let mut doc = tool::with_unstable_rustdoc(command::cargo());
        doc.args(["doc", "--no-deps", "--lib", "--all-features"]).args(selection);
        command::run(doc.env("RUSTDOCFLAGS", "-D warnings --cfg docsrs"))?;
        check_methods(&target.join("doc/logto_admin"))?;
    }
    Ok(())
}

/// Checks the links to anchors of methods. Rustdoc checks links to items only.
fn check_methods(documentation: &Path) -> Result<()> {
    let broken = broken_methods(&read(documentation)?);
    ensure!(broken.is_empty(), "broken links in {}:\n{}", documentation.display(), broken.join("\n"));
    Ok(())
}

fn broken_methods(site: &BTreeMap<String, String>) -> Vec<String> {
    links::broken(site).into_iter().filter(|link| link.contains("#method.")).collect()
}

/// Reads the HTML files below a folder. All other files are included with an empty text.
fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut site = BTreeMap::new();
    for file in files::below(folder)? {
        let path = file.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        site.insert(path, if files::is_a(&file, "html") { files::text(&file)? } else { String::new() });
    }
    Ok(site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_crates_are_documented_with_all_features() {
        for manifest in ["Cargo.toml", "emulator/Cargo.toml", "cli/Cargo.toml"] {
            let text = files::read(manifest).unwrap().text;
            assert!(text.contains("[package.metadata.docs.rs]\nall-features = true\n"), "{manifest}");
        }
    }

    #[test]
    fn links_to_methods_that_do_not_exist_are_broken() {
        let users = r##"<a href="../struct.Request.html#method.page">page</a> <a href="../../src/api.rs.html#1">source</a>
            <a href="../struct.Request.html#method.keyword-2">keyword</a>"##;
        let request = r#"<section id="method.page" class="method"></section>"#;
        let site = [("api/users.html", users), ("struct.Request.html", request)];
        let site = site.into_iter().map(|(path, html)| (path.to_owned(), html.to_owned())).collect();
        let expected = "api/users.html: ../struct.Request.html#method.keyword-2: no such anchor";
        assert_eq!(broken_methods(&site), [expected]);
    }
}
