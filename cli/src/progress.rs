//! Progress of bulk commands on standard error. A bar on a terminal, a line now and then elsewhere.

use std::fmt;
use std::io::{self, IsTerminal, stderr};
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use crate::terminal::message;

/// Number of items between two lines.
const STEP: u64 = 1_000;

fn rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    // There is nowhere to report a failure to.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

/// The terminal without its last columns. A bar fills its line with spaces. The `^C` of Ctrl-C would go to the next
/// line, and the bar would not find its own again.
#[derive(Debug)]
struct Margin(Term);

impl TermLike for Margin {
    fn width(&self) -> u16 {
        TermLike::width(&self.0).saturating_sub(4).max(1)
    }

    fn height(&self) -> u16 {
        TermLike::height(&self.0)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Prints lines on standard error, above the bar if there is one.
#[derive(Clone, Debug, Default)]
pub struct LinePrinter(Option<ProgressBar>);

impl LinePrinter {
    /// Prints a line.
    pub fn print(&self, text: &str) {
        match &self.0 {
            Some(bar) => bar.suspend(|| message(text)),
            None => message(text),
        }
    }
}

/// The progress of a bulk command.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    what: &'static str,
    done: u64,
    total: Option<u64>,
}

impl Progress {
    /// Starts. `what` names the items, such as `users`.
    #[must_use]
    pub fn new(what: &'static str, total: Option<u64>, quiet: bool) -> Self {
        let bar = (!quiet && stderr().is_terminal()).then(|| {
            let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(Margin(Term::stderr()))));
            let form = match total {
                Some(_) => "{bar:30} {pos}/{len} {msg}, {rate}, {eta} left",
                None => "{spinner} {pos} {msg}, {rate}",
            };
            if let Ok(style) = ProgressStyle::with_template(form) {
                bar.set_style(style.with_key("rate", rate));
            }
            let bar = bar.with_message(what);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { bar, quiet, what, done: 0, total }
    }

    /// Counts an item.
    pub fn advance(&mut self) {
        self.done += 1;
        // There can be more items than at the start.
        self.total = self.total.map(|total| total.max(self.done));
        if let Some(bar) = &self.bar {
            if bar.length().is_some_and(|length| length < self.done) {
                bar.set_length(self.done);
            }
            bar.inc(1);
        } else if !self.quiet && self.done.is_multiple_of(STEP) {
            let total = self.total.map(|total| format!(" of {total}")).unwrap_or_default();
            message(&format!("{}{total} {}", self.done, self.what));
        }
    }

    /// Prints a line above the bar, unless the command is quiet.
    pub fn print_line(&self, text: &str) {
        if !self.quiet {
            self.print_error(text);
        }
    }

    /// Prints a line above the bar.
    pub(crate) fn print_error(&self, text: &str) {
        self.line_printer().print(text);
    }

    /// Returns what prints lines above the bar.
    #[must_use]
    pub fn line_printer(&self) -> LinePrinter {
        LinePrinter(self.bar.clone())
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_grows_with_the_items() {
        let mut progress = Progress::new("users", Some(1), true);
        progress.advance();
        assert_eq!(progress.total, Some(1));
        progress.advance();
        assert_eq!(progress.total, Some(2));
    }
}
