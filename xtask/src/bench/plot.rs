//! Draws bar charts as SVG.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::number::number;

const ROW: usize = 22;
const LABELS: usize = 520;
const BARS: f64 = 360.0;

/// The values of a chart. `name` is the name of its file.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Plot {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) bars: Vec<(String, f64)>,
}

impl Plot {
    pub(crate) fn svg(&self) -> String {
        let values: Vec<_> = self.bars.iter().map(|(label, value)| (label.as_str(), *value)).collect();
        bars(&self.title, &values, None)
    }
}

/// Draws a bar for each value and a line at `mark`. Bars beyond the mark have another colour.
pub(crate) fn bars(title: &str, bars: &[(&str, f64)], mark: Option<f64>) -> String {
    let largest = bars.iter().map(|(_, value)| *value).chain(mark).fold(0.0, f64::max);
    let length = |value: f64| (value.max(0.0) / largest * BARS).round();
    let (width, height) = (LABELS + BARS as usize + 80, ROW * (bars.len() + 2));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"8\" y=\"16\" font-size=\"14\" font-weight=\"bold\">{}</text>\n",
        escape(title)
    );
    for (at, (label, value)) in bars.iter().enumerate() {
        let y = ROW * (at + 1) + 4;
        let colour = if mark.is_some_and(|mark| *value > mark) { "#c0504d" } else { "#4a7fb5" };
        // Writing to a string cannot fail.
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
    if let Some(mark) = mark {
        let (x, end) = (LABELS as f64 + length(mark), height - ROW + 4);
        let _ = writeln!(
            svg,
            "<line x1=\"{x}\" y1=\"{ROW}\" x2=\"{x}\" y2=\"{end}\" stroke=\"#333\" stroke-dasharray=\"4 3\"/>"
        );
    }
    svg + "</svg>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_beyond_the_mark_have_another_colour() {
        let svg = bars("a < b", &[("within", 0.5), ("beyond", 2.0)], Some(1.0));
        assert!(svg.contains("a &lt; b") && svg.ends_with("</svg>\n"));
        assert_eq!((svg.matches("#4a7fb5").count(), svg.matches("#c0504d").count()), (1, 1));
        assert!(svg.contains("<line"));
    }

    #[test]
    fn largest_bar_has_the_full_width_without_a_mark() {
        let bars = [("slow", 100.0), ("fast", 400.0)].map(|(label, value)| (label.to_owned(), value));
        let svg = Plot { name: "speed".to_owned(), title: "Speed".to_owned(), bars: bars.into() }.svg();
        assert!(svg.contains("width=\"90\" height=\"16\"") && svg.contains("width=\"360\" height=\"16\""));
        assert!(!svg.contains("<line") && !svg.contains("#c0504d"));
    }
}
