//! Differences that are not faults.

use crate::compare::{Difference, Kind};

/// Whether a member is missing, or a number has another notation. JSON has one kind of number, which is an `f64`, and
/// whole numbers, such as timestamps, drop fractions.
pub fn is_lost_or_same(difference: &Difference) -> bool {
    match &difference.kind {
        Kind::Lost => true,
        Kind::Added => false,
        Kind::Changed { from, to } => match (from.parse::<f64>(), to.parse::<f64>()) {
            (Ok(from), Ok(to)) => from == to || (from - to).abs() <= 1.0,
            _ => false,
        },
    }
}
