//! Checks which files and folders the crate has.

use std::collections::BTreeSet;

/// The largest number of entries directly under `src/`.
const MOST_ENTRIES: usize = 16;

/// Returns what is wrong with the paths, which are relative to `src/`.
pub(crate) fn problems(paths: &[&str]) -> Vec<String> {
    too_many_entries(paths).into_iter().chain(second_module_style(paths)).collect()
}

fn too_many_entries(paths: &[&str]) -> Option<String> {
    let entries: BTreeSet<_> = paths.iter().filter_map(|path| path.split('/').next()).collect();
    (entries.len() > MOST_ENTRIES)
        .then(|| format!("src/ has {} entries, at most {MOST_ENTRIES} are allowed", entries.len()))
}

/// Modules with submodules are in `x/mod.rs`, never in `x.rs` beside `x/`.
fn second_module_style(paths: &[&str]) -> impl Iterator<Item = String> {
    paths.iter().filter_map(|path| {
        let folder = path.strip_suffix("rs")?.strip_suffix('.')?.to_owned() + "/";
        let beside = paths.iter().any(|other| other.starts_with(&folder));
        beside.then(|| format!("src/{path} is beside the folder src/{folder}: move it to src/{folder}mod.rs"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_are_entries() {
        let files: Vec<_> = (0..15).map(|number| format!("m{number}.rs")).collect();
        let mut paths: Vec<_> = files.iter().map(String::as_str).collect();
        paths.extend(["x/mod.rs", "x/a.rs", "x/y/mod.rs"]);
        assert_eq!(problems(&paths), [""; 0]);
        paths.push("lib.rs");
        assert_eq!(problems(&paths), ["src/ has 17 entries, at most 16 are allowed"]);
    }

    #[test]
    fn modules_with_a_folder_are_in_mod_rs() {
        assert_eq!(problems(&["x/mod.rs", "x/a.rs", "xy.rs"]), [""; 0]);
        assert_eq!(
            problems(&["x.rs", "x/a.rs", "y/b.rs", "y/b/c.md"]),
            [
                "src/x.rs is beside the folder src/x/: move it to src/x/mod.rs",
                "src/y/b.rs is beside the folder src/y/b/: move it to src/y/b/mod.rs",
            ]
        );
    }
}
