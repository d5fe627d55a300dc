//! A bar chart as SVG.

use std::fmt::Write;

use super::report::number;

const ROW: usize = 22;
const LABELS: usize = 520;
const BARS: f64 = 360.0;

/// Bars of these values, and a line at `mark`; bars beyond it have another colour.
pub(crate) fn bars(title: &str, bars: &[(&str, f64)], mark: f64) -> String {
    let largest = bars.iter().map(|(_, value)| *value).fold(mark, f64::max);
    let length = |value: f64| (value.max(0.0) / largest * BARS).round();
    let (width, height) = (LABELS + BARS as usize + 80, ROW * (bars.len() + 2));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"8\" y=\"16\" font-size=\"14\" font-weight=\"bold\">{}</text>\n",
        escape(title)
    );
    for (at, (label, value)) in bars.iter().enumerate() {
        let y = ROW * (at + 1) + 4;
        let colour = if *value <= mark { "#4a7fb5" } else { "#c0504d" };
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"{LABELS}\" y=\"{y}\" width=\"{}\" height=\"16\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            LABELS - 8,
            y + 12,
            escape(label),
            length(*value),
            LABELS as f64 + length(*value) + 6.0,
            y + 12,
            number(*value)
        );
    }
    let x = LABELS as f64 + length(mark);
    let _ = writeln!(
        svg,
        "<line x1=\"{x}\" y1=\"{ROW}\" x2=\"{x}\" y2=\"{}\" stroke=\"#333\" stroke-dasharray=\"4 3\"/>\n</svg>",
        height - ROW + 4
    );
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_mark_stands_out() {
        let svg = bars("a < b", &[("within", 0.5), ("beyond", 2.0)], 1.0);
        assert!(svg.contains("a &lt; b") && svg.ends_with("</svg>\n"));
        assert_eq!((svg.matches("#4a7fb5").count(), svg.matches("#c0504d").count()), (1, 1));
    }
}
