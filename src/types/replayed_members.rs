use std::borrow::Cow;
use std::vec::IntoIter;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Error, MapAccess};
use serde_json::Value;

use super::object::Key;

/// An object with some members that were already read. Returns those first, then the rest of the input.
pub(super) struct ReplayedMembers<'de, A> {
    read: IntoIter<(Key<'de>, Value)>,
    value: Option<Value>,
    rest: A,
}

impl<'de, A> ReplayedMembers<'de, A> {
    pub(super) fn new(read: Vec<(Key<'de>, Value)>, rest: A) -> Self {
        Self { read: read.into_iter(), value: None, rest }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ReplayedMembers<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some((key, value)) = self.read.next() else { return self.rest.next_key_seed(seed) };
        self.value = Some(value);
        match key.into_inner() {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some),
            Cow::Owned(name) => seed.deserialize(StringDeserializer::new(name)).map(Some),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(A::Error::custom),
            None => self.rest.next_value_seed(seed),
        }
    }
}
