//! Reads CBOR (RFC 8949), as far as authenticators use it. No indefinite lengths, no tags and no floating-point
//! numbers.

/// A decoded value. Other values than these are `Other`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Map(Vec<(Item<'a>, Item<'a>)>),
    Other,
}

/// How deep values can be nested.
const DEPTH: u8 = 8;

impl<'a> Item<'a> {
    /// Reads the value at the start of some bytes. Returns it with its length.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let mut reader = Reader { rest: bytes };
        let item = reader.item(DEPTH)?;
        Some((item, bytes.len() - reader.rest.len()))
    }

    /// Returns the value of a key of a map.
    pub(crate) fn get(&self, key: &Item<'_>) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// Reads a head: the major type and its argument.
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = self.take(1)?.first().copied()?;
        let argument = match first & 0x1F {
            small @ 0..=23 => u64::from(small),
            size @ 24..=27 => {
                let bytes = self.take(1 << (size - 24))?;
                bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
            }
            _ => return None,
        };
        Some((first >> 5, argument))
    }

    fn item(&mut self, depth: u8) -> Option<Item<'a>> {
        let deeper = depth.checked_sub(1)?;
        let (kind, argument) = self.head()?;
        let length = usize::try_from(argument).ok();
        Some(match kind {
            0 => Item::Number(argument.try_into().ok()?),
            1 => Item::Number(-1 - i64::try_from(argument).ok()?),
            2 => Item::Bytes(self.take(length?)?),
            3 => Item::Text(std::str::from_utf8(self.take(length?)?).ok()?),
            4 => {
                for _ in 0..argument {
                    self.item(deeper)?;
                }
                Item::Other
            }
            5 => {
                let mut pairs = Vec::new();
                for _ in 0..argument {
                    pairs.push((self.item(deeper)?, self.item(deeper)?));
                }
                Item::Map(pairs)
            }
            7 => Item::Other,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_length() {
        let bytes = [0xA3, 0x01, 0x38, 0x18, 0x61, b'a', 0x42, 7, 8, 0x20, 0x82, 0xF5, 0x00, 0xFF];
        let (item, length) = Item::read(&bytes).unwrap();
        assert_eq!(length, 13);
        assert_eq!(item.get(&Item::Number(1)), Some(&Item::Number(-25)));
        assert_eq!(item.get(&Item::Text("a")).and_then(Item::bytes), Some(&[7, 8][..]));
        assert_eq!(item.get(&Item::Number(-1)), Some(&Item::Other));
        assert_eq!(item.get(&Item::Number(2)), None);
    }

    #[test]
    fn invalid_and_endless_values_are_rejected() {
        for bytes in
            [&[][..], &[0x42, 1], &[0x5F, 0xFF], &[0x61, 0xFF], &[0x1B, 255, 255, 255, 255, 255, 255, 255, 255]]
        {
            assert_eq!(Item::read(bytes), None, "{bytes:?}");
        }
        assert_eq!(Item::read(&[0x81; 100]), None);
        assert_eq!(Item::read(&[0x9B, 255, 255, 255, 255, 255, 255, 255, 255]), None);
    }
}
