//! Checks that the named tests exist.

use std::path::Path;

use anyhow::Result;
use regex::Regex;

use super::list::List;

/// Returns promises without a test, and tests that do not exist or do not run. `read` returns the text of a file.
pub(super) fn problems(list: &List, read: impl Fn(&str) -> Option<String>) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for promise in &list.promises {
        if promise.tests.is_empty() {
            problems.push(format!("{}: no test is named: {}", list.readme, promise.text));
        }
        for test in &promise.tests {
            if !exists(test, &read)? {
                problems.push(format!("{}: no such test, or it is ignored: {test}", list.readme));
            }
        }
    }
    Ok(problems)
}

fn exists(test: &str, read: impl Fn(&str) -> Option<String>) -> Result<bool> {
    let Some((path, name)) = test.split_once("::") else {
        return Ok(false);
    };
    let Some(text) = read(path) else {
        return Ok(false);
    };
    let definition = Regex::new(&definition(path, &regex::escape(name)))?;
    Ok(definition.find_iter(&text).any(|found| !found.as_str().contains("#[ignore")))
}

/// Returns a pattern for the definition of a test. In Rust, it is a function, also in a macro that adds the attribute.
/// In JavaScript, it is a named function or member. It is a step in .ci/run, and a figure with a budget in a bench.
fn definition(path: &str, name: &str) -> String {
    if path == ".ci/run" {
        return format!(r#"(?m)^step "{name}" "#);
    }
    if path.starts_with("benches/") {
        return format!(r#""{name}""#);
    }
    if Path::new(path).extension().is_some_and(|extension| extension == "rs") {
        let attribute = r"#\[(?:\w+::)*\w*test\b[^\n]*\]";
        let others = r"(?:(?:#\[|//)[^\n]*\s+)*";
        let function = format!(r"(?:#\[ignore[^\n]*\s+)?{attribute}\s*{others}(?:async )?fn {name}\(");
        let of_macro = format!(r"(?s:{attribute} (?:async )?fn \$.*\n\s+(?:async )?fn {name}\()");
        return format!("{function}|{of_macro}");
    }
    format!(r#"(?m)^\s*(?:async |test\()?["'`]?{name}["'`]?\s*[(:,]"#)
}

#[cfg(test)]
mod tests {
    use super::super::list::Promise;
    use super::*;

    const RUST: &str = "#[test]\nfn one() {}\n\nfn two() {}\n\n    #[tokio::test(flavor = \"x\")]\n    #[cfg(unix)]\n    \
                        // Why.\n    async fn three() {}\n\n#[test]\n#[ignore = \"slow\"]\nfn five() {}\n\n#[ignore]\n#[test]\nfn six() {}\n";
    const MACRO: &str = "macro_rules! tests {\n  () => { #[wasm_bindgen_test] async fn $name() {} };\n}\ntests! {\n    async fn four(t) {}\n}\n";
    const JAVASCRIPT: &str =
        "const tests = {\n  async \"a call ends\"({ room }) {\n  },\n  Deno: deno,\n};\n// a list\n";
    const BENCH: &str = "report.timed(\"milliseconds of a page\", median, 5.0);\n";
    const STEPS: &str = "step \"Clippy\" clippy_native\n";

    fn read(path: &str) -> Option<String> {
        let files =
            [("a.rs", RUST), ("macro.rs", MACRO), ("a.mjs", JAVASCRIPT), ("benches/a.rs", BENCH), (".ci/run", STEPS)];
        files.into_iter().find(|(name, _)| *name == path).map(|(_, text)| text.to_owned())
    }

    fn finds(test: &str) -> bool {
        exists(test, read).unwrap()
    }

    #[test]
    fn tests_are_functions_with_an_attribute() {
        assert!(finds("a.rs::one") && finds("a.rs::three"));
        assert!(finds("macro.rs::four"));
        assert!(!finds("a.rs::two") && !finds("a.rs::on") && !finds("b.rs::one") && !finds("a.rs"));
    }

    #[test]
    fn ignored_tests_prove_nothing() {
        assert!(!finds("a.rs::five") && !finds("a.rs::six"));
    }

    #[test]
    fn tests_in_javascript_are_named_members() {
        assert!(finds("a.mjs::a call ends") && finds("a.mjs::Deno"));
        assert!(!finds("a.mjs::a call") && !finds("a.mjs::a list"));
    }

    #[test]
    fn steps_have_names() {
        assert!(finds(".ci/run::Clippy") && !finds(".ci/run::Clip"));
    }

    #[test]
    fn figures_of_benches_have_names() {
        assert!(finds("benches/a.rs::milliseconds of a page") && !finds("benches/a.rs::milliseconds"));
    }

    #[test]
    fn a_promise_names_a_test_that_exists() {
        let promise = |tests: &[&str]| Promise {
            text: "It works.".to_owned(),
            tests: tests.iter().map(|test| (*test).to_owned()).collect(),
        };
        let promises = vec![promise(&["a.rs::one", "a.rs::four"]), promise(&[])];
        let list = List { readme: "R".to_owned(), promises, ..List::default() };
        assert_eq!(
            problems(&list, read).unwrap(),
            ["R: no such test, or it is ignored: a.rs::four", "R: no test is named: It works.",]
        );
    }
}
