//! Finds the modules and the paths in the files of a crate.

use std::collections::BTreeSet;
use std::ops::Range;

use anyhow::Result;
use regex::Regex;

use super::modules::{Module, Modules, absolute};
use super::path::{self, Path, Segment};
use super::test_code::{TestCode, end_of_block};
use crate::files::Source;
use crate::scan::{Language, Scanner, blank};

/// The start of a path.
const PATH: &str = r"\$?\b\w+\s*::";

/// An import, or the declaration of a module in another file.
const DECLARATION: &str = r"(?P<public>\bpub(?:\s*\([^)]*\))?\s+)?\b(?:use\s[^;]*|mod\s+\w+\s*);";

const INLINE_MODULE: &str = r"\bmod\s+(\w+)\s*\{";

/// Generated code, which belongs to another crate.
const QUOTE: &str = r"\bquote!\s*\{";

/// A path from the crate's root, and its offset in the code.
pub(super) struct Target<'a> {
    pub path: Vec<&'a str>,
    pub at: usize,
    /// Whether it is a re-export of a name that the file does not use.
    pub is_facade: bool,
}

pub(super) struct Reader {
    scanner: Scanner,
    test_code: TestCode,
    path: Regex,
    declaration: Regex,
    inline_module: Regex,
    quote: Regex,
    import: Regex,
}

impl Reader {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            scanner: Scanner::new()?,
            test_code: TestCode::new()?,
            path: Regex::new(PATH)?,
            declaration: Regex::new(DECLARATION)?,
            inline_module: Regex::new(INLINE_MODULE)?,
            quote: Regex::new(QUOTE)?,
            import: Regex::new(r"\buse\s+")?,
        })
    }

    /// Returns the code without comments, strings, tests and generated code.
    pub(super) fn code(&self, files: &[Source]) -> Vec<Source> {
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
    pub(super) fn modules<'a>(&self, files: &'a [Source]) -> Modules<'a> {
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

    /// Returns all paths that can lead to another module. They begin with `crate`, `self`, `super` or the name of one of
    /// the module's own modules.
    pub(super) fn targets<'a>(&self, file: &'a Source, modules: &Modules<'a>) -> Vec<Target<'a>> {
        let code = &file.text;
        let inline_modules = self.inline_modules(code);
        let reexports = self.reexports(code);
        let used = self.used_names(code);
        let mut targets = Vec::new();
        let mut end = 0;
        for start in self.path.find_iter(code).map(|found| found.start()) {
            let is_part_of_previous = start < end;
            if is_part_of_previous || code.get(..start).is_some_and(continues) {
                continue;
            }
            let mut module = module_of(&file.path);
            module.extend(inline_modules.iter().filter(|(_, range)| range.contains(&start)).map(|(name, _)| *name));
            let (paths, after) = path::parse(code, start);
            let is_reexport = reexports.iter().any(|range| range.contains(&start));
            let leads_out = |path: &&Path<'a>| {
                let first = path.segments.first().map(|first| first.name);
                first.is_some_and(|first| is_keyword(first) || modules.has_child(&module, first))
            };
            targets.extend(paths.iter().filter(leads_out).filter_map(|path| {
                let is_facade = is_reexport && path.name().is_none_or(|name| !used.contains(name));
                target(&path.segments, &module, is_facade)
            }));
            end = after;
        }
        targets
    }

    /// Returns where the code has imports that are visible to other modules.
    fn reexports(&self, code: &str) -> Vec<Range<usize>> {
        let declarations = self.declaration.captures_iter(code).filter(|found| found.name("public").is_some());
        declarations.filter_map(|found| found.get(0)).map(|found| found.range()).collect()
    }

    /// Returns the words outside of imports and declarations of modules.
    fn used_names<'a>(&self, code: &'a str) -> BTreeSet<&'a str> {
        self.declaration.split(code).flat_map(|code| code.split(|character| !path::is_word(character))).collect()
    }

    /// Returns the names of the inline modules with the ranges of their code.
    fn inline_modules<'a>(&self, code: &'a str) -> Vec<(&'a str, Range<usize>)> {
        let modules = self.inline_module.captures_iter(code).filter_map(|module| module.get(0).zip(module.get(1)));
        let range = |end| end..end_of_block(code, end - 1);
        modules.map(|(head, name)| (name.as_str(), range(head.end()))).collect()
    }
}

/// Returns the target of a path in a module. It is at the first segment that is a name.
fn target<'a>(segments: &[Segment<'a>], module: &[&'a str], is_facade: bool) -> Option<Target<'a>> {
    let named = segments.iter().find(|segment| !is_keyword(segment.name))?;
    let names: Vec<_> = segments.iter().map(|segment| segment.name).collect();
    Some(Target { path: absolute(&names, module)?, at: named.at, is_facade })
}

/// Whether what follows continues a path or is a method. A path does after type arguments.
fn continues(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with("::") || (before.ends_with('.') && !before.ends_with(".."))
}

fn is_keyword(segment: &str) -> bool {
    ["crate", "$crate", "self", "super"].contains(&segment)
}

/// Returns the module of a file. That of the root is empty.
pub(super) fn module_of(path: &str) -> Module<'_> {
    let path = path.split_once("src/").map_or(path, |(_, path)| path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<_> = path.split('/').collect();
    if matches!(module.last(), Some(&("lib" | "main" | "mod"))) {
        module.pop();
    }
    module
}
