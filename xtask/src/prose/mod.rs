//! Searches the texts of the project for rejected wordings and for long sentences.

mod hit;
mod lengths;
mod rules;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use regex::Regex;

use self::hit::Hit;
use self::lengths::Items;
use self::rules::{OPENINGS, Rule, WORDINGS, Wording};
use crate::files;
use crate::scan::{Language, Lines, Scanner};

/// Files that quote others. These are recorded answers, the rules, and copies of the sentences in READMEs.
const EXCLUDED: [&str; 4] = ["tests/fixtures/", "xtask/src/prose/rules.rs", "tests/promises/", "docs/src/promises.md"];

/// Folders in which the summaries of private items are checked too.
const ALL_ITEMS: [&str; 6] = ["bindings/", "cli/", "codegen/", "emulator/", "src/", "xtask/"];

/// Exempts its line from the named rule.
const MARKER: &str = "prose: allow";

/// Checks all texts that people read. Prints each rejected wording and long sentence.
pub(crate) fn check() -> Result<()> {
    let checker = Checker::new(&WORDINGS, &OPENINGS)?;
    let mut hits_of_folders = BTreeMap::new();
    for path in files::list()? {
        let Some(language) = Language::of(&path).filter(|_| !starts_with(&path, &EXCLUDED)) else {
            continue;
        };
        let source = files::read(&path)?;
        for Hit { line, rule, text, advice } in checker.check(language, &source.text, items(&path)) {
            println!("{path}:{line}: {rule}: {text} ({advice})");
            *hits_of_folders.entry(top(&path).to_owned()).or_insert(0) += 1;
        }
    }
    let total: usize = hits_of_folders.values().sum();
    let counts: Vec<_> = hits_of_folders.iter().map(|(folder, hits)| format!("{folder} {hits}")).collect();
    ensure!(
        total == 0,
        "rejected texts: {total} ({}); if one must stay, end its line with the comment `{MARKER} RULE`",
        counts.join(", ")
    );
    println!("No text has a rejected wording or a long sentence");
    Ok(())
}

fn starts_with(path: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| path.starts_with(prefix))
}

fn items(path: &str) -> Items {
    if starts_with(path, &ALL_ITEMS) { Items::All } else { Items::Public }
}

/// Returns the first folder of a path, or the name of a file in the root.
fn top(path: &str) -> &str {
    path.split_once('/').map_or(path, |(folder, _)| folder)
}

struct Checker {
    rules: Vec<Rule>,
    scanner: Scanner,
    marker: Regex,
}

impl Checker {
    fn new(wordings: &[Wording], openings: &[Wording]) -> Result<Self> {
        let rules =
            wordings.iter().map(Rule::anywhere).chain(openings.iter().map(Rule::opening)).collect::<Result<_>>()?;
        Ok(Self { rules, scanner: Scanner::new()?, marker: Regex::new(&format!("{MARKER} ([a-z-]+)"))? })
    }

    /// Returns the hits in the order of their lines.
    fn check(&self, language: Language, text: &str, items: Items) -> Vec<Hit> {
        let lines = Lines::new(text);
        let prose = self.scanner.prose(language, text);
        let mut exemptions = self.exemptions(&prose, &lines);
        let mut hits = lengths::find(&self.scanner, language, text, items);
        for rule in &self.rules {
            hits.extend(rule.find(&prose).map(|found| Hit {
                line: lines.at(found.start()),
                rule: rule.name,
                text: found.as_str().split_whitespace().collect::<Vec<_>>().join(" "),
                advice: rule.advice,
            }));
        }
        hits.retain(|hit| match exemptions.get_mut(&(hit.line, hit.rule)) {
            Some(used) => {
                *used = true;
                false
            }
            None => true,
        });
        hits.extend(exemptions.into_iter().filter(|(_, used)| !used).map(|((line, rule), _)| Hit {
            line,
            rule: "unused-exemption",
            text: format!("{MARKER} {rule}"),
            advice: "remove the comment",
        }));
        hits.sort_by_key(|hit| hit.line);
        hits
    }

    /// Returns the exempted lines and rules. All are marked as unused.
    fn exemptions<'a>(&self, prose: &'a str, lines: &Lines) -> BTreeMap<(usize, &'a str), bool> {
        let rules = self.marker.captures_iter(prose).filter_map(|marker| marker.get(1));
        rules.map(|rule| ((lines.at(rule.start()), rule.as_str()), false)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: Language, text: &str) -> Vec<(usize, String, String)> {
        let foo = Wording { name: "no-foo", rejected: "foo bar", ordinary: &["fine foo bar"], advice: "write baz" };
        let qux = Wording { name: "no-qux", rejected: "qux", ordinary: &[], advice: "start with quux" };
        let hits = Checker::new(&[foo], &[qux]).unwrap().check(language, text, Items::Public);
        hits.into_iter().map(|hit| (hit.line, hit.rule.to_owned(), hit.text)).collect()
    }

    fn hit(line: usize, text: &str) -> (usize, String, String) {
        (line, "no-foo".to_owned(), text.to_owned())
    }

    #[test]
    fn comments_and_strings_are_checked_and_code_is_not() {
        let text = "//! Foo bar.\nfoo bar;\nlet x = \"foo bar\";";
        assert_eq!(check(Language::Rust, text), [hit(1, "Foo bar"), hit(3, "foo bar")]);
    }

    #[test]
    fn all_of_markdown_is_checked() {
        assert_eq!(check(Language::Markdown, "# Title\n\nA foo bar\n"), [hit(3, "foo bar")]);
    }

    #[test]
    fn wordings_can_continue_in_the_next_line() {
        assert_eq!(check(Language::Rust, "/// foo\n/// bar"), [hit(1, "foo bar")]);
        assert_eq!(check(Language::Rust, "// foo\nbar();\n// bar"), []);
    }

    #[test]
    fn wordings_are_whole_words() {
        assert_eq!(check(Language::Markdown, "afoo bar, foo bare"), []);
    }

    #[test]
    fn openings_are_checked_at_the_start_of_comments_only() {
        let lines = |language, text| check(language, text).into_iter().map(|hit| hit.0).collect::<Vec<_>>();
        assert_eq!(
            lines(Language::Rust, "//! Qux.\n\nuse a;\n\n    /// Qux.\nf(\"qux\");\n/// Two.\n/// Qux."),
            [1, 5]
        );
        assert_eq!(lines(Language::JavaScript, "f();\n\n/** Qux. */\ng(); // qux\nh(); // a qux"), [3, 4]);
        assert_eq!(lines(Language::Markdown, "A title\n\nQux"), [0; 0]);
    }

    #[test]
    fn ordinary_wordings_are_allowed() {
        assert_eq!(check(Language::Markdown, "a fine foo bar"), []);
    }

    #[test]
    fn a_comment_exempts_its_line_from_one_rule() {
        let exempted = format!("f(\"foo bar\"); // {MARKER} no-foo\n");
        assert_eq!(check(Language::Rust, &exempted), []);
        assert_eq!(check(Language::Markdown, &format!("A foo bar. <!-- {MARKER} no-foo -->")), []);
        let next = exempted.clone() + "f(\"foo bar\");";
        assert_eq!(check(Language::Rust, &next), [hit(2, "foo bar")]);
        let other = exempted.replace("no-foo", "no-baz");
        let hits = check(Language::Rust, &other);
        assert_eq!(hits.iter().map(|hit| hit.1.as_str()).collect::<Vec<_>>(), ["no-foo", "unused-exemption"]);
    }

    #[test]
    fn long_sentences_can_be_exempted() {
        let long = format!("{}.", ["word"; 26].join(" "));
        let hits = check(Language::Markdown, &long);
        assert_eq!(hits.iter().map(|hit| hit.1.as_str()).collect::<Vec<_>>(), ["long-sentence"]);
        assert_eq!(check(Language::Markdown, &format!("{long} <!-- {MARKER} long-sentence -->")), []);
    }

    #[test]
    fn unused_exemptions_are_hits() {
        let text = format!("f(); // {MARKER} no-foo");
        let expected = (1, "unused-exemption".to_owned(), format!("{MARKER} no-foo"));
        assert_eq!(check(Language::Rust, &text), [expected]);
    }

    #[test]
    fn hits_are_in_the_order_of_lines() {
        let wordings = ["b", "a"].map(|word| Wording { name: word, rejected: word, ordinary: &[], advice: "" });
        let hits = Checker::new(&wordings, &[]).unwrap().check(Language::Markdown, "a\nb\n", Items::Public);
        assert_eq!(hits.iter().map(|hit| hit.line).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn recordings_and_the_rules_are_excluded() {
        assert!(starts_with("tests/fixtures/README.md", &EXCLUDED));
        assert!(starts_with("xtask/src/prose/rules.rs", &EXCLUDED));
        assert!(!starts_with("xtask/src/prose/mod.rs", &EXCLUDED));
    }

    #[test]
    fn private_items_are_checked_in_some_folders() {
        for path in [
            "bindings/core/src/lib.rs",
            "cli/src/main.rs",
            "codegen/src/graph.rs",
            "emulator/src/lib.rs",
            "src/lib.rs",
            "xtask/src/main.rs",
        ] {
            assert_eq!(items(path), Items::All, "{path}");
        }
        assert_eq!(items("examples/a.rs"), Items::Public);
    }

    #[test]
    fn hits_are_counted_by_top_folder() {
        assert_eq!(top("src/token/mod.rs"), "src");
        assert_eq!(top("README.md"), "README.md");
    }
}
