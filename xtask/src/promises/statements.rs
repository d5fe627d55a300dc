//! Splits a README into statements. They are the sentences of its paragraphs, list items and table rows.
//!
//! This covers the Markdown that the READMEs use. Headings, hidden comments and the heads of tables contain no statements.
//! Code contains none except in comments that begin with `//`.

use crate::markdown;

/// A sentence on one line, with the heading above it. The first sentence of a table row contains the cells before it,
/// separated by ` | `. Links are replaced by their labels.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) section: String,
    pub(super) text: String,
}

/// Returns the statements of a README in their order.
pub(super) fn of(readme: &str) -> Vec<Statement> {
    let mut reader = Reader::default();
    for line in readme.lines() {
        reader.line(line.trim());
    }
    reader.end_block();
    reader.statements
}

/// Splits a text into sentences, each on one line.
pub(super) fn sentences(text: &str) -> Vec<String> {
    markdown::sentences(text).into_iter().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[derive(Default)]
struct Reader {
    statements: Vec<Statement>,
    section: String,
    block: String,
    in_code: bool,
    /// The last row of a table, until the next line shows whether it is the head.
    row: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if line.starts_with("```") {
            self.in_code = !self.in_code;
            self.end_block();
        } else if self.in_code {
            self.comment(line);
        } else if let Some(row) = line.strip_prefix('|') {
            self.table_row(row);
        } else if line.starts_with('#') {
            self.end_block();
            line.trim_start_matches('#').trim().clone_into(&mut self.section);
        } else if line.is_empty() || line.starts_with("<!--") {
            self.end_block();
        } else {
            if let Some(item) = line.strip_prefix("- ") {
                self.end_block();
                self.block.push_str(item);
            } else {
                self.block.push_str(line);
            }
            self.block.push('\n');
        }
    }

    /// A comment can promise what the code does.
    fn comment(&mut self, line: &str) {
        if let Some((before, comment)) = line.split_once("// ")
            && (before.is_empty() || before.ends_with(' '))
        {
            comment.clone_into(&mut self.block);
            self.end_block();
        }
    }

    fn table_row(&mut self, row: &str) {
        if row.trim_start().starts_with("---") {
            self.row = None;
            return;
        }
        self.end_block();
        self.row = Some(row.strip_suffix('|').unwrap_or(row).trim().to_owned());
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        for text in self.row.take().into_iter().chain([block]) {
            let section = self.section.clone();
            let found = sentences(&markdown::plain(&text));
            self.statements.extend(found.into_iter().map(|text| Statement { section: section.clone(), text }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(readme: &str) -> Vec<String> {
        of(readme).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn sentences_are_on_one_line() {
        assert_eq!(sentences("It sends\none.  What  else?\n"), ["It sends one.", "What else?"]);
    }

    #[test]
    fn paragraphs_and_list_items_are_separate() {
        assert_eq!(texts("One\ntwo\n\nthree:\n- four\n  five.\n- six\n"), ["One two", "three:", "four five.", "six"]);
    }

    #[test]
    fn a_row_is_one_statement_unless_it_has_several_sentences() {
        let table = "| a | b |\n| --- | --- |\n| `x` | One. Two. |\n| `y\\|z` | 1 s |\n";
        assert_eq!(texts(table), ["`x` | One.", "Two.", "`y\\|z` | 1 s"]);
    }

    #[test]
    fn code_headings_and_hidden_comments_contain_no_statements() {
        assert_eq!(texts("# Title\n<!-- ANCHOR: a -->\n```rust\nlet a = 1;\n# b\n```\nText.\n"), ["Text."]);
    }

    #[test]
    fn comments_in_code_are_statements() {
        let code = "```ts\n// Sends one. And two\nsend(); // waits\nsend(\"https://a// b\");\n```\n";
        assert_eq!(texts(code), ["Sends one.", "And two", "waits"]);
    }

    #[test]
    fn statements_have_the_heading_above_them() {
        let sections: Vec<_> = of("# One\na\n## Two\nb\n").into_iter().map(|statement| statement.section).collect();
        assert_eq!(sections, ["One", "Two"]);
    }

    #[test]
    fn links_become_their_labels() {
        assert_eq!(texts("See [the **guide**](a.md) and [x](b)."), ["See the guide and x."]);
    }
}
