//! Reads the imports between the modules of a crate.
//!
//! Both have the same parent, or one is the parent of the other.

mod modules;
mod path;
mod reader;
mod test_code;

use anyhow::Result;

use self::modules::{Found, compared};
use self::reader::{Reader, Target, module_of};
use super::graph::Import;
use crate::files::Source;
use crate::scan::Lines;

/// Returns imports between modules, and paths whose module is unknown. Ignores code for tests.
pub(crate) fn imports(files: &[Source]) -> Result<(Vec<Import>, Vec<String>)> {
    let reader = Reader::new()?;
    let files = reader.code(files);
    let modules = reader.modules(&files);
    let (mut imports, mut problems) = (Vec::new(), Vec::new());
    for file in &files {
        let from = module_of(&file.path);
        let lines = Lines::new(&file.text);
        for Target { path, at, is_facade } in reader.targets(file, &modules) {
            let line = lines.at(at);
            match modules.of_item(&path) {
                Found::Module(to) if to == from || from.is_empty() => {}
                Found::Module(to) if is_facade && to.starts_with(&from) => {}
                Found::Module(to) => {
                    let (from, to) = compared(&from, &to);
                    imports.push(Import { from, to, file: file.path.clone(), line });
                }
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
        assert_eq!(edges_of("a/x.rs", "use super::b::B;"), ["a::x:1 a"]);
        assert_eq!(edges_of("a/x.rs", "use super::super::b::B;"), ["a:1 b"]);
        let text = "use super::{super::{super::b::B, x}, z};";
        assert_eq!(edges_of("a/x/y.rs", text), ["a:1 b", "a::x::y:1 a::x", "a::x::y:1 a::x"]);
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
            ["a:4 a::x", "a::x:1 a::y", "a::x:2 a::y", "a::x:3 a::y", "a::y:1 a::x", "a::y:2 a::x", "a::y:1 a::x"]
        );
    }

    /// The edges of a module `a` that has the module `x`.
    fn edges_of_parent(text: &str) -> Vec<String> {
        edges(&[("lib.rs", "mod a;"), ("a/mod.rs", text), ("a/x/mod.rs", ""), ("a/x/y.rs", "")])
    }

    #[test]
    fn parents_import_from_their_modules() {
        for text in ["use self::x::X;", "use crate::a::x;", "use x::y::Y;", "mod x; fn f() { x::g() }"] {
            assert_eq!(edges_of_parent(text), ["a:1 a::x"], "{text}");
        }
    }

    #[test]
    fn modules_import_from_their_parents() {
        for text in ["use super::A;", "use crate::a::A;", "fn f() { super::g() }"] {
            assert_eq!(edges(&[("a/mod.rs", "struct A;"), ("a/x.rs", text)]), ["a::x:1 a"], "{text}");
            assert_eq!(edges_of("a/x/y.rs", &text.replace("super", "super::super")), ["a::x:1 a"], "{text}");
        }
    }

    #[test]
    fn re_exports_that_the_module_does_not_use_are_no_imports() {
        for text in ["pub use self::x::X;", "pub(crate) use x::{X, y::Y as Z};", "pub(in crate::a) use self::x::*;"] {
            assert_eq!(edges_of_parent(text), [""; 0], "{text}");
        }
        assert_eq!(edges_of_parent("mod x; pub use self::x::x; pub use x::y; mod tests { fn f() {} }"), [""; 0]);
    }

    #[test]
    fn re_exports_that_the_module_uses_are_imports() {
        assert_eq!(edges_of_parent("pub use self::x::X; impl X {}"), ["a:1 a::x"]);
        assert_eq!(edges_of_parent("pub use self::x::X as A;\nfn f() -> A {}"), ["a:1 a::x"]);
        assert_eq!(edges_of_parent("pub use self::x::{X, Y};\nfn f() -> Y {}"), ["a:1 a::x"]);
    }

    #[test]
    fn re_exports_of_other_modules_are_imports() {
        assert_eq!(edges_of("a.rs", "pub use crate::b::B;"), ["a:1 b"]);
        assert_eq!(edges_of("a/x.rs", "pub use super::A;"), ["a::x:1 a"]);
    }

    #[test]
    fn other_paths_do_not_begin_with_the_name_of_a_module() {
        assert_eq!(edges_of_parent("fn f() { ::x::g(); y::x::g(); A::<B>::x::g(); x.x::<B>() }"), [""; 0]);
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
    fn a_cycle_can_go_through_a_parent() {
        let files = [("a/mod.rs", "use self::x::X;"), ("a/x.rs", "use super::y::Y;"), ("a/y.rs", "use super::A;")];
        let cycles = cycles(imports(&sources(&files)).unwrap().0);
        let first = cycles.iter().filter_map(|cycle| cycle.to_string().lines().next().map(str::to_owned));
        assert_eq!(first.collect::<Vec<_>>(), ["cycle: a -> a::x -> a::y -> a"]);
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
