//! Formats figures.

/// Formats a number with three significant digits, or all digits if it is whole.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits() {
        assert_eq!([0.5, 1.0064, 12.34, 10965.2, 3.0].map(number), ["0.500", "1.01", "12.3", "10965", "3"]);
    }
}
