//! Reads the imports between modules of a crate that have the same parent.

mod modules;
mod path;
mod test_code;

use std::ops::Range;

use anyhow::Result;
use regex::Regex;

use self::modules::{Found, Module, Modules, absolute, siblings};
use self::path::Segment;
use self::test_code::{TestCode, end_of_block};
use super::graph::Import;
use crate::files::Source;
use crate::scan::{Language, Lines, Scanner, blank};

/// The start of a path that can leave its module.
const PATH: &str = r"(?:\$?\bcrate|\bself|\bsuper)\s*::";

const INLINE_MODULE: &str = r"\bmod\s+(\w+)\s*\{";

/// Generated code, which belongs to another crate.
const QUOTE: &str = r"\bquote!\s*\{";

/// Returns the imports between modules, and the paths whose module cannot be determined. Code for tests is ignored.
pub(crate) fn imports(files: &[Source]) -> Result<(Vec<Import>, Vec<String>)> {
    let reader = Reader::new()?;
    let files = reader.code(files);
    let modules = reader.modules(&files);
    let (mut imports, mut problems) = (Vec::new(), Vec::new());
    for file in &files {
        let from = module_of(&file.path);
        let lines = Lines::new(&file.text);
        for Target { path, at } in reader.targets(file) {
            let line = lines.at(at);
            match modules.of_item(&path) {
                Found::Module(to) => imports.extend(siblings(&from, &to).map(|(from, to)| Import {
                    from,
                    to,
                    file: file.path.clone(),
                    line,
                })),
                Found::Unknown if !from.is_empty() => {
                    let name = path.first().copied().unwrap_or_default();
                    problems.push(format!("{}:{line}: cannot find the module of `crate::{name}`", file.path));
                }
                Found::OtherCrate | Found::Unknown => {}
            }
        }
    }
    Ok((imports, problems))
}

/// A path from the crate's root, and its offset in the code.
struct Target<'a> {
    path: Vec<&'a str>,
    at: usize,
}

struct Reader {
    scanner: Scanner,
    test_code: TestCode,
    path: Regex,
    inline_module: Regex,
    quote: Regex,
    import: Regex,
}

impl Reader {
    fn new() -> Result<Self> {
        Ok(Self {
            scanner: Scanner::new()?,
            test_code: TestCode::new()?,
            path: Regex::new(PATH)?,
            inline_module: Regex::new(INLINE_MODULE)?,
            quote: Regex::new(QUOTE)?,
            import: Regex::new(r"\buse\s+")?,
        })
    }

    /// Returns the code of the files without comments, strings, tests and generated code.
    fn code(&self, files: &[Source]) -> Vec<Source> {
        let mut tests = Vec::new();
        let mut sources = Vec::new();
        for Source { path, text } in files {
            let code = self.scanner.code(Language::Rust, text);
            let (code, test_files) = self.test_code.remove(path, text, &code);
            tests.extend(test_files);
            sources.push(Source { path: path.clone(), text: self.without_quotes(&code) });
        }
        let is_test = |path: &str| {
            let mut rests = tests.iter().filter_map(|test| path.strip_prefix(test.as_str()));
            rests.any(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        sources.retain(|source| !is_test(&source.path));
        sources
    }

    fn without_quotes(&self, code: &str) -> String {
        let mut rest = String::with_capacity(code.len());
        let mut at = 0;
        while let Some(quote) = self.quote.find_at(code, at) {
            let end = end_of_block(code, quote.end() - 1);
            rest += code.get(at..quote.start()).unwrap_or_default();
            rest += &blank(code.get(quote.start()..end).unwrap_or_default(), ' ');
            at = end;
        }
        rest + code.get(at..).unwrap_or_default()
    }

    /// Returns the modules with their imports. Those of inline modules are left out.
    fn modules<'a>(&self, files: &'a [Source]) -> Modules<'a> {
        let mut modules = Modules::new(files.iter().map(|file| module_of(&file.path)));
        for file in files {
            let (module, inline) = (module_of(&file.path), self.inline_modules(&file.text));
            let starts = self.import.find_iter(&file.text).map(|import| import.end());
            for start in starts.filter(|start| !inline.iter().any(|(_, range)| range.contains(start))) {
                let (paths, _) = path::parse(&file.text, start);
                paths.iter().for_each(|path| modules.import(&module, path));
            }
        }
        modules
    }

    /// Returns all paths that can lead to another module.
    fn targets<'a>(&self, file: &'a Source) -> Vec<Target<'a>> {
        let code = &file.text;
        let inline_modules = self.inline_modules(code);
        let mut targets = Vec::new();
        let mut end = 0;
        for start in self.path.find_iter(code).map(|found| found.start()) {
            // Part of the previous path.
            if start < end {
                continue;
            }
            let mut module = module_of(&file.path);
            module.extend(inline_modules.iter().filter(|(_, range)| range.contains(&start)).map(|(name, _)| *name));
            let (paths, after) = path::parse(code, start);
            targets.extend(paths.iter().filter_map(|path| target(&path.segments, &module)));
            end = after;
        }
        targets
    }

    /// Returns the names of the inline modules with the ranges of their code.
    fn inline_modules<'a>(&self, code: &'a str) -> Vec<(&'a str, Range<usize>)> {
        let modules = self.inline_module.captures_iter(code).filter_map(|module| module.get(0).zip(module.get(1)));
        let range = |end| end..end_of_block(code, end - 1);
        modules.map(|(head, name)| (name.as_str(), range(head.end()))).collect()
    }
}

/// Returns the target of a path in a module. It is at the first segment that is a name.
fn target<'a>(segments: &[Segment<'a>], module: &[&'a str]) -> Option<Target<'a>> {
    let named = segments.iter().find(|segment| !["crate", "$crate", "self", "super"].contains(&segment.name))?;
    let names: Vec<_> = segments.iter().map(|segment| segment.name).collect();
    Some(Target { path: absolute(&names, module)?, at: named.at })
}

/// Returns the module of a file. That of the root is empty.
fn module_of(path: &str) -> Module<'_> {
    let path = path.split_once("src/").map_or(path, |(_, path)| path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<_> = path.split('/').collect();
    if matches!(module.last(), Some(&("lib" | "main" | "mod"))) {
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
    fn generated_code_is_ignored() {
        let text = "fn f() { quote! { use crate::b; { crate::c } }; quote! { crate::b }; crate::c::g() }";
        assert_eq!(edges_of("a.rs", text), ["a:1 c"]);
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
    fn modules_of_one_folder_import_each_other() {
        let parent = "mod x;\nmod y;\npub use y::Y;\nuse self::x::X;";
        let files = [
            ("lib.rs", "mod a;"),
            ("a/mod.rs", parent),
            ("a/x.rs", "use super::y::B;\nuse super::Y;\nuse crate::a::y;"),
            ("a/y/mod.rs", "use super::x::C;\nuse crate::a::X;"),
            ("a/y/z.rs", "fn f() { super::super::x::g() }"),
        ];
        assert_eq!(
            edges(&files),
            ["a::x:1 a::y", "a::x:2 a::y", "a::x:3 a::y", "a::y:1 a::x", "a::y:2 a::x", "a::y:1 a::x"]
        );
    }

    #[test]
    fn a_module_may_import_what_its_parents_and_its_own_modules_have() {
        let files = [
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod x; struct A; use self::x::X; use crate::a::x::Y;"),
            ("a/x.rs", "use super::A; use crate::a::A as B;"),
        ];
        assert_eq!(edges(&files), [""; 0]);
    }

    #[test]
    fn what_a_parent_imports_belongs_to_the_module_that_has_it() {
        let files =
            [("lib.rs", "mod a; mod b;"), ("a/mod.rs", "use crate::b::B;"), ("a/x.rs", "use super::B;"), ("b.rs", "")];
        assert_eq!(edges(&files), ["a:1 b", "a:1 b"]);
    }

    #[test]
    fn imports_of_imports_that_form_a_cycle_end() {
        let files = [
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "use self::x::A;"),
            ("a/x.rs", "use super::A;"),
            ("b.rs", "use crate::a::A;"),
        ];
        let (imports, problems) = imports(&sources(&files)).unwrap();
        assert_eq!((imports, problems.len()), (Vec::new(), 3));
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
        assert_eq!(edges(&[("lib.rs", "pub use crate::a::A;"), ("a.rs", "use crate::A as B;")]), [""; 0]);
    }

    #[test]
    fn a_cycle_can_go_through_the_root_and_generated_code() {
        let files = [
            ("lib.rs", "pub use client::Client;"),
            ("client.rs", "use crate::models::User;"),
            ("models/mod.rs", "use crate::types::Patch;"),
            ("types/mod.rs", "use crate::Client;"),
        ];
        let cycles = cycles(imports(&sources(&files)).unwrap().0);
        assert_eq!(
            cycles.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["cycle: client -> models -> types -> client\n  src/client.rs:1 imports models\n  \
              src/models/mod.rs:1 imports types\n  src/types/mod.rs:1 imports client"]
        );
    }
}
