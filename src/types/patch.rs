use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A member that is absent, null or a value, where the API distinguishes the three.
///
/// In an update, [`Absent`](Self::Absent) leaves the member as it is, [`Null`](Self::Null) clears it, and a
/// [`Value`](Self::Value) sets it.
///
/// ```
/// use logto_admin::types::Patch;
///
/// let name = Patch::from("Ada");
/// assert_eq!(name.value(), Some(&"Ada"));
/// assert!(Patch::<String>::default().is_absent());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// The member is absent.
    #[default]
    Absent,
    /// The member is null.
    Null,
    /// The member has a value.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the member is absent.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the member is null.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the value, if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the owned value, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<T: std::ops::Deref> Patch<T> {
    /// Dereferences the value, if there is one. A `Patch<String>` becomes an `Option<&str>`.
    pub fn as_deref(&self) -> Option<&T::Target> {
        self.value().map(std::ops::Deref::deref)
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Patch<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// Converts `None` to [`Patch::Null`]. To omit the member, use [`Patch::Absent`].
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            Self::Absent | Self::Null => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Change {
        #[serde(default, skip_serializing_if = "Patch::is_absent")]
        name: Patch<String>,
    }

    #[test]
    fn absent_null_and_value_round_trip() {
        for text in [r"{}", r#"{"name":null}"#, r#"{"name":"Ada"}"#] {
            let change: Change = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&change).unwrap(), text);
        }
    }

    #[test]
    fn a_patch_is_absent_null_or_a_value() {
        let all = [Patch::Absent, Patch::Null, Patch::from("Ada")];
        assert_eq!(all.each_ref().map(Patch::is_absent), [true, false, false]);
        assert_eq!(all.each_ref().map(Patch::is_null), [false, true, false]);
        assert_eq!(all.each_ref().map(Patch::as_deref), [None, None, Some("Ada")]);
        assert_eq!(all.each_ref().map(Patch::value), [None, None, Some(&"Ada".to_owned())]);
        assert_eq!(all.map(Patch::into_value), [None, None, Some("Ada".to_owned())]);
    }

    #[test]
    fn an_option_is_null_or_a_value() {
        assert_eq!([Patch::from(None), Patch::from(Some(7))], [Patch::Null, Patch::Value(7)]);
        assert_eq!(Patch::from(7), Patch::Value(7));
    }
}
