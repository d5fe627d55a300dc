//! Reads the links and ids of an HTML page.
//!
//! This is not a parser of all HTML. It covers what mdbook writes, and skips the contents of scripts and styles.

use std::collections::BTreeSet;

/// Anchors and links of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) ids: BTreeSet<String>,
    pub(super) links: Vec<String>,
}

impl Page {
    pub(super) fn read(html: &str) -> Self {
        let mut page = Self::default();
        let mut rest = html;
        while let Some((_, after)) = rest.split_once('<') {
            rest = match after.strip_prefix("!--") {
                Some(comment) => after_text(comment, "-->"),
                None => page.tag(after),
            };
        }
        page
    }

    /// Reads a tag, and returns the text after it. Closing tags have no name, so the search for tags just continues.
    fn tag<'a>(&mut self, text: &'a str) -> &'a str {
        let (name, mut rest) = split_at(text, |character| !character.is_ascii_alphanumeric() && character != '-');
        if name.is_empty() {
            return text;
        }
        loop {
            rest = rest.trim_start_matches(|character: char| character.is_whitespace() || character == '/');
            match rest.strip_prefix('>') {
                Some(after) => return after_content(name, after),
                None if rest.is_empty() => return rest,
                None => rest = self.attribute(rest),
            }
        }
    }

    /// Reads an attribute, and returns the text after it.
    fn attribute<'a>(&mut self, text: &'a str) -> &'a str {
        let (name, rest) = split_at(text, |character| character.is_whitespace() || "=>/".contains(character));
        let (value, rest) = match rest.trim_start().strip_prefix('=') {
            Some(rest) => attribute_value(rest.trim_start()),
            None => ("", rest),
        };
        match name {
            "id" => {
                self.ids.insert(plain(value));
            }
            "href" | "src" => self.links.push(plain(value)),
            _ => {}
        }
        rest
    }
}

/// Returns the value of an attribute and the text after it. Quotes are optional.
fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    split_at(text, |character| character.is_whitespace() || character == '>')
}

/// Scripts and styles contain text that looks like tags.
fn after_content<'a>(tag: &str, text: &'a str) -> &'a str {
    match tag {
        "script" => after_text(text, "</script"),
        "style" => after_text(text, "</style"),
        _ => text,
    }
}

fn after_text<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, after)| after)
}

fn split_at(text: &str, is_end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

fn plain(value: &str) -> String {
    value.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[&str], links: &[&str]) -> Page {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Page { ids: owned(ids).into_iter().collect(), links: owned(links) }
    }

    #[test]
    fn links_and_ids_are_read_with_every_kind_of_quotes() {
        let html =
            r##"<h2 id="a"><a class=header href='#a'>A</a></h2><template id=b></template><img src="x.svg" alt>"##;
        assert_eq!(Page::read(html), page(&["a", "b"], &["#a", "x.svg"]));
    }

    #[test]
    fn tags_can_close_themselves_and_span_lines() {
        assert_eq!(Page::read("<link\n  rel=\"icon\"\n  href = \"a.png\"/><br/>"), page(&[], &["a.png"]));
    }

    #[test]
    fn comments_scripts_styles_and_text_are_skipped() {
        let html = r#"<!-- <a href="1"> --><script>"<a href='2'>"</script><style>/* <a href="3"> */</style> 1 < 2 <p>"#;
        assert_eq!(Page::read(html), page(&[], &[]));
    }

    #[test]
    fn sources_of_scripts_are_links() {
        assert_eq!(Page::read(r#"<script src="toc.js"></script>"#), page(&[], &["toc.js"]));
    }

    #[test]
    fn ampersands_are_decoded() {
        assert_eq!(Page::read(r#"<a href="x?a&amp;b">"#).links, ["x?a&b"]);
    }

    #[test]
    fn incomplete_tags_end_the_page() {
        for html in ["<", "<a", "<a href", "<a href=", "<a href=\"x", "<a =", "<!-- x", "<script>x"] {
            assert!(Page::read(html).ids.is_empty(), "{html}");
        }
    }
}
