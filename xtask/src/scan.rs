//! Splits source text into code, comments and string literals.
//!
//! The scanner uses regular expressions and is simpler than a parser: it does not support nested block comments in Rust
//! and here-documents in shell scripts.

use std::ops::Range;
use std::path::Path;

use anyhow::Result;
use regex::{Captures, Regex};

const RUST: &str = r##"(?x)
    (?P<comment> //[^\n]* | /\*(?s:.*?)\*/ )
    | (?P<text>
        \b(?:b|c)?r"[^"]*" | \b(?:b|c)?r\#"(?s:.*?)"\# | \b(?:b|c)?r\#\#"(?s:.*?)"\#\#
        | "(?s:[^"\\]|\\.)*"
        | '(?:[^'\\\n]|\\[^\n][^'\n]*)'
    )"##;

/// A slash starts a regular expression if it follows an operator or `return`.
const JAVASCRIPT: &str = r#"(?x)
    (?P<comment> //[^\n]* | /\*(?s:.*?)\*/ )
    | (?P<text> "(?:[^"\\\n]|\\(?s:.))*" | '(?:[^'\\\n]|\\(?s:.))*' )
    | (?:[=(,:\[!&|?;>]|\breturn)\s*
      /(?:[^/*\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*/
    | (?P<template> ` ) | (?P<open> \{ ) | (?P<close> \} )"#;

/// The text of a template literal up to its end or to the next `${`.
const TEMPLATE: &str = r"(?s)(?:[^`\\]|\\.)*?(?:`|\$\{)";

const PYTHON: &str = r#"(?x)
    (?P<comment> \#[^\n]* )
    | (?P<text> """(?s:.*?)""" | '''(?s:.*?)''' | "(?:[^"\\\n]|\\(?s:.))*" | '(?:[^'\\\n]|\\(?s:.))*' )"#;

const SHELL: &str = r#"(?xm)
    (?:^|\s)(?P<comment> \#[^\n]* )
    | (?P<text> "(?s:[^"\\]|\\.)*" | '[^']*' )"#;

const TOML: &str = r#"(?x)
    (?P<comment> \#[^\n]* )
    | (?P<text> """(?s:.*?)""" | '''(?s:.*?)''' | "(?:[^"\\\n]|\\.)*" | '[^'\n]*' )"#;

/// Marker at the start of a line of a comment.
const MARKER: &str = r"(?m)^[ \t]*(?://[/!]?|/\*\*?|\*+/?|#!?)";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// JavaScript and TypeScript.
    JavaScript,
    Markdown,
    /// Other formats that are mostly text, such as HTML and YAML.
    Markup,
    Python,
    Rust,
    Shell,
    Toml,
}

impl Language {
    /// Returns the language of a file, or `None` for files that people do not read.
    pub(crate) fn of(path: &str) -> Option<Self> {
        if path == ".ci/run" {
            return Some(Self::Shell);
        }
        match Path::new(path).extension()?.to_str()? {
            "cjs" | "js" | "mjs" | "mts" | "ts" | "tsx" => Some(Self::JavaScript),
            "md" => Some(Self::Markdown),
            "astro" | "html" | "svelte" | "yaml" | "yml" => Some(Self::Markup),
            "py" => Some(Self::Python),
            "rs" => Some(Self::Rust),
            "sh" => Some(Self::Shell),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Comment,
    Text,
}

/// A comment or a string literal, with its markers or quotes. Everything between two pieces is code.
#[derive(Debug)]
struct Piece {
    kind: Kind,
    range: Range<usize>,
}

pub(crate) struct Scanner {
    javascript: Regex,
    marker: Regex,
    python: Regex,
    rust: Regex,
    shell: Regex,
    template: Regex,
    toml: Regex,
}

impl Scanner {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            javascript: Regex::new(JAVASCRIPT)?,
            marker: Regex::new(MARKER)?,
            python: Regex::new(PYTHON)?,
            rust: Regex::new(RUST)?,
            shell: Regex::new(SHELL)?,
            template: Regex::new(TEMPLATE)?,
            toml: Regex::new(TOML)?,
        })
    }

    /// Returns the code. Comments become spaces, and string literals become NUL characters. No offset changes.
    pub(crate) fn code(&self, language: Language, text: &str) -> String {
        self.convert(language, text, str::to_owned, |kind, piece| match kind {
            Kind::Comment => blank(piece, ' '),
            Kind::Text => blank(piece, '\0'),
        })
    }

    /// Returns the comments and string literals. Code becomes NUL characters. The markers of comments become spaces, so
    /// that a sentence can continue on the next line. No offset changes.
    pub(crate) fn prose(&self, language: Language, text: &str) -> String {
        self.texts(language, text, |string| string.replace("\\\n", " \n"))
    }

    /// Returns the comments, like `prose`. String literals become NUL characters, too.
    pub(crate) fn comments(&self, language: Language, text: &str) -> String {
        self.texts(language, text, |string| blank(string, '\0'))
    }

    fn texts(&self, language: Language, text: &str, string: impl Fn(&str) -> String) -> String {
        self.convert(
            language,
            text,
            |code| blank(code, '\0'),
            |kind, piece| match kind {
                Kind::Comment => self.marker.replace_all(piece, |marker: &Captures<'_>| blank(&marker[0], ' ')).into(),
                Kind::Text => string(piece),
            },
        )
    }

    fn convert(
        &self,
        language: Language,
        text: &str,
        code: impl Fn(&str) -> String,
        piece: impl Fn(Kind, &str) -> String,
    ) -> String {
        let part = |range: Range<usize>| text.get(range).unwrap_or_default();
        let mut converted = String::with_capacity(text.len());
        let mut at = 0;
        for Piece { kind, range } in self.pieces(language, text) {
            converted += &code(part(at..range.start));
            at = range.end;
            converted += &piece(kind, part(range));
        }
        converted + &code(part(at..text.len()))
    }

    fn pieces(&self, language: Language, text: &str) -> Vec<Piece> {
        match language {
            Language::JavaScript => self.javascript(text),
            Language::Markdown | Language::Markup => vec![Piece { kind: Kind::Text, range: 0..text.len() }],
            Language::Python => plain(&self.python, text),
            Language::Rust => plain(&self.rust, text),
            Language::Shell => plain(&self.shell, text),
            Language::Toml => plain(&self.toml, text),
        }
    }

    fn javascript(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        // The number of open braces in each `${` that contains the current position.
        let mut braces: Vec<usize> = Vec::new();
        let mut at = 0;
        while let Some(token) = self.javascript.captures_at(text, at) {
            at = token.get(0).map_or(text.len(), |token| token.end());
            pieces.extend(piece(&token));
            let mut template = token.name("template").map(|quote| quote.start());
            if token.name("open").is_some()
                && let Some(open) = braces.last_mut()
            {
                *open += 1;
            }
            if token.name("close").is_some() {
                match braces.pop() {
                    Some(0) => template = Some(at),
                    Some(open) => braces.push(open - 1),
                    None => {}
                }
            }
            if let Some(start) = template {
                let end = self.template.find_at(text, at).map_or(text.len(), |chunk| chunk.end());
                pieces.push(Piece { kind: Kind::Text, range: start..end });
                if text.get(..end).is_some_and(|chunk| chunk.ends_with("${")) {
                    braces.push(0);
                }
                at = end;
            }
        }
        pieces
    }
}

/// Finds line numbers by offset.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// Returns the number of the line, starting at 1.
    pub(crate) fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

/// Replaces everything but white space, and keeps the number of bytes.
pub(crate) fn blank(text: &str, with: char) -> String {
    let mut blanked = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_whitespace() {
            blanked.push(character);
        } else {
            blanked.extend(std::iter::repeat_n(with, character.len_utf8()));
        }
    }
    blanked
}

fn plain(token: &Regex, text: &str) -> Vec<Piece> {
    token.captures_iter(text).filter_map(|token| piece(&token)).collect()
}

fn piece(token: &Captures<'_>) -> Option<Piece> {
    [("comment", Kind::Comment), ("text", Kind::Text)]
        .into_iter()
        .find_map(|(name, kind)| Some(Piece { kind, range: token.name(name)?.range() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(language: Language, text: &str) -> String {
        let code = Scanner::new().unwrap().code(language, text);
        assert_eq!(code.len(), text.len());
        code.replace('\0', "_")
    }

    fn prose(language: Language, text: &str) -> Vec<String> {
        let prose = Scanner::new().unwrap().prose(language, text);
        assert_eq!(prose.len(), text.len());
        prose.split(['\0', '\n']).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn the_extension_names_the_language() {
        assert_eq!(Language::of("src/lib.rs"), Some(Language::Rust));
        assert_eq!(Language::of("lib/bytes.d.ts"), Some(Language::JavaScript));
        assert_eq!(Language::of("app/page.tsx"), Some(Language::JavaScript));
        assert_eq!(Language::of(".github/workflows/ci.yml"), Some(Language::Markup));
        assert_eq!(Language::of("a/README.md"), Some(Language::Markdown));
        assert_eq!(Language::of(".ci/run"), Some(Language::Shell));
        assert_eq!(Language::of("Cargo.lock"), None);
        assert_eq!(Language::of("LICENSE-MIT"), None);
    }

    #[test]
    fn rust_has_comments_and_strings() {
        let text = "//! Module.\n/// Item.\nfn f(); /* block */ g(\"text\", b\"bytes\") // end";
        assert_eq!(prose(Language::Rust, text), ["Module.", "Item.", "block */", "\"text\"", "\"bytes\"", "end"]);
    }

    #[test]
    fn rust_strings_can_be_raw_and_escaped() {
        assert_eq!(code(Language::Rust, r##"f(r#"a"b"#, 1)"##), "f(________, 1)");
        assert_eq!(code(Language::Rust, r#"f("a\"b//", 1)"#), "f(________, 1)");
        assert_eq!(code(Language::Rust, "f(r\"\\\", 1)"), "f(____, 1)");
    }

    #[test]
    fn rust_characters_are_not_lifetimes() {
        assert_eq!(
            code(Language::Rust, "f::<'a>('\"', '\\'', '\\u{41}', '{', '/') // x"),
            "f::<'a>(___, ____, ________, ___, ___)     "
        );
        assert_eq!(code(Language::Rust, "struct S<'a, 'b: 'a>(&'a str);"), "struct S<'a, 'b: 'a>(&'a str);");
    }

    #[test]
    fn comments_become_spaces_and_offsets_stay() {
        assert_eq!(code(Language::Rust, "a /* é\n */ b"), "a      \n    b");
    }

    #[test]
    fn sentences_continue_in_the_next_line_of_a_comment_or_string() {
        let scanner = Scanner::new().unwrap();
        let words = |language, text| {
            let prose = scanner.prose(language, text);
            prose.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(Language::Rust, "/// one\n    /// two"), "one two");
        assert_eq!(words(Language::JavaScript, "/**\n * one\n * two\n */"), "one two");
        assert_eq!(words(Language::Rust, "\"one \\\n    two\""), "\"one two\"");
        assert_eq!(words(Language::Toml, "# one\n# two"), "one two");
    }

    #[test]
    fn comments_can_be_read_without_strings() {
        let comments = Scanner::new().unwrap().comments(Language::Rust, "/// One.\nf(\"two\"); // three");
        assert_eq!(comments, format!("    One.\n{}    three", "\0".repeat(9)));
    }

    #[test]
    fn code_separates_comments() {
        assert_eq!(prose(Language::Rust, "// one\nx();\n// two"), ["one", "two"]);
        let prose = Scanner::new().unwrap().prose(Language::Rust, "// one\nx();\n// two");
        assert!(prose.contains("\0\0\0\0"));
    }

    #[test]
    fn javascript_templates_contain_code() {
        assert_eq!(code(Language::JavaScript, "`a${b}c` + d"), "____b}__ + d");
        assert_eq!(code(Language::JavaScript, "`${x ? `y${z}` : {}}` // e"), "___x ? ____z}_ : {}}_     ");
        assert_eq!(code(Language::JavaScript, "`a\\`b` + c"), "______ + c");
    }

    #[test]
    fn javascript_has_regular_expressions() {
        assert_eq!(code(Language::JavaScript, "x = /[\"/]/; y = 'z'"), "x = /[\"/]/; y = ___");
        assert_eq!(code(Language::JavaScript, "return /`/.test(x)"), "return /`/.test(x)");
        assert_eq!(code(Language::JavaScript, "a / b // c / d"), "a / b         ");
        assert_eq!(code(Language::JavaScript, "f(/* x */ a, b)"), "f(        a, b)");
    }

    #[test]
    fn python_has_docstrings() {
        let text = "def f():\n    \"\"\"Doc.\"\"\"\n    return 'it\\'s' # end";
        assert_eq!(prose(Language::Python, text), ["\"\"\"Doc.\"\"\"", "'it\\'s'   end"]);
    }

    #[test]
    fn a_hash_in_a_shell_word_is_code() {
        assert_eq!(code(Language::Shell, "x=${#list} # note\necho 'a # b'"), "x=${#list}       \necho __ _ __");
    }

    #[test]
    fn toml_keys_are_code() {
        let text = "key = \"text\"\n# note\nother = 'C:\\'";
        assert_eq!(prose(Language::Toml, text), ["\"text\"", "note", "'C:\\'"]);
    }

    #[test]
    fn all_of_markdown_is_prose() {
        assert_eq!(prose(Language::Markdown, "# Title\n\n`code`"), ["# Title", "`code`"]);
    }

    #[test]
    fn lines_start_at_one() {
        let lines = Lines::new("a\nb\n");
        assert_eq!([0, 1, 2, 3].map(|offset| lines.at(offset)), [1, 1, 2, 2]);
    }
}
