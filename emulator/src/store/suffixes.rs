//! An index of the texts that a member of the entities has.
//!
//! It is a tree of the suffixes of the texts, in lower case. A branch ends where few texts are left, and these have to be
//! checked. So rare and common parts are found fast, the tree needs little memory, and that of a small table has no branches.

use std::collections::BTreeMap;

use super::places::Places;

/// Marks the beginning and the end of a text. The values of entities cannot contain it.
pub(crate) const EDGE: char = '\0';
/// Number of texts above which a branch continues. Unit tests have small tables.
const FEW: usize = if cfg!(test) { 64 } else { 1 << 13 };
/// Number of characters after which each branch ends.
const DEEPEST: usize = 32;

/// The places of texts, by their suffixes.
#[derive(Debug)]
pub(super) enum Suffixes {
    /// The end of a branch. It has the texts with the characters that lead to it, and outdated ones.
    Few(Vec<u32>),
    Many {
        /// The texts with the characters that lead here.
        places: Places,
        next: BTreeMap<char, Suffixes>,
    },
}

/// The texts that contain a part.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    pub certain: Places,
    /// Texts to check.
    pub possible: Places,
}

impl Candidates {
    /// Returns the candidates of both.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.certain.unite(&other.certain);
        self.possible.unite(&other.possible);
        self
    }

    /// Returns the texts that are candidates of both. All have to be checked.
    pub(crate) fn and(self, other: Self) -> Self {
        let mut possible = self.unsure().possible;
        possible.intersect(&other.unsure().possible);
        Self { possible, ..Self::default() }
    }

    /// Returns the same candidates, of which all have to be checked.
    pub(crate) fn unsure(self) -> Self {
        let mut possible = self.possible;
        possible.unite(&self.certain);
        Self { possible, ..Self::default() }
    }
}

impl Default for Suffixes {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

/// Returns a text with its edges, in lower case.
pub(super) fn marked(text: &str) -> String {
    let inner = text.chars().flat_map(char::to_lowercase);
    [EDGE].into_iter().chain(inner).chain([EDGE]).collect()
}

fn suffixes(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().filter_map(|(at, _)| text.get(at..))
}

impl Suffixes {
    /// Adds a marked text. `texts` returns the marked text of a place, also that of the new one.
    pub(super) fn add(&mut self, place: u32, text: &str, texts: &dyn Fn(u32) -> Option<String>) {
        suffixes(text).for_each(|suffix| self.add_suffix(place, suffix, texts));
    }

    fn add_suffix(&mut self, place: u32, suffix: &str, texts: &dyn Fn(u32) -> Option<String>) {
        let (mut node, mut rest) = (self, suffix.chars());
        while let Self::Many { places, next } = node {
            places.insert(place);
            let Some(character) = rest.next() else { return };
            node = next.entry(character).or_default();
        }
        let length = suffix.len() - rest.as_str().len();
        node.append(place, suffix.get(..length).unwrap_or_default(), texts);
    }

    /// Adds a place to the end of the branch to which `part` leads.
    fn append(&mut self, place: u32, part: &str, texts: &dyn Fn(u32) -> Option<String>) {
        let Self::Few(places) = self else { return };
        if places.last() != Some(&place) {
            places.push(place);
        }
        self.grow(part, texts);
    }

    /// Continues the branch that ends here if many texts are left. `part` leads here.
    fn grow(&mut self, part: &str, texts: &dyn Fn(u32) -> Option<String>) {
        let Self::Few(known) = self else { return };
        if known.len() <= FEW || part.chars().count() >= DEEPEST {
            return;
        }
        known.sort_unstable();
        known.dedup();
        let mut places = Places::default();
        let mut ends: BTreeMap<char, Vec<u32>> = BTreeMap::new();
        for place in known.iter().copied() {
            let text = texts(place).unwrap_or_default();
            for rest in suffixes(&text).filter_map(|suffix| suffix.strip_prefix(part)) {
                places.insert(place);
                if let Some(character) = rest.chars().next() {
                    ends.entry(character).or_default().push(place);
                }
            }
        }
        if places.len() <= FEW / 2 {
            // The others were outdated.
            *known = places.iter().collect();
            return;
        }
        let grown = |(character, places)| {
            let mut end = Self::Few(places);
            end.grow(&format!("{part}{character}"), texts);
            (character, end)
        };
        *self = Self::Many { places, next: ends.into_iter().map(grown).collect() };
    }

    /// Removes a marked text.
    pub(super) fn remove(&mut self, place: u32, text: &str) {
        for suffix in suffixes(text) {
            let (mut node, mut rest) = (&mut *self, suffix.chars());
            while let Self::Many { places, next } = node {
                places.remove(place);
                let Some(after) = rest.next().and_then(|character| next.get_mut(&character)) else { break };
                node = after;
            }
        }
    }

    /// Finds the texts that contain these characters, of which `None` is any but an edge.
    pub(super) fn find(&self, part: &[Option<char>], found: &mut Candidates) {
        match (self, part) {
            (Self::Few(places), _) => places.iter().for_each(|place| found.possible.insert(*place)),
            (Self::Many { places, .. }, []) => found.certain.unite(places),
            (Self::Many { next, .. }, [Some(character), rest @ ..]) => {
                next.get(character).into_iter().for_each(|node| node.find(rest, found));
            }
            (Self::Many { next, .. }, [None, rest @ ..]) => {
                let inner = next.iter().filter(|(character, _)| **character != EDGE);
                inner.for_each(|(_, node)| node.find(rest, found));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts with their index.
    #[derive(Default)]
    struct Indexed {
        texts: Vec<String>,
        index: Suffixes,
    }

    impl Indexed {
        fn new(texts: impl Iterator<Item = String>) -> Self {
            let mut indexed = Self::default();
            texts.for_each(|text| indexed.add(&text));
            indexed
        }

        fn add(&mut self, text: &str) {
            let place = self.texts.len() as u32;
            self.texts.push(marked(text));
            self.index_text(place);
        }

        fn replace(&mut self, place: u32, text: &str) {
            let old = std::mem::replace(&mut self.texts[place as usize], marked(text));
            self.index.remove(place, &old);
            self.index_text(place);
        }

        fn index_text(&mut self, place: u32) {
            let texts = |place: u32| self.texts.get(place as usize).cloned();
            self.index.add(place, &self.texts[place as usize], &texts);
        }

        fn find(&self, part: &str) -> Candidates {
            let part: Vec<Option<char>> = part.chars().map(|one| Some(one).filter(|one| *one != '?')).collect();
            let mut found = Candidates::default();
            self.index.find(&part, &mut found);
            found
        }

        /// Asserts that the candidates are right. Returns how many are certain and possible.
        fn check(&self, part: &str) -> (usize, usize) {
            let found = self.find(part);
            let containing = (0..).zip(&self.texts).filter(|(_, text)| text.contains(part));
            let expected: Places = containing.map(|(place, _)| place).collect();
            let sizes = (found.certain.len(), found.possible.len());
            assert!(found.certain.iter().all(|place| expected.contains(place)), "{part}");
            let all = found.unsure().possible;
            assert!(expected.iter().all(|place| all.contains(place)), "{part}");
            sizes
        }
    }

    const SIZE: usize = 1000;

    fn users() -> Indexed {
        Indexed::new((0..SIZE).map(|number| format!("User_{number}@example.com")))
    }

    #[test]
    fn common_parts_are_certain_and_few_texts_have_to_be_checked() {
        let users = users();
        for common in ["", "user", "@example.com", "r_1", "\0user_", ".com\0"] {
            assert_eq!(users.check(common).1, 0, "{common}");
        }
        assert_eq!(users.check("example").0, SIZE);
        for rare in ["user_199@", "r_777", "99", "99@e", "\0user_42@example.com\0", "a@", "\0ser", "nobody"] {
            let (certain, possible) = users.check(rare);
            assert!(certain == 0 && possible <= FEW, "{rare}");
        }
    }

    #[test]
    fn any_character_is_not_an_edge() {
        let users = users();
        assert_eq!(users.find("us?r?").certain.len(), SIZE);
        assert_eq!((users.find("?user").certain.len(), users.find(".com?").certain.len()), (0, 0));
    }

    #[test]
    fn all_texts_of_a_small_table_have_to_be_checked() {
        let users = Indexed::new((0..50).map(|number| format!("user_{number}")));
        assert_eq!(users.check("user"), (0, 50));
    }

    #[test]
    fn changed_texts_are_found() {
        let mut users = users();
        for place in 0..SIZE as u32 / 2 {
            users.replace(place, &format!("Visitor {place}"));
        }
        assert_eq!(users.find("user").unsure().possible.len(), SIZE / 2);
        for part in ["visitor", "visitor 77", "user_77", "r_150", "r", "\0v", "77\0"] {
            users.check(part);
        }
    }

    #[test]
    fn outdated_texts_do_not_accumulate() {
        let mut users = Indexed::new((0..10).map(|number| format!("user {number}")));
        for turn in 0..2 * FEW as u32 {
            users.replace(turn % 10, &format!("user {turn}"));
        }
        assert!(matches!(&users.index, Suffixes::Few(places) if places.len() <= FEW));
        users.check("user");
    }

    #[test]
    fn long_and_repetitive_texts_are_found() {
        let texts = Indexed::new((0..SIZE).map(|number| format!("{}{}", "ab".repeat(20), number % 7)));
        let part = "ba".repeat(18);
        assert_eq!(texts.check(&part), (0, SIZE));
        assert_eq!(texts.check("abab"), (SIZE, 0));
        texts.check("b3\0");
    }
}
