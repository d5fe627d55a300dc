//! Finds long sentences, and long summaries: the first sentences of documentation.

use super::hit::Hit;
use crate::markdown;
use crate::scan::{Language, Scanner};

/// Maximum number of words of a sentence. A code span counts as one word.
const WORDS: usize = 25;

/// Maximum number of characters of a summary. Targets of links and marks of code do not count.
const CHARACTERS: usize = 80;

/// Number of words in a hit, which are enough to find the sentence.
const QUOTED: usize = 8;

/// Items of Rust whose summaries are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Items {
    Public,
    All,
}

/// Returns long sentences, and long summaries of the file and of these items.
pub(super) fn find(scanner: &Scanner, language: Language, source: &str, items: Items) -> Vec<Hit> {
    let texts = match language {
        Language::Markup => return Vec::new(),
        Language::Markdown | Language::Toml => scanner.prose(language, source),
        _ => scanner.comments(language, source),
    };
    let lines: Vec<_> = source.lines().collect();
    let mut found = Vec::new();
    for block in blocks(&texts) {
        let text = markdown::plain(&block.text).replace("{@link ", "");
        let mut line = block.line;
        for (index, sentence) in markdown::sentences(&text).into_iter().enumerate() {
            let quote = || sentence.split_whitespace().take(QUOTED).collect::<Vec<_>>().join(" ");
            let words = words(sentence);
            if words > WORDS {
                let text = format!("{words} words: {} …", quote());
                found.push(Hit { line, rule: "long-sentence", text, advice: "split it, 25 words are the limit" });
            }
            let characters = characters(sentence);
            if index == 0 && characters > CHARACTERS && is_summary(&lines, block.line, items) {
                let text = format!("{characters} characters: {} …", quote());
                found.push(Hit { line, rule: "long-summary", text, advice: "shorten it to 80, and explain below" });
            }
            line += sentence.matches('\n').count();
        }
    }
    found
}

/// A paragraph, heading, list item or table cell. The line is its first one.
struct Block {
    line: usize,
    text: String,
}

/// Splits texts into blocks. NUL characters separate texts. Code blocks and comments of HTML contain no blocks.
fn blocks(texts: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for (index, line) in texts.lines().enumerate() {
        let mut pieces = line.split('\0').filter(|piece| !piece.trim().is_empty()).peekable();
        let has_code = line.contains('\0');
        reader.in_code &= !has_code;
        reader.is_open &= !has_code && pieces.peek().is_some();
        for piece in pieces {
            reader.line(index + 1, piece);
        }
        reader.is_open &= !has_code;
    }
    reader.blocks
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    /// Whether the next line can continue the last block.
    is_open: bool,
    in_code: bool,
    /// Indentation of the last block, if a deeper indentation starts another one.
    indent: Option<usize>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if text.starts_with("```") {
            self.in_code = !self.in_code;
            self.is_open = false;
        } else if self.in_code || text.starts_with("<!--") {
            self.is_open = false;
        } else if let Some(row) = text.strip_prefix('|') {
            self.blocks.extend(cells(row).map(|text| Block { line: number, text }));
            self.is_open = false;
        } else if is_item(text) || text.starts_with(['#', '@']) {
            self.start(number, text);
            self.is_open = !text.starts_with('#');
            self.indent = None;
        } else if let Some(block) = self.blocks.last_mut()
            && self.is_open
            && self.indent.is_none_or(|before| indent <= before)
        {
            block.text.push('\n');
            block.text.push_str(text);
        } else {
            self.start(number, text);
            self.indent = Some(indent);
        }
    }

    fn start(&mut self, line: usize, text: &str) {
        self.blocks.push(Block { line, text: text.to_owned() });
        self.is_open = true;
    }
}

fn cells(row: &str) -> impl Iterator<Item = String> {
    let row = row.replace("\\|", " ");
    row.split('|').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn is_item(text: &str) -> bool {
    text.starts_with("- ") || text.trim_start_matches(|character: char| character.is_ascii_digit()).starts_with(". ")
}

fn words(sentence: &str) -> usize {
    let mut in_code = false;
    let counted = sentence.split_whitespace().filter(|word| {
        let counts = !in_code && word.contains(|character: char| character.is_alphanumeric() || character == '`');
        in_code ^= word.matches('`').count() % 2 == 1;
        counts
    });
    counted.count()
}

fn characters(sentence: &str) -> usize {
    sentence.trim().chars().filter(|character| !"`[]{}".contains(*character)).count()
}

/// Whether a line starts the documentation of a file or of one of these items. In JavaScript, all items count.
fn is_summary(lines: &[&str], number: usize, items: Items) -> bool {
    let (above, below) = lines.split_at_checked(number).unwrap_or((lines, &[]));
    let mut above = above.iter().rev().map(|line| line.trim_start());
    let (first, before) = (above.next().unwrap_or_default(), above.next().unwrap_or_default());
    match first.get(..3) {
        Some("///") => !before.starts_with("///") && (items == Items::All || is_public(lines, below)),
        Some("//!") => !before.starts_with("//!"),
        Some("/**") => true,
        _ => before.trim_end() == "/**",
    }
}

/// Whether a public item, a variant or a method of a public trait comes next.
fn is_public(lines: &[&str], below: &[&str]) -> bool {
    let is_item = |line: &&&str| !line.trim_start().starts_with("///") && !line.trim_start().starts_with("#[");
    let Some(item) = below.iter().find(is_item) else {
        return false;
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let above = lines.iter().take(lines.len() - below.len()).rev();
    let owner = above.filter(|line| !line.is_empty()).find(|line| indent(line) < indent(item));
    let item = item.trim_start();
    item.starts_with("pub ")
        || item.starts_with(char::is_uppercase)
        || owner.is_some_and(|owner| owner.trim_start().starts_with("pub trait "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(language: Language, text: &str) -> Vec<(usize, &'static str)> {
        hits_of(Items::Public, language, text)
    }

    fn hits_of(items: Items, language: Language, text: &str) -> Vec<(usize, &'static str)> {
        let found = find(&Scanner::new().unwrap(), language, text, items);
        found.into_iter().map(|long| (long.line, long.rule)).collect()
    }

    /// Returns a sentence with this number of words.
    fn sentence(words: usize) -> String {
        format!("A{}.", " b".repeat(words - 1))
    }

    /// Returns a summary with this number of characters.
    fn summary(characters: usize) -> String {
        format!("A{}.", "a".repeat(characters - 2))
    }

    #[test]
    fn sentences_have_at_most_25_words() {
        let [fine, long] = [25, 26].map(sentence);
        assert_eq!(hits(Language::Markdown, &format!("# {fine}\n\n{fine} {fine}\n{fine}\n")), []);
        assert_eq!(
            hits(Language::Markdown, &format!("# {long}\n\n{fine}\n{fine}\n{long}\n")),
            [(1, "long-sentence"), (5, "long-sentence")]
        );
    }

    #[test]
    fn sentences_can_span_lines() {
        let lines = sentence(26).replace(" b b", " b\nb");
        assert_eq!(hits(Language::Markdown, &lines), [(1, "long-sentence")]);
        assert_eq!(hits(Language::Rust, &format!("// {}", lines.replace('\n', "\n// "))), [(1, "long-sentence")]);
        assert_eq!(hits(Language::Rust, &format!("// {}", lines.replace('\n', "\nf();\n// "))), []);
    }

    #[test]
    fn code_and_punctuation_are_not_words() {
        let long = sentence(24).replace('.', " `one two  three`, – [four](five six).");
        assert_eq!(hits(Language::Markdown, &long), [(1, "long-sentence")]);
        assert_eq!(hits(Language::Markdown, &long.replace("A b", "A")), []);
        assert_eq!(hits(Language::Markdown, &format!("```\n{}\n```\n<!-- {} -->\n", sentence(26), sentence(26))), []);
    }

    #[test]
    fn items_and_cells_are_sentences_of_their_own() {
        let half = sentence(20).replace('.', "");
        assert_eq!(hits(Language::Markdown, &format!("{half}:\n- {half}\n- {half}\n1. {half}\n2. {half}\n")), []);
        assert_eq!(hits(Language::Markdown, &format!("- {half}\n  {half}\n")), [(1, "long-sentence")]);
        assert_eq!(hits(Language::Markdown, &format!("| {half} | {half} |\n| `a\\|b` {half} | {half} |\n")), []);
        assert_eq!(hits(Language::JavaScript, &format!("/**\n * {half}\n * @param x {half}\n */")), []);
        assert_eq!(hits(Language::Rust, &format!("// {half}\n//   {half}\n")), []);
    }

    #[test]
    fn comments_and_the_strings_of_toml_are_read() {
        let long = sentence(26);
        assert_eq!(hits(Language::Rust, &format!("f(\"{long}\"); // {long}")), [(1, "long-sentence")]);
        assert_eq!(
            hits(Language::Toml, &format!("a = [\n\"{long}\",\n\"b\"]\n# {long}")),
            [(2, "long-sentence"), (4, "long-sentence")]
        );
        assert_eq!(hits(Language::Markup, &long), []);
    }

    #[test]
    fn summaries_have_at_most_80_characters() {
        let [fine, long] = [80, 81].map(summary);
        assert_eq!(hits(Language::Rust, &format!("//! {fine} {long}\n\n/// {fine}\n///\n/// {long}\npub fn f();")), []);
        assert_eq!(
            hits(Language::Rust, &format!("//! {long}\n\n/// {long}\n#[a]\npub struct S {{\n/// {long}\nA")),
            [(1, "long-summary"), (3, "long-summary"), (6, "long-summary")]
        );
        let method = format!("{{\n    fn f();\n\n    /// {long}\n    fn g();\n}}");
        assert_eq!(hits(Language::Rust, &format!("pub trait T {method}")), [(4, "long-summary")]);
        assert_eq!(hits(Language::Rust, &format!("trait T {method}")), []);
        assert_eq!(
            hits(Language::JavaScript, &format!("/** {long} */\n/**\n * {long}\n */")),
            [(1, "long-summary"), (3, "long-summary")]
        );
    }

    #[test]
    fn links_count_by_their_text() {
        let linked = summary(79).replace('.', " [`b`](crate::b).");
        assert_eq!(hits(Language::Rust, &format!("//! {linked}")), [(1, "long-summary")]);
        assert_eq!(hits(Language::Rust, &format!("//! {}", linked.replacen('a', "", 1))), []);
    }

    #[test]
    fn summaries_of_private_items_are_checked_only_among_all_items() {
        let [fine, long] = [80, 81].map(summary);
        let text = format!("/// {long}\nfn f();\n/// {long}\npub(crate) fn g();\n/// {fine} {long}\nfn h();");
        assert_eq!(hits(Language::Rust, &text), []);
        assert_eq!(hits_of(Items::All, Language::Rust, &text), [(1, "long-summary"), (3, "long-summary")]);
    }

    #[test]
    fn ordinary_comments_are_not_summaries() {
        let long = summary(81);
        assert_eq!(hits_of(Items::All, Language::Rust, &format!("// {long}\nfn f();")), []);
        assert_eq!(hits(Language::Markdown, &long), []);
        assert_eq!(hits(Language::JavaScript, &format!("// {long}")), []);
    }
}
