//! Reads the imports between the modules of the crate. A module is a file or folder directly under `src/`.

mod path;
mod test_code;

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Result;
use regex::Regex;

use self::path::Segment;
use self::test_code::TestCode;
use super::graph::Import;
use crate::files::Source;
use crate::scan::{Language, Lines, Scanner};

const ROOT: &str = "src/lib.rs";

/// The start of a path that can leave its module.
const PATH: &str = r"(?:\$?\bcrate|\bself|\bsuper)\s*::";

const INLINE_MODULE: &str = r"\bmod\s+(\w+)\s*\{";

/// Returns the imports between modules, and the paths whose module cannot be determined. Code for tests is ignored.
pub(crate) fn imports(files: &[Source]) -> Result<(Vec<Import>, Vec<String>)> {
    let reader = Reader::new()?;
    let files = reader.code(files);
    let names = reader.names(&files);
    let (mut imports, mut problems) = (Vec::new(), Vec::new());
    for file in &files {
        let Some(from) = module_of(&file.path).first().copied() else {
            continue;
        };
        let lines = Lines::new(&file.text);
        for Segment { name, at } in reader.targets(file) {
            let line = lines.at(at);
            match names.get(name) {
                Some(Some(to)) => imports.push(Import {
                    from: from.to_owned(),
                    to: (*to).to_owned(),
                    file: file.path.clone(),
                    line,
                    types_only: false,
                }),
                Some(None) => {}
                None => problems.push(format!("{}:{line}: cannot find the module of `crate::{name}`", file.path)),
            }
        }
    }
    Ok((imports, problems))
}

struct Reader {
    scanner: Scanner,
    test_code: TestCode,
    path: Regex,
    inline_module: Regex,
    import: Regex,
}

impl Reader {
    fn new() -> Result<Self> {
        Ok(Self {
            scanner: Scanner::new()?,
            test_code: TestCode::new()?,
            path: Regex::new(PATH)?,
            inline_module: Regex::new(INLINE_MODULE)?,
            import: Regex::new(r"\buse\s+")?,
        })
    }

    /// Returns the code of the files without comments, strings and tests.
    fn code(&self, files: &[Source]) -> Vec<Source> {
        let mut tests = Vec::new();
        let mut sources = Vec::new();
        for Source { path, text } in files {
            let code = self.scanner.code(Language::Rust, text);
            let (code, test_files) = self.test_code.remove(path, text, &code);
            tests.extend(test_files);
            sources.push(Source { path: path.clone(), text: code });
        }
        let is_test = |path: &str| {
            let mut rests = tests.iter().filter_map(|test| path.strip_prefix(test.as_str()));
            rests.any(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        sources.retain(|source| !is_test(&source.path));
        sources
    }

    /// Returns the names in the crate's root with their modules: the modules themselves, and what the root imports.
    /// Items of other crates have none.
    fn names<'a>(&self, files: &'a [Source]) -> BTreeMap<&'a str, Option<&'a str>> {
        let modules = files.iter().filter_map(|file| module_of(&file.path).first().copied());
        let modules: BTreeMap<_, _> = modules.map(|module| (module, Some(module))).collect();
        let root = files.iter().find(|file| file.path == ROOT).map_or("", |root| &root.text);
        let imports = self.import.find_iter(root).flat_map(|import| path::parse(root, import.end()).0);
        let imported = imports.filter_map(|path| {
            let first = path.segments.iter().map(|segment| segment.name).find(|name| !["crate", "self"].contains(name));
            Some((path.name()?, first.and_then(|first| modules.get(first).copied().flatten())))
        });
        imported.chain(modules.clone()).collect()
    }

    /// Returns the segments after the crate's root in all paths that lead to the root.
    fn targets<'a>(&self, file: &'a Source) -> Vec<Segment<'a>> {
        let code = &file.text;
        let inline_modules = self.inline_modules(code);
        let mut targets = Vec::new();
        let mut end = 0;
        for start in self.path.find_iter(code).map(|found| found.start()) {
            // Part of the previous path.
            if start < end {
                continue;
            }
            let depth =
                module_of(&file.path).len() + inline_modules.iter().filter(|module| module.contains(&start)).count();
            let (paths, after) = path::parse(code, start);
            targets.extend(paths.iter().filter_map(|path| from_root(&path.segments, depth)));
            end = after;
        }
        targets
    }

    fn inline_modules(&self, code: &str) -> Vec<Range<usize>> {
        let modules = self.inline_module.find_iter(code);
        modules.map(|module| module.end()..test_code::end_of_block(code, module.end() - 1)).collect()
    }
}

/// Returns the first segment after the crate's root. `depth` is the number of modules that contain the path.
fn from_root<'a>(segments: &[Segment<'a>], mut depth: usize) -> Option<Segment<'a>> {
    for segment in segments {
        match segment.name {
            "crate" | "$crate" => depth = 0,
            "super" => depth = depth.checked_sub(1)?,
            "self" => {}
            _ => return (depth == 0).then_some(*segment),
        }
    }
    None
}

/// Returns the path of a file's module. The module of the root is empty.
fn module_of(path: &str) -> Vec<&str> {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<_> = path.split('/').collect();
    if matches!(module.last(), Some(&("lib" | "mod"))) {
        module.pop();
    }
    module
}

#[cfg(test)]
mod tests {
    use super::super::graph::cycles;
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Vec<Source> {
        let source = |(path, text): &(&str, &str)| Source { path: format!("src/{path}"), text: (*text).to_owned() };
        files.iter().map(source).collect()
    }

    fn edges(files: &[(&str, &str)]) -> Vec<String> {
        let (imports, problems) = imports(&sources(files)).unwrap();
        assert_eq!(problems, [""; 0]);
        imports.iter().map(|import| format!("{}:{} {}", import.from, import.line, import.to)).collect()
    }

    /// The edges of a file in a crate with the modules `a`, `b` and `c`.
    fn edges_of(path: &str, text: &str) -> Vec<String> {
        edges(&[("lib.rs", "mod a; mod b; mod c;"), ("b.rs", ""), ("c/mod.rs", ""), (path, text)])
    }

    #[test]
    fn uses_and_inline_paths_are_imports() {
        assert_eq!(
            edges_of("a.rs", "use crate::b::B;\nfn f() -> crate::c::C { crate::b::g() }"),
            ["a:1 b", "a:2 c", "a:2 b"]
        );
    }

    #[test]
    fn groups_have_the_line_of_each_module() {
        let text = "use crate::{\n    // Of b.\n    b::{B, D},\n    c,\n};";
        assert_eq!(edges_of("a.rs", text), ["a:3 b", "a:3 b", "a:4 c"]);
    }

    #[test]
    fn paths_in_macros_are_imports() {
        assert_eq!(edges_of("a.rs", "macro_rules! m { () => { $crate::b::f($crate::c::$x) } }"), ["a:1 b", "a:1 c"]);
    }

    #[test]
    fn super_can_leave_the_module() {
        assert_eq!(edges_of("a.rs", "use super::b::B;"), ["a:1 b"]);
        assert_eq!(edges_of("a/x.rs", "use super::b::B;"), [""; 0]);
        assert_eq!(edges_of("a/x.rs", "use super::super::b::B;"), ["a:1 b"]);
        assert_eq!(edges_of("a/x/y.rs", "use super::{super::{super::b::B, x}, z};"), ["a:1 b"]);
        assert_eq!(edges_of("a/mod.rs", "use self::super::b::B;"), ["a:1 b"]);
    }

    #[test]
    fn inline_modules_are_levels() {
        assert_eq!(edges_of("a.rs", "mod x { use super::b; }"), [""; 0]);
        assert_eq!(
            edges_of("a.rs", "mod x { mod y { use super::super::super::b; } } use super::c;"),
            ["a:1 b", "a:1 c"]
        );
    }

    #[test]
    fn paths_inside_the_module_are_no_edges() {
        assert_eq!(edges_of("a/x.rs", "use self::b::B; use b::C; use serde::crate_::D;"), [""; 0]);
    }

    #[test]
    fn comments_strings_and_tests_are_ignored() {
        for text in [
            "/// [`crate::b`]",
            "// crate::b",
            "const X: &str = \"crate::b\";",
            "#[cfg(test)] mod tests { use crate::b; }",
        ] {
            assert_eq!(edges_of("a.rs", text), [""; 0]);
        }
    }

    #[test]
    fn files_of_test_modules_are_ignored() {
        let test = "use crate::b::B;";
        let files =
            [("a/mod.rs", "#[cfg(test)] mod tests;"), ("b.rs", ""), ("a/tests.rs", test), ("a/tests/x.rs", test)];
        assert_eq!(edges(&files), [""; 0]);
        assert_eq!(edges(&[("a/mod.rs", ""), ("b.rs", ""), ("a/tests.rs", test)]), ["a:1 b"]);
    }

    #[test]
    fn names_of_the_root_belong_to_their_modules() {
        let root = "pub use b::{B, C as D};\npub use self::c::E;\npub use bytes;\npub use serde_json as json;";
        let text = "use crate::{B, D, bytes, json::Value};\nuse crate::E;";
        assert_eq!(edges(&[("lib.rs", root), ("b.rs", ""), ("c.rs", ""), ("a.rs", text)]), ["a:1 b", "a:1 b", "a:2 c"]);
    }

    #[test]
    fn unknown_names_and_imports_of_everything_are_problems() {
        let files = sources(&[("lib.rs", "pub struct X;"), ("a.rs", "use crate::X;\nuse super::*;")]);
        let (imports, problems) = imports(&files).unwrap();
        assert_eq!(imports, []);
        let expected =
            ["src/a.rs:1: cannot find the module of `crate::X`", "src/a.rs:2: cannot find the module of `crate::*`"];
        assert_eq!(problems, expected);
    }

    #[test]
    fn the_root_may_import_everything() {
        assert_eq!(edges(&[("lib.rs", "pub use crate::a::A;"), ("a.rs", "use crate::A;")]), ["a:1 a"]);
    }

    #[test]
    fn a_cycle_can_go_through_the_root_and_generated_code() {
        let files = [
            ("lib.rs", "pub use client::Client;"),
            ("client.rs", "use crate::models::User;"),
            ("models/mod.rs", "use crate::types::Patch;"),
            ("types/mod.rs", "use crate::Client;"),
        ];
        let cycles = cycles(imports(&sources(&files)).unwrap().0, |_| false);
        assert_eq!(
            cycles.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["cycle: client -> models -> types -> client\n  src/client.rs:1 imports models\n  \
              src/models/mod.rs:1 imports types\n  src/types/mod.rs:1 imports client"]
        );
    }
}
