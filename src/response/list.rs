//! Decoding of lists with a known length.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

/// Decodes a list into a vector with this capacity. Items are large, and a growing vector would move them repeatedly.
pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    room: usize,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(Items { room, items: PhantomData })
}

struct Items<T> {
    room: usize,
    items: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::with_capacity(self.room);
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::read_json;

    fn from_slice<'de, T: Deserialize<'de>>(json: &'de [u8], room: usize) -> serde_json::Result<Vec<T>> {
        read_json(json, |deserializer| deserialize(deserializer, room))
    }

    #[test]
    fn capacity_is_not_a_limit_and_trailing_input_is_rejected() {
        let list = from_slice::<u8>(b"[1, 2, 3]", 3).unwrap();
        assert_eq!((list.as_slice(), list.capacity()), ([1, 2, 3].as_slice(), 3));
        assert_eq!(from_slice::<u8>(b"[1, 2, 3]", 1).unwrap(), [1, 2, 3]);
        for broken in [&b"[1] 2"[..], b"[1", b"{}", b"[256]"] {
            assert!(from_slice::<u8>(broken, 1).is_err(), "{broken:?}");
        }
    }
}
