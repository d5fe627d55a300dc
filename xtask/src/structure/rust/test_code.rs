//! Removes code that is only compiled for tests.

use anyhow::Result;
use regex::Regex;

use crate::scan::blank;

const ITEM: &str = r"(?x)
    (?: \#\[[^\]]*\] \s* )*
    \#\[cfg\( \s* (?: test\s*\) | all\( (?:[^()]*,)? \s* test \s* [,)] ) [^\]]* \] \s*
    (?: \#\[[^\]]*\] \s* )*
    (?: pub (?:\([^)]*\))? \s+ )?
    (?: mod\s+(?P<module>\w+)
      | (?: async | const | enum | extern | fn | impl | macro_rules | static | struct | trait | type | unsafe | use )\b
    )";

const PATH: &str = r#"#\[path = "([^"]+)"\]"#;

pub(super) struct TestCode {
    item: Regex,
    path: Regex,
}

impl TestCode {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { item: Regex::new(ITEM)?, path: Regex::new(PATH)? })
    }

    /// Blanks the items that are only compiled for tests. Returns the other code, and the test modules that are in
    /// files of their own: paths of files without `.rs`. `text` is the file before its strings were blanked.
    pub(super) fn remove(&self, file: &str, text: &str, code: &str) -> (String, Vec<String>) {
        let (mut rest, mut files) = (String::with_capacity(code.len()), Vec::new());
        let mut at = 0;
        while let Some(item) = self.item.captures_at(code, at) {
            let Some(head) = item.get(0) else {
                break;
            };
            let end = end_of_item(code, head.end());
            rest += code.get(at..head.start()).unwrap_or_default();
            rest += &blank(code.get(head.start()..end).unwrap_or_default(), ' ');
            at = end;
            if let Some(module) =
                item.name("module").filter(|_| code.get(..end).is_some_and(|code| code.ends_with(';')))
            {
                let attributes = text.get(head.range()).unwrap_or_default();
                let path = self.path.captures(attributes).and_then(|path| path.get(1)).map(|path| path.as_str());
                files.push(file_of_module(file, module.as_str(), path));
            }
        }
        rest += code.get(at..).unwrap_or_default();
        (rest, files)
    }
}

/// Returns the file of a module that is declared in another file, without `.rs`.
fn file_of_module(parent: &str, module: &str, path: Option<&str>) -> String {
    let (folder, name) = parent.rsplit_once('/').unwrap_or(("", parent));
    match (path, name) {
        (Some(path), _) => format!("{folder}/{}", path.trim_end_matches(".rs")),
        (None, "lib.rs" | "mod.rs") => format!("{folder}/{module}"),
        (None, name) => format!("{folder}/{}/{module}", name.trim_end_matches(".rs")),
    }
}

/// Returns the offset after the item's first block. Without a block, it is after the `;`.
fn end_of_item(code: &str, start: usize) -> usize {
    let mut nesting = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => nesting += 1,
            b')' | b']' => nesting = nesting.saturating_sub(1),
            b';' if nesting == 0 => return at + 1,
            b'{' if nesting == 0 => return end_of_block(code, at),
            _ => {}
        }
    }
    code.len()
}

/// Returns the offset after the closing brace. `start` is the offset of the opening brace.
pub(super) fn end_of_block(code: &str, start: usize) -> usize {
    let mut open = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'{' => open += 1,
            b'}' if open <= 1 => return at + 1,
            b'}' => open -= 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of the remaining code, and the files of test modules.
    fn remove(file: &str, text: &str) -> (String, Vec<String>) {
        let (rest, files) = TestCode::new().unwrap().remove(file, text, text);
        assert_eq!(rest.len(), text.len());
        (rest.split_whitespace().collect::<Vec<_>>().join(" "), files)
    }

    fn rest(text: &str) -> String {
        remove("src/a.rs", text).0
    }

    #[test]
    fn test_modules_are_removed() {
        assert_eq!(rest("a(); #[cfg(test)] mod tests { fn f() { b(); } } c();"), "a(); c();");
        assert_eq!(rest("#[allow(x)] #[cfg(test)] #[allow(y)] pub(crate) mod tests { b(); } c();"), "c();");
    }

    #[test]
    fn other_items_for_tests_are_removed() {
        assert_eq!(rest("#[cfg(test)] use crate::b::{C, D}; a();"), "; a();");
        assert_eq!(rest("#[cfg(test)] fn f(x: [u8; 2]) { b(); } a();"), "a();");
        assert_eq!(rest("#[cfg(all(feature, test))] impl A { b(); } a();"), "a();");
        assert_eq!(rest("#[cfg(all(test, feature))] const X: [u8; 2] = b(); a();"), "a();");
    }

    #[test]
    fn other_code_stays() {
        for code in
            ["#[cfg(not(test))] mod a { b(); }", "#[cfg(any(test, x))] mod a {}", "#[cfg_attr(test, x)] fn f() {}"]
        {
            assert_eq!(rest(code), code);
        }
        assert_eq!(rest("struct A { #[cfg(test)] field: B, c: D }"), "struct A { #[cfg(test)] field: B, c: D }");
    }

    #[test]
    fn test_modules_can_be_in_files() {
        let file = |file, text| remove(file, text).1;
        assert_eq!(file("src/a.rs", "#[cfg(test)] mod tests;"), ["src/a/tests"]);
        assert_eq!(file("src/a/mod.rs", "#[cfg(test)] mod tests;"), ["src/a/tests"]);
        assert_eq!(file("src/lib.rs", "#[cfg(test)] mod tests;"), ["src/tests"]);
        assert_eq!(file("src/a/b.rs", "#[cfg(test)]\n#[path = \"b_tests.rs\"]\nmod tests;"), ["src/a/b_tests"]);
        assert_eq!(file("src/a.rs", "#[cfg(test)] mod tests {}"), [""; 0]);
        assert_eq!(file("src/a.rs", "mod b;"), [""; 0]);
    }
}
