//! Checks which files and folders there are.

use std::collections::BTreeSet;

/// The sources of the main crate.
pub(super) const SOURCES: &str = "src/";
/// The largest number of entries directly under `src/`.
const MOST_ENTRIES: usize = 16;

/// Returns what is wrong with the paths of the workspace.
pub(super) fn problems(paths: &[String]) -> Vec<String> {
    too_many_entries(paths).into_iter().chain(second_module_style(paths)).collect()
}

fn too_many_entries(paths: &[String]) -> Option<String> {
    let in_sources = paths.iter().filter_map(|path| path.strip_prefix(SOURCES));
    let entries: BTreeSet<_> = in_sources.filter_map(|path| path.split('/').next()).collect();
    (entries.len() > MOST_ENTRIES)
        .then(|| format!("{SOURCES} has {} entries, at most {MOST_ENTRIES} are allowed", entries.len()))
}

/// Modules with submodules are in `x/mod.rs`, never in `x.rs` beside `x/`.
fn second_module_style(paths: &[String]) -> Vec<String> {
    let folders: BTreeSet<&str> = paths.iter().flat_map(|path| folders(path)).collect();
    let files = paths.iter().filter_map(|path| Some((path, path.strip_suffix(".rs")?)));
    let beside = files.filter(|(_, stem)| folders.contains(stem));
    beside.map(|(path, folder)| format!("{path} is beside the folder {folder}/: move it into that folder")).collect()
}

/// Returns all folders that contain a file.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(end, _)| path.get(..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(paths: &[&str]) -> Vec<String> {
        problems(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn folders_and_files_are_entries() {
        let files: Vec<_> = (0..15).map(|number| format!("src/m{number}.rs")).collect();
        let mut paths: Vec<_> = files.iter().map(String::as_str).collect();
        paths.extend(["src/x/mod.rs", "src/x/a.rs", "src/x/y/mod.rs", "cli/src/lib.rs"]);
        assert_eq!(problems_of(&paths), [""; 0]);
        paths.push("src/lib.rs");
        assert_eq!(problems_of(&paths), ["src/ has 17 entries, at most 16 are allowed"]);
    }

    #[test]
    fn modules_with_a_folder_are_in_it() {
        assert_eq!(problems_of(&["src/x/mod.rs", "src/x/a.rs", "src/xy.rs", "x/y.md", "x/y/z.rs"]), [""; 0]);
        assert_eq!(
            problems_of(&["cli/src/x.rs", "cli/src/x/a.rs", "src/y/b.rs", "src/y/b/c/d.md"]),
            [
                "cli/src/x.rs is beside the folder cli/src/x/: move it into that folder",
                "src/y/b.rs is beside the folder src/y/b/: move it into that folder",
            ]
        );
    }
}
