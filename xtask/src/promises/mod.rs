//! `cargo xtask promises`: checks that each promise of a README names tests. The tests prove the promise. Lists both in
//! the book.
//!
//! The lists are in tests/promises/, one for each README, and one for SECURITY.md.

mod list;
mod page;
mod proof;
mod statements;

use anyhow::{Result, ensure};

use self::list::List;
use crate::files;

/// The folder of the lists.
const LISTS: &str = "tests/promises/";

/// The generated page of the book.
const PAGE: &str = "docs/src/promises.md";

/// Checks the lists and writes the page. With `check`, fails if the page is out of date, and writes nothing.
pub(crate) fn run(check: bool) -> Result<()> {
    let lists = lists()?;
    let mut problems = unlisted(files::list()?, &lists);
    for list in &lists {
        let readme = files::read(&list.readme)?;
        problems.extend(list.problems(&statements::of(&readme.text)));
        problems.extend(proof::problems(list, |path| files::read(path).ok().map(|source| source.text))?);
    }
    for problem in &problems {
        println!("{problem}");
    }
    ensure!(problems.is_empty(), "problems in {LISTS}: {}", problems.len());
    update(&page::of(&lists), check)?;
    println!("{} promises have tests", lists.iter().map(|list| list.promises.len()).sum::<usize>());
    Ok(())
}

/// Returns the lists, sorted by the paths of their READMEs.
fn lists() -> Result<Vec<List>> {
    let paths = files::list()?.into_iter().filter(|path| path.starts_with(LISTS));
    let mut lists = paths.map(|path| List::read(&path)).collect::<Result<Vec<_>>>()?;
    ensure!(!lists.is_empty(), "{LISTS} contains no list");
    lists.sort_by(|one, other| one.readme.cmp(&other.readme));
    Ok(lists)
}

/// Returns the READMEs without a list.
fn unlisted(paths: Vec<String>, lists: &[List]) -> Vec<String> {
    let readmes = paths.into_iter().filter(|path| path.rsplit('/').next() == Some("README.md"));
    let unlisted = readmes.filter(|path| !lists.iter().any(|list| list.readme == *path));
    unlisted.map(|path| format!("{path}: no list in {LISTS}")).collect()
}

fn update(page: &str, check: bool) -> Result<()> {
    if check {
        let is_current = files::read(PAGE).is_ok_and(|source| source.text == page);
        ensure!(is_current, "{PAGE} is out of date: run `cargo xtask promises`");
        return Ok(());
    }
    files::write(PAGE, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_readme_needs_a_list() {
        let list = List { readme: "a/README.md".to_owned(), ..List::default() };
        let paths = ["a/README.md", "b/README.md", "b/readme.rs"].map(str::to_owned).to_vec();
        assert_eq!(unlisted(paths, &[list]), ["b/README.md: no list in tests/promises/"]);
    }
}
