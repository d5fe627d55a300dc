//! Progress of bulk commands on standard error: a bar on a terminal, a line now and then elsewhere.

use std::fmt;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// How many items lie between two lines.
const STEP: u64 = 1_000;

fn rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    // There is nowhere to report a failure to.
    let _ = write!(out, "{:.0}/s", state.per_sec());
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
            let form = match total {
                Some(_) => "{bar:30} {pos}/{len} {msg}, {rate}, {eta} left",
                None => "{spinner} {pos} {msg}, {rate}",
            };
            if let Ok(style) = ProgressStyle::with_template(form) {
                bar.set_style(style.with_key("rate", rate));
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar.with_message(what)
        });
        Self { bar, quiet, what, done: 0, total }
    }

    /// Counts an item.
    pub fn advance(&mut self) {
        self.done += 1;
        if let Some(bar) = &self.bar {
            bar.inc(1);
        } else if !self.quiet && self.done.is_multiple_of(STEP) {
            let total = self.total.map(|total| format!(" of {total}")).unwrap_or_default();
            anstream::eprintln!("{}{total} {}", self.done, self.what);
        }
    }

    /// Prints a line above the bar.
    pub fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| anstream::eprintln!("{text}")),
            None if !self.quiet => anstream::eprintln!("{text}"),
            None => {}
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
