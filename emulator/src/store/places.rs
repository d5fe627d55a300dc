//! Sets of places in a table.

/// Number of places per word.
const WORD: u32 = u64::BITS;

/// A set of places, with one bit for each place of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places(Vec<u64>);

impl Places {
    pub(super) fn insert(&mut self, place: u32) {
        let (word, bit) = position(place);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    pub(super) fn remove(&mut self, place: u32) {
        let (word, bit) = position(place);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    pub(crate) fn contains(&self, place: u32) -> bool {
        let (word, bit) = position(place);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Adds the places of another set.
    pub(crate) fn unite(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// Keeps only the places that another set has, too.
    pub(crate) fn intersect(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Removes the places of another set.
    pub(crate) fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// Keeps only the places for which `keep` returns true.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(u32) -> bool) {
        for (index, word) in (0..).zip(&mut self.0) {
            for place in bits(index, *word) {
                if !keep(place) {
                    *word &= !position(place).1;
                }
            }
        }
    }

    /// Returns the places in ascending order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.words().flat_map(|(index, word)| bits(index, word))
    }

    /// Returns `count` places after the first `skipped` ones. The order can be descending.
    pub(crate) fn page(&self, descending: bool, skipped: usize, count: usize) -> Vec<u32> {
        if descending {
            cut(self.words().rev(), true, skipped, count)
        } else {
            cut(self.words(), false, skipped, count)
        }
    }

    fn words(&self) -> impl DoubleEndedIterator<Item = (u32, u64)> {
        self.0.iter().enumerate().map(|(index, word)| (index as u32, *word))
    }
}

impl FromIterator<u32> for Places {
    fn from_iter<T: IntoIterator<Item = u32>>(all: T) -> Self {
        let mut places = Self::default();
        all.into_iter().for_each(|place| places.insert(place));
        places
    }
}

/// Returns a part of the places in these words. Skips whole words by their number of places.
fn cut(words: impl Iterator<Item = (u32, u64)>, descending: bool, skipped: usize, count: usize) -> Vec<u32> {
    let mut skipped = skipped;
    let mut page = Vec::new();
    for (index, word) in words {
        let size = word.count_ones() as usize;
        if skipped >= size {
            skipped -= size;
            continue;
        }
        let (places, wanted) = (bits(index, word), count - page.len());
        if descending {
            page.extend(places.rev().skip(skipped).take(wanted));
        } else {
            page.extend(places.skip(skipped).take(wanted));
        }
        skipped = 0;
        if page.len() == count {
            break;
        }
    }
    page
}

/// Returns the word that contains a place, and its bit.
const fn position(place: u32) -> (usize, u64) {
    ((place / WORD) as usize, 1 << (place % WORD))
}

/// Returns the places in a word.
fn bits(index: u32, word: u64) -> impl DoubleEndedIterator<Item = u32> {
    (0..WORD).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * WORD + bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(step: u32) -> Places {
        (0..1000).filter(|place| place % step == 0).collect()
    }

    #[test]
    fn sets_are_combined() {
        let combined = |combine: fn(&mut Places, &Places)| {
            let mut places = every(2);
            combine(&mut places, &every(3));
            places.page(false, 0, 4)
        };
        assert_eq!(combined(Places::unite), [0, 2, 3, 4]);
        assert_eq!(combined(Places::intersect), [0, 6, 12, 18]);
        assert_eq!(combined(Places::subtract), [2, 4, 8, 10]);
        let mut places = every(2);
        places.intersect(&Places::from_iter([4]));
        assert_eq!(places.iter().collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn places_are_added_and_removed() {
        let mut places = every(3);
        places.insert(2000);
        places.remove(0);
        places.retain(|place| place % 2 == 0);
        assert!(places.contains(2000) && places.contains(6) && !places.contains(0) && !places.contains(3));
        assert_eq!((places.len(), places.iter().next(), places.iter().next_back()), (167, Some(6), Some(2000)));
    }

    #[test]
    fn pages_are_cut_from_either_end() {
        let places = every(3);
        assert_eq!(places.page(false, 0, 3), [0, 3, 6]);
        assert_eq!(places.page(false, 300, 2), [900, 903]);
        assert_eq!(places.page(true, 0, 2), [999, 996]);
        assert_eq!(places.page(true, 332, 5), [3, 0]);
        assert!(places.page(true, 334, 5).is_empty() && places.page(false, 0, 0).is_empty());
    }
}
