//! Lists the public API of the npm package. API Extractor lists hand-written entry points. Generated declarations are
//! hashes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::fingerprint;
use super::listing::Listing;
use crate::npm::{self, npm};
use crate::{command, files, part, tool};

/// The hand-written entry points. The others consist of generated code, which is in the repository.
const ENTRIES: [&str; 3] = ["core", "stores", "emulator"];

/// Returns a report per entry point, and the listing of generated declarations.
pub(super) fn listings() -> Result<Vec<Listing>> {
    npm::ensure(part::PACKAGE)?;
    npm::ensure(tool::NPM)?;
    command::run(npm(part::PACKAGE).args(["exec", "--offline", "--", "tsc", "-p", "."]))?;
    let folder = command::target().join("api");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    command::run(command::program("node").arg("xtask/tools/api-extractor.mjs").arg(&folder).args(ENTRIES))?;
    let report = |entry: &&str| {
        let file = format!("{entry}.api.md");
        let text = fs::read_to_string(folder.join(&file)).with_context(|| format!("cannot read {file}"))?;
        Ok(Listing { file: format!("npm-{file}"), text })
    };
    let mut listings: Vec<_> = ENTRIES.iter().map(report).collect::<Result<_>>()?;
    let text = generated(&command::root().join(part::PACKAGE).join("dist"))?;
    listings.push(Listing { file: "npm-generated.txt".to_owned(), text });
    Ok(listings)
}

/// Returns a line for each generated declaration file below a folder.
fn generated(dist: &Path) -> Result<String> {
    let mut paths = vec![dist.join("models.d.ts")];
    paths.extend(files::below(&dist.join("api"))?.into_iter().filter(|path| path.to_string_lossy().ends_with(".d.ts")));
    let mut text = String::new();
    for path in paths {
        let name = path.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
        text.push_str(&line(name.trim_end_matches(".d.ts"), &files::text(&path)?));
    }
    Ok(text)
}

/// Returns the number and the hash of the lines of declarations, without comments.
fn line(name: &str, declarations: &str) -> String {
    let lines = declarations.lines().map(str::trim).filter(|line| !is_comment(line));
    let lines: Vec<_> = lines.collect();
    format!("# generated: {name}, {} lines, {}\n", lines.len(), fingerprint::of(lines.iter().copied()))
}

fn is_comment(line: &str) -> bool {
    line.starts_with("/**") || line.starts_with('*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "export interface User {\n    /** The id. */\n    id: string;\n}\n";

    #[test]
    fn renamed_members_change_the_hash_and_comments_do_not() {
        let user = line("models", USER);
        assert!(user.starts_with("# generated: models, 3 lines, "), "{user}");
        assert_eq!(line("models", &USER.replace("The id.", "The identifier.")), user);
        assert_ne!(line("models", &USER.replace("id:", "key:")), user);
    }
}
