//! Reads the imports of the npm package's TypeScript files.

use std::collections::BTreeSet;

use anyhow::Result;
use regex::Regex;

use super::graph::Import;
use crate::files::Source;
use crate::scan::{Language, Lines, Scanner};

/// `import .. from ""`, `export .. from ""`, `import ""` and `import("")`. The scanner blanks the string.
const IMPORT: &str = r"(?x)
    \b(?:
        (?:import|export) \s+ (?: type\s+ )?
        (?: [\w$]+ \s* (?: ,\s* )? )? (?: \{[^}]*\} | \* (?: \s*as\s+[\w$]+ )? )? \s* \b from \s*
        | import \s* (?: \(\s* )?
    ) (?P<path> \x00+ )";

/// Returns the relative imports between the files. A file is named by its path.
pub(crate) fn imports(files: &[Source]) -> Result<(Vec<Import>, Vec<String>)> {
    let scanner = Scanner::new()?;
    let pattern = Regex::new(IMPORT)?;
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let (mut imports, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        let code = scanner.code(Language::JavaScript, &file.text);
        let lines = Lines::new(&file.text);
        for found in pattern.captures_iter(&code) {
            let Some(path) = found.name("path") else {
                continue;
            };
            let line = lines.at(path.start());
            let specifier = file.text.get(path.range()).unwrap_or_default().trim_matches(['"', '\'']);
            match resolve(&file.path, specifier, &paths) {
                Target::File(to) => imports.push(Import { from: file.path.clone(), to, file: file.path.clone(), line }),
                Target::Missing => problems.push(format!("{}:{line}: cannot find {specifier:?}", file.path)),
                Target::Other => {}
            }
        }
    }
    Ok((imports, problems))
}

#[derive(Debug, PartialEq, Eq)]
enum Target {
    File(String),
    /// A TypeScript file that does not exist.
    Missing,
    /// A package, or a file that is not TypeScript.
    Other,
}

fn resolve(importer: &str, specifier: &str, paths: &BTreeSet<&str>) -> Target {
    if !specifier.starts_with("./") && !specifier.starts_with("../") {
        return Target::Other;
    }
    let mut target: Vec<&str> = folder(importer).split('/').collect();
    for segment in specifier.split('/') {
        match segment {
            "." => {}
            ".." => {
                target.pop();
            }
            name => target.push(name),
        }
    }
    let target = target.join("/");
    // TypeScript imports name the compiled file.
    let Some(stem) = target.strip_suffix(".js") else {
        return Target::Other;
    };
    let file = [format!("{stem}.ts"), format!("{stem}.d.ts")].into_iter().find(|path| paths.contains(path.as_str()));
    file.map_or(Target::Missing, Target::File)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    /// The imports of `lib/a.ts`: line and file.
    fn imports_of(text: &str) -> Vec<(usize, String)> {
        let others = ["lib/b.ts", "lib/c.ts", "lib/x/d.ts", "lib/e.d.ts"].map(|path| source(path, ""));
        let (imports, problems) = imports(&[&[source("lib/a.ts", text)], others.as_slice()].concat()).unwrap();
        assert_eq!(problems, [""; 0]);
        imports.into_iter().map(|import| (import.line, import.to)).collect()
    }

    fn import(line: usize, to: &str) -> (usize, String) {
        (line, to.to_owned())
    }

    #[test]
    fn every_form_of_import_counts() {
        for form in [
            "import b from './b.js';",
            "import { b, type B } from \"./b.js\";",
            "import b, { c } from \"./b.js\";",
            "import * as b from \"./b.js\";",
            "import \"./b.js\";",
            "const b = await import(\"./b.js\");",
            "export * from \"./b.js\";",
            "export * as b from \"./b.js\";",
            "export { b, type B } from \"./b.js\";",
        ] {
            assert_eq!(imports_of(form), [import(1, "lib/b.ts")], "{form}");
        }
    }

    #[test]
    fn imports_of_types_count() {
        for form in [
            "import { type B } from \"./b.js\";",
            "import type B from \"./b.js\";",
            "import type { B } from \"./b.js\";",
            "import type * as b from \"./b.js\";",
            "export type { B } from \"./b.js\";",
            "export type * from \"./b.js\";",
        ] {
            assert_eq!(imports_of(form), [import(1, "lib/b.ts")], "{form}");
        }
    }

    #[test]
    fn imports_span_lines() {
        let text = "import {\n  // From b.\n  b,\n  c,\n} from \"./b.js\";\nimport { d } from \"./x/d.js\";";
        assert_eq!(imports_of(text), [import(5, "lib/b.ts"), import(6, "lib/x/d.ts")]);
    }

    #[test]
    fn exports_without_a_source_are_no_imports() {
        let text =
            "export const b = 1;\nexport { b };\nexport type C = { from: string };\nimport { c } from \"./c.js\";";
        assert_eq!(imports_of(text), [import(4, "lib/c.ts")]);
    }

    #[test]
    fn comments_and_strings_are_no_imports() {
        let text = "// import \"./b.js\"\n/* import \"./b.js\" */\nconst text = 'import \"./b.js\"';";
        assert_eq!(imports_of(text), []);
    }

    #[test]
    fn declarations_can_be_imported() {
        assert_eq!(imports_of("import \"./e.js\";"), [import(1, "lib/e.d.ts")]);
    }

    #[test]
    fn packages_and_other_files_are_ignored() {
        assert_eq!(imports_of("import \"node:fs\"; import \"#loader\"; import wasm from \"./b.wasm\";"), []);
    }

    #[test]
    fn missing_files_are_problems() {
        let (imports, problems) = imports(&[source("lib/a.ts", "\nimport \"./b.js\";")]).unwrap();
        assert_eq!((imports.len(), problems), (0, vec!["lib/a.ts:2: cannot find \"./b.js\"".to_owned()]));
    }

    #[test]
    fn paths_are_relative_to_the_importer() {
        let paths = BTreeSet::from(["lib/b.ts", "lib/x/d.ts"]);
        let file = |path: &str| Target::File(path.to_owned());
        assert_eq!(resolve("lib/x/a.ts", "../b.js", &paths), file("lib/b.ts"));
        assert_eq!(resolve("lib/x/a.ts", "./d.js", &paths), file("lib/x/d.ts"));
        assert_eq!(resolve("lib/x/a.ts", "../x/../b.js", &paths), file("lib/b.ts"));
    }
}
