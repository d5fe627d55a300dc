//! Lists of ascending numbers.

/// Maximum number of numbers in a chunk.
const CHUNK: usize = 1024;

/// Numbers in ascending order, in chunks. New ones are larger than all others.
///
/// A removal moves the numbers of one chunk, and a page skips whole chunks.
#[derive(Debug, Default)]
pub(super) struct Ascending {
    chunks: Vec<Vec<u64>>,
    len: usize,
}

impl Ascending {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Adds a number that is larger than all others.
    pub(super) fn push(&mut self, number: u64) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(number),
            Some(_) => self.chunks.push(vec![number]),
            // Most lists have one number.
            None => self.chunks = vec![vec![number]],
        }
        self.len += 1;
    }

    pub(super) fn remove(&mut self, number: u64) {
        let at = self.chunk(number);
        let Some(chunk) = self.chunks.get_mut(at) else { return };
        let Ok(place) = chunk.binary_search(&number) else { return };
        chunk.remove(place);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(at);
        }
    }

    pub(super) fn contains(&self, number: u64) -> bool {
        self.chunks.get(self.chunk(number)).is_some_and(|chunk| chunk.binary_search(&number).is_ok())
    }

    /// Returns the index of the chunk that can contain a number.
    fn chunk(&self, number: u64) -> usize {
        self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| *last < number))
    }

    /// Returns all numbers, largest first.
    pub(super) fn descending(&self) -> impl Iterator<Item = u64> {
        self.chunks.iter().rev().flat_map(|chunk| chunk.iter().rev()).copied()
    }

    /// Returns `count` numbers after the `skipped` largest ones, largest first.
    pub(super) fn page(&self, mut skipped: usize, count: usize) -> Vec<u64> {
        let mut page = Vec::new();
        for chunk in self.chunks.iter().rev() {
            if skipped >= chunk.len() {
                skipped -= chunk.len();
                continue;
            }
            page.extend(chunk.iter().rev().skip(skipped).take(count - page.len()));
            skipped = 0;
            if page.len() == count {
                break;
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: u64) -> Ascending {
        let mut numbers = Ascending::default();
        (0..count).for_each(|number| numbers.push(number * 2));
        numbers
    }

    #[test]
    fn numbers_are_added_and_removed() {
        let mut numbers = numbers(3000);
        let mut expected: Vec<u64> = (0..3000).rev().map(|number| number * 2).collect();
        for removed in (0..3000).step_by(3).chain(2048..4096).chain([1, 9999]) {
            numbers.remove(removed);
            expected.retain(|number| *number != removed);
        }
        assert_eq!(numbers.descending().collect::<Vec<_>>(), expected);
        assert_eq!(numbers.len(), expected.len());
        for number in 0..6001 {
            assert_eq!(numbers.contains(number), expected.contains(&number), "{number}");
        }
        numbers.push(6000);
        assert_eq!(numbers.page(0, 1), [6000]);
    }

    #[test]
    fn pages_are_cut_from_the_largest_numbers() {
        let numbers = numbers(3000);
        let all: Vec<u64> = numbers.descending().collect();
        for skipped in [0, 1, 951, 952, 953, 1023, 2047, 2990, 2999] {
            let expected: Vec<u64> = all.iter().copied().skip(skipped).take(20).collect();
            assert_eq!(numbers.page(skipped, 20), expected, "{skipped}");
        }
        assert!(numbers.page(3000, 20).is_empty() && numbers.page(0, 0).is_empty());
    }

    #[test]
    fn empty_lists_have_no_chunks() {
        let mut numbers = numbers(1);
        numbers.remove(0);
        assert!(numbers.chunks.is_empty() && numbers.len() == 0 && !numbers.contains(0));
    }
}
