//! Checks that the imports of the crates and of the npm package form no cycles. Also checks where modules are,
//! and code for one platform.

mod graph;
mod layout;
mod platform;
mod rust;
mod typescript;

use std::fmt::Display;

use anyhow::{Result, ensure};

use crate::files::{self, Source};

/// The sources of the crates whose modules are checked.
const CRATES: [&str; 6] = ["src/", "bindings/js/src/", "cli/src/", "codegen/src/", "emulator/src/", "xtask/src/"];
const PACKAGE: &str = "bindings/js/lib/";

/// Checks the structure, and prints each problem.
pub(crate) fn check() -> Result<()> {
    let paths = files::list()?;
    let mut problems = Problems::default();
    problems.add(&layout::problems(&paths));
    problems.add(&platform::problems(&read(&paths, layout::SOURCES, ".rs")?)?);

    for sources in CRATES {
        let (imports, unresolved) = rust::imports(&read(&paths, sources, ".rs")?)?;
        problems.add(&unresolved);
        problems.add(&graph::cycles(imports));
    }
    let (imports, unresolved) = typescript::imports(&read(&paths, PACKAGE, ".ts")?)?;
    problems.add(&unresolved);
    problems.add(&graph::cycles(imports));

    ensure!(problems.0 == 0, "problems in the structure: {}", problems.0);
    println!("No cycles between the modules of {}, and none between the files of {PACKAGE}", CRATES.join(", "));
    Ok(())
}

/// The number of problems so far.
#[derive(Default)]
struct Problems(usize);

impl Problems {
    fn add(&mut self, problems: &[impl Display]) {
        for problem in problems {
            println!("{problem}");
        }
        self.0 += problems.len();
    }
}

fn read(paths: &[String], folder: &str, extension: &str) -> Result<Vec<Source>> {
    let paths = paths.iter().filter(|path| path.starts_with(folder) && path.ends_with(extension));
    paths.map(|path| files::read(path)).collect()
}
