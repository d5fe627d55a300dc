//! Checks where the code for one platform is.

use anyhow::Result;
use regex::Regex;

use crate::files::Source;
use crate::scan::{Language, Lines, Scanner};

/// The only places with code for one platform. Everything else is the same on wasm and natively.
const PLACES: [&str; 4] = ["src/blocking/", "src/runtime/", "src/token/store/redis.rs", "src/transport/"];

/// A condition on the target. Declarations and re-exports of modules may have one.
const CONDITION: &str = r"(?x)
    \#!?\[ cfg (?:_attr)? \( [^\]]* \b target_\w+ [^\]]* \] \s* (?: \#\[[^\]]*\] \s* )*
    (?P<declaration> (?: pub (?:\([^)]*\))? \s+ )? (?: mod\s+\w+\s*; | use\s ) )?
    | \b cfg! \( [^;]*? \b target_\w+";

/// Returns the conditions in the crate's sources that belong elsewhere.
pub(super) fn problems(files: &[Source]) -> Result<Vec<String>> {
    let (scanner, pattern) = (Scanner::new()?, Regex::new(CONDITION)?);
    let mut problems = Vec::new();
    for Source { path, text } in files.iter().filter(|file| !PLACES.iter().any(|place| file.path.starts_with(place))) {
        let (code, lines) = (scanner.code(Language::Rust, text), Lines::new(text));
        for condition in pattern.captures_iter(&code).filter(|found| found.name("declaration").is_none()) {
            let line = lines.at(condition.get(0).map_or(0, |found| found.start()));
            problems.push(format!("{path}:{line}: code for one platform, which belongs in {}", PLACES.join(", ")));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the problems in a file.
    fn lines(path: &str, text: &str) -> Vec<String> {
        let problems = problems(&[Source { path: path.to_owned(), text: text.to_owned() }]).unwrap();
        problems.iter().filter_map(|problem| problem.split(':').nth(1).map(str::to_owned)).collect()
    }

    #[test]
    fn code_for_one_platform_is_a_problem() {
        for text in [
            "\n#[cfg(target_arch = \"wasm32\")]\nfn f() {}",
            "fn f() {\n    #[cfg(all(x, not(all(target_arch = \"wasm32\", target_os = \"unknown\"))))]\n    g();\n}",
            "\nfn f() -> bool { cfg!(target_os = \"linux\") }",
            "\n#[cfg_attr(not(target_arch = \"wasm32\"), allow(x))] fn f() {}",
            "\n#[cfg(target_arch = \"wasm32\")] mod a { fn f() {} }",
        ] {
            assert_eq!(lines("src/types/a.rs", text), ["2"], "{text}");
        }
    }

    #[test]
    fn some_folders_have_code_for_one_platform() {
        for path in
            ["src/runtime/web/mod.rs", "src/transport/url.rs", "src/blocking/mod.rs", "src/token/store/redis.rs"]
        {
            assert_eq!(lines(path, "#[cfg(target_arch = \"wasm32\")] fn f() {}"), [""; 0]);
        }
    }

    #[test]
    fn modules_for_one_platform_are_declared_and_exported_elsewhere() {
        for text in [
            "#[cfg(not(target_arch = \"wasm32\"))]\nmod redis;",
            "#[cfg(target_arch = \"wasm32\")]\n#[doc(no_inline)]\npub(crate) use self::redis::A;",
            "#[cfg(feature = \"target\")] fn f() {} // cfg(target_os)",
        ] {
            assert_eq!(lines("src/token/store/mod.rs", text), [""; 0], "{text}");
        }
    }
}
