use std::borrow::Cow;

use super::Timestamp;

/// The value of a query parameter.
pub trait QueryValue {
    /// Appends the value under `name`. A list appends each of its elements under `name`.
    fn append(&self, name: &str, target: &mut dyn QueryTarget);
}

/// The value of a query parameter that is text or can be absent. It is a text, a value of an enum, or an `Option` of
/// those.
pub trait TextValue: QueryValue {}

impl TextValue for str {}
impl TextValue for String {}
impl TextValue for Cow<'_, str> {}
impl<T: TextValue + ?Sized> TextValue for &T {}
impl<T: TextValue> TextValue for Option<T> {}

/// The value of a query parameter that is a time. It converts to a [`Timestamp`], or is an `Option` of such a value.
pub trait TimeValue {
    /// Returns the time.
    fn time(self) -> Option<Timestamp>;
}

impl<T: Into<Timestamp>> TimeValue for T {
    fn time(self) -> Option<Timestamp> {
        Some(self.into())
    }
}

impl<T: Into<Timestamp>> TimeValue for Option<T> {
    fn time(self) -> Option<Timestamp> {
        self.map(Into::into)
    }
}

/// A query string under construction, to which a [`QueryValue`] appends itself.
pub trait QueryTarget {
    /// Appends a name and a value, both not encoded yet.
    fn pair(&mut self, name: &str, value: &str);
}

impl QueryValue for str {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        target.pair(name, self);
    }
}

impl QueryValue for String {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        target.pair(name, self);
    }
}

impl QueryValue for Cow<'_, str> {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        target.pair(name, self);
    }
}

/// `None` appends nothing.
impl<T: QueryValue> QueryValue for Option<T> {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        self.iter().for_each(|value| value.append(name, target));
    }
}

impl<T: QueryValue + ?Sized> QueryValue for &T {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        (**self).append(name, target);
    }
}

impl<T: QueryValue> QueryValue for [T] {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        self.iter().for_each(|value| value.append(name, target));
    }
}

impl<T: QueryValue> QueryValue for Vec<T> {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        self.as_slice().append(name, target);
    }
}

impl<T: QueryValue, const N: usize> QueryValue for [T; N] {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        self.as_slice().append(name, target);
    }
}

/// Implements `QueryValue` for types by their `Display` output.
macro_rules! query_display {
    ($($name:ty),+) => {$(
        impl $crate::types::QueryValue for $name {
            fn append(&self, name: &str, target: &mut dyn $crate::types::QueryTarget) {
                target.pair(name, &self.to_string());
            }
        }
    )+};
}

query_display!(bool, i32, i64, u32, u64, f64, super::Number, super::Timestamp, super::TimestampSeconds);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Pairs;

    fn appended<T: QueryValue + ?Sized>(value: &T) -> String {
        let mut pairs = Pairs::default();
        value.append("a", &mut pairs);
        pairs.into_string()
    }

    #[test]
    fn a_value_is_appended_under_its_name() {
        assert_eq!(appended("x y"), "a=x%20y");
        assert_eq!(appended(&"x".to_owned()), "a=x");
        assert_eq!(appended(&Cow::Borrowed("x")), "a=x");
        assert_eq!([appended(&true), appended(&-7), appended(&Timestamp::from_millis(7))], ["a=true", "a=-7", "a=7"]);
    }

    #[test]
    fn nothing_is_appended_for_none() {
        assert_eq!([appended(&Some("x")), appended(&None::<&str>)], ["a=x", ""]);
    }

    #[test]
    fn each_element_of_a_list_is_appended() {
        assert_eq!(appended(&[1, 2]), "a=1&a=2");
        assert_eq!(appended([1, 2].as_slice()), "a=1&a=2");
        assert_eq!(appended(&vec!["x", "y"]), "a=x&a=y");
    }

    #[test]
    fn a_time_can_be_absent() {
        let time = Timestamp::from_millis(7);
        assert_eq!([time.time(), Some(time).time(), None::<Timestamp>.time()], [Some(time), Some(time), None]);
    }
}
