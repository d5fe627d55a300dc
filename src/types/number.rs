use std::cmp::Ordering;
use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number that can have a fraction, such as a duration of 1.5 minutes.
///
/// It keeps its notation: 1 does not become 1.0, and 1.0 does not become 1.
///
/// ```
/// use logto_admin::types::Number;
///
/// let minutes = Number::from(90);
/// assert_eq!((minutes.as_i64(), minutes.as_f64()), (Some(90), 90.0));
/// assert_eq!((Number::from(1.5).as_i64(), Number::from(1.5)), (None, Number::from(1.5)));
/// assert!(minutes == 90 && minutes > Number::from(1.5));
/// ```
#[derive(Clone, Copy)]
pub struct Number(Written);

#[derive(Clone, Copy)]
enum Written {
    Whole(i64),
    Fraction(f64),
}

impl Number {
    /// Returns the number, if it is whole and fits an `i64`.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Written::Whole(number) => Some(number),
            Written::Fraction(number) => floor(number).filter(|_| number.fract() == 0.0),
        }
    }

    /// Returns the number. Above 2⁵³, returns the nearest number that an `f64` can represent.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Written::Whole(number) => number as f64,
            Written::Fraction(number) => number,
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(Written::Whole(number))
    }
}

impl From<i32> for Number {
    fn from(number: i32) -> Self {
        Self(Written::Whole(number.into()))
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(Written::Whole(number.into()))
    }
}

/// Infinite values and NaN are written as null, because JSON cannot represent them.
impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self(Written::Fraction(number))
    }
}

/// Compares the values, not the notation: 1 equals 1.0.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialEq<i64> for Number {
    fn eq(&self, other: &i64) -> bool {
        *self == Self::from(*other)
    }
}

impl PartialEq<f64> for Number {
    fn eq(&self, other: &f64) -> bool {
        *self == Self::from(*other)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.as_i64(), other.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Written::Whole(number) => number.fmt(f),
            Written::Fraction(number) => number.fmt(f),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Written::Whole(number) => number.fmt(f),
            Written::Fraction(number) => fmt::Debug::fmt(&number, f),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Written::Whole(number) => serializer.serialize_i64(number),
            Written::Fraction(number) => serializer.serialize_f64(number),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
        Ok(i64::try_from(number).map_or_else(|_| (number as f64).into(), Number::from))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
        Ok(number.into())
    }
}

/// A whole number, such as a count or a time, as an `i64`. A fraction has no meaning there: it is rounded down, so that
/// it does not fail the whole answer. 1.0 and 1e3 are whole.
pub struct Whole(pub i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_i64(NumberVisitor)?;
        let whole = match number.0 {
            Written::Whole(number) => Some(number),
            Written::Fraction(number) => floor(number),
        };
        let error = || D::Error::invalid_value(Unexpected::Float(number.as_f64()), &"a number that fits i64");
        whole.map(Self).ok_or_else(error)
    }
}

/// Rounds down, if the result fits an `i64`.
fn floor(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&number).then(|| number.floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_notation() {
        for text in ["0", "-7", "1.0", "1.5", "-0.25", "9223372036854775807", "-9223372036854775808"] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
            assert_eq!(format!("{number:?}"), text);
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::from_value::<Number>(value).unwrap(), number);
        }
        let large: Number = serde_json::from_str("18446744073709551615").unwrap();
        assert_eq!((large.as_i64(), large.as_f64()), (None, 18_446_744_073_709_551_615.0));
        assert!(serde_json::from_str::<Number>("\"1\"").unwrap_err().to_string().contains("expected a number"));
    }

    #[test]
    fn numbers_are_compared_by_value() {
        assert_eq!(Number::from(1000), serde_json::from_str::<Number>("1e3").unwrap());
        assert_eq!(Number::from(1.0).as_i64(), Some(1));
        assert!(Number::from(2) == 2 && Number::from(2_u32) == 2.0);
        assert!(Number::from(2) != 3 && Number::from(2) != 2.5);
        assert!(Number::from(i64::MAX) > Number::from(i64::MAX - 1), "f64 does not distinguish the two");
        assert_ne!(Number::from(f64::NAN), Number::from(f64::NAN));
        assert_eq!(Number::from(1e300).as_i64(), None);
        assert_eq!(Number::from(1.5).to_string(), "1.5");
    }

    #[test]
    fn fractions_of_whole_numbers_are_rounded_down() {
        let whole = |text: &str| serde_json::from_str::<Whole>(text).map(|whole| whole.0);
        for (text, number) in [("7", 7), ("1.0", 1), ("1e3", 1000), ("2.9", 2), ("-0.5", -1), ("-3", -3)] {
            assert_eq!(whole(text).unwrap(), number, "{text}");
        }
        for text in ["1e300", "9223372036854775808", "-1e19", "\"7\"", "null"] {
            assert!(whole(text).is_err(), "{text}");
        }
        assert!(whole("1e19").unwrap_err().to_string().contains("expected a number that fits i64"));
    }
}
