//! Patterns of SQL's `LIKE`.

use std::{iter, mem};

use crate::store::{Candidates, EDGE};

/// Characters in a text, of which `None` is any but an edge.
type Part = Vec<Option<char>>;

/// A pattern of SQL's `LIKE`. `%` is any text, `_` is any character, and a backslash escapes the next character.
#[derive(Debug)]
pub(crate) struct Like {
    /// Parts that a text with its edges contains, in this order. Empty if all texts match.
    parts: Vec<Part>,
}

impl Like {
    pub(crate) fn new(pattern: &str) -> Self {
        let mut characters = pattern.chars();
        let (mut parts, mut part) = (Vec::new(), vec![Some(EDGE)]);
        while let Some(character) = characters.next() {
            match character {
                '%' => parts.push(mem::take(&mut part)),
                '_' => part.push(None),
                '\\' => part.push(Some(characters.next().unwrap_or('\\'))),
                other => part.push(Some(other)),
            }
        }
        part.push(Some(EDGE));
        parts.push(part);
        // Each text has the edges.
        parts.retain(|part| !matches!(part.as_slice(), [] | [Some(EDGE)]));
        Self { parts }
    }

    /// Creates a pattern that matches only this text.
    pub(crate) fn exact(text: &str) -> Self {
        Self { parts: vec![with_edges(text).map(Some).collect()] }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut rest = with_edges(text);
        self.parts.iter().all(|part| {
            loop {
                let mut ahead = rest.clone();
                if part.iter().all(|wanted| ahead.next().is_some_and(|character| fits(character, *wanted))) {
                    rest = ahead;
                    return true;
                }
                if rest.next().is_none() {
                    return false;
                }
            }
        })
    }

    /// Returns the texts that can match. Those of `containing` contain a part in lower case.
    pub(crate) fn candidates(
        &self,
        case_sensitive: bool,
        containing: &dyn Fn(&[Option<char>]) -> Candidates,
    ) -> Candidates {
        let parts = if case_sensitive { self.lower_parts() } else { self.parts.clone() };
        match parts.as_slice() {
            [] => containing(&[]),
            [part] if part.contains(&None) => {
                let mut found = containing(part);
                // The text between the wildcards might be rare.
                for run in runs(part) {
                    found.possible.intersect(&containing(run).unsure().possible);
                }
                found
            }
            [part] => containing(part),
            parts => parts.iter().map(|part| containing(part)).reduce(Candidates::and).unwrap_or_default(),
        }
    }

    /// Returns parts in lower case of which every match contains all. A character can have several in lower case, so no
    /// part has a wildcard.
    fn lower_parts(&self) -> Vec<Part> {
        let parts = self.parts.iter().flat_map(|part| runs(part));
        parts.map(|part| part.iter().flatten().flat_map(|one| one.to_lowercase()).map(Some).collect()).collect()
    }
}

/// Returns what is between the wildcards.
fn runs(part: &[Option<char>]) -> impl Iterator<Item = &[Option<char>]> {
    part.split(Option::is_none).filter(|run| !run.is_empty())
}

fn with_edges(text: &str) -> impl Iterator<Item = char> + Clone {
    iter::once(EDGE).chain(text.chars()).chain(iter::once(EDGE))
}

fn fits(character: char, wanted: Option<char>) -> bool {
    wanted.map_or(character != EDGE, |wanted| wanted == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_supports_wildcards_and_escapes() {
        for (pattern, text, matches) in [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%%", "abc", true),
            ("a%", "abc", true),
            ("b%", "abc", false),
            ("%b%", "abc", true),
            ("%b", "abc", false),
            ("%c", "abc", true),
            ("abc", "abc", true),
            ("ab", "abc", false),
            ("a_c", "abc", true),
            ("a_c", "ac", false),
            ("_", "", false),
            ("_%", "a", true),
            ("%__", "a", false),
            ("a%a", "a", false),
            ("a%a", "aa", true),
            ("100\\%", "100%", true),
            ("100\\%", "1000", false),
            ("%日_", "x日本", true),
            ("%ab%ba%", "aba", false),
            ("%a%a%a%b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(Like::new(pattern).matches(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn exact_patterns_have_no_wildcards() {
        assert!(Like::exact("a%").matches("a%") && !Like::exact("a%").matches("ab"));
    }
}
