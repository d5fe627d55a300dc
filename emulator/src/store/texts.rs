//! The searchable texts of a table in one buffer, which is fast to search.

use std::collections::HashMap;

use memchr::memmem;

/// Ends each text. The values of entities cannot contain it.
const END: char = '\0';
/// Bytes below which the buffer is not compacted.
const SMALL: usize = 1 << 16;

#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The texts of all entities in lower case, in order of addition.
    buffer: String,
    /// Where the texts of each entry start, and its place. Outdated entries have none.
    entries: Vec<(usize, Option<u64>)>,
    /// The start of the texts of a place.
    current: HashMap<u64, usize>,
    /// Number of bytes in outdated entries, at least.
    outdated: usize,
}

impl Texts {
    pub(super) fn put<'t>(&mut self, place: u64, texts: impl Iterator<Item = &'t str>) {
        self.remove(place);
        let start = self.buffer.len();
        for text in texts.filter(|text| !text.is_empty()) {
            self.buffer.extend(text.chars().flat_map(char::to_lowercase));
            self.buffer.push(END);
        }
        if self.buffer.len() > start {
            self.entries.push((start, Some(place)));
            self.current.insert(place, start);
        }
    }

    pub(super) fn remove(&mut self, place: u64) {
        let Some(start) = self.current.remove(&place) else { return };
        let at = self.entries.partition_point(|(entry, _)| *entry < start);
        self.outdated += self.end(at).saturating_sub(start);
        if let Some((_, place)) = self.entries.get_mut(at) {
            *place = None;
        }
        if self.outdated > SMALL && self.outdated * 2 > self.buffer.len() {
            self.compact();
        }
    }

    /// Returns the end of an entry.
    fn end(&self, entry: usize) -> usize {
        self.entries.get(entry + 1).map_or(self.buffer.len(), |(start, _)| *start)
    }

    fn compact(&mut self) {
        let mut compact = Self::default();
        for (index, (start, place)) in self.entries.iter().enumerate() {
            let Some(place) = *place else { continue };
            let begins = compact.buffer.len();
            compact.buffer.push_str(self.buffer.get(*start..self.end(index)).unwrap_or_default());
            compact.entries.push((begins, Some(place)));
            compact.current.insert(place, begins);
        }
        *self = compact;
    }

    /// Returns the places with a text that contains `text`, which is in lower case.
    pub(super) fn containing(&self, text: &str) -> Vec<u64> {
        let (mut found, mut from, mut entry) = (Vec::new(), 0, 0);
        let finder = memmem::Finder::new(text);
        let bytes = self.buffer.as_bytes();
        while let Some(at) = bytes.get(from..).and_then(|rest| finder.find(rest)).map(|at| from + at) {
            entry = self.entry(entry, at);
            let Some((_, place)) = self.entries.get(entry) else { break };
            found.extend(*place);
            from = self.end(entry);
        }
        found
    }

    /// Returns the entry that contains a position. It is `from` or a later one, and probably near.
    fn entry(&self, from: usize, position: usize) -> usize {
        let mut width = 1;
        while self.entries.get(from + width).is_some_and(|(start, _)| *start <= position) {
            width *= 2;
        }
        let near = self.entries.get(from..(from + width).min(self.entries.len())).unwrap_or_default();
        from + near.partition_point(|(start, _)| *start <= position).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_any_case_and_once_per_place() {
        let mut texts = Texts::default();
        for place in 0..100 {
            texts.put(place, ["Ada", &format!("ada{place}@example.com")].into_iter());
        }
        assert_eq!(texts.containing("ada").len(), 100);
        assert_eq!(texts.containing("ada99@"), [99]);
        assert_eq!(texts.containing("a1"), [1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
        // No text goes beyond its end.
        assert!(texts.containing("comada").is_empty());
    }

    #[test]
    fn the_buffer_stays_small_although_texts_change() {
        let mut texts = Texts::default();
        for turn in 0..100_000 {
            texts.put(turn % 10, [format!("text {turn}").as_str()].into_iter());
        }
        assert!(texts.buffer.len() < 4 * SMALL && texts.entries.len() < 40_000);
        assert_eq!(texts.containing("text 99999"), [9]);
        assert!(texts.containing("text 99989").is_empty());
        texts.remove(9);
        assert!(texts.containing("text 99999").is_empty());
    }
}
