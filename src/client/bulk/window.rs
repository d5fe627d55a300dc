//! Decides how many tasks run.

use std::collections::VecDeque;
use std::time::Duration;

use super::concurrency::Concurrency;

/// Start of a task.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    at: Duration,
    /// Number of cuts of the window until then.
    cuts: u32,
}

/// The number of tasks that may run. Grows by one per round of successes, and is halved at most once per round.
#[derive(Debug)]
pub(super) struct Window {
    size: f64,
    maximum: f64,
    cuts: u32,
    /// Durations of the last successes.
    recent: VecDeque<Duration>,
    /// The shortest average of recent durations.
    usual: Option<Duration>,
}

/// Number of durations that are averaged.
const RECENT: usize = 16;
/// A task is slow if it takes this many times as long as usual.
const SLOW: u32 = 8;
/// Shorter averages are never slow: their ratios are noise.
const FAST: Duration = Duration::from_millis(50);

impl Window {
    pub(super) fn new(concurrency: Concurrency) -> Self {
        let maximum = concurrency.maximum.max(1) as f64;
        let size = (concurrency.initial.max(1) as f64).min(maximum);
        Self { size, maximum, cuts: 0, recent: VecDeque::new(), usual: None }
    }

    pub(super) fn size(&self) -> usize {
        self.size as usize
    }

    pub(super) const fn start(&self, at: Duration) -> Start {
        Start { at, cuts: self.cuts }
    }

    pub(super) fn end(&mut self, start: Start, now: Duration, is_overload: bool) {
        if is_overload || self.is_slow(now.saturating_sub(start.at)) {
            // Tasks that started before the last cut are not evidence about the smaller window.
            if start.cuts == self.cuts {
                self.size = (self.size / 2.0).max(1.0);
                self.cuts += 1;
                self.recent.clear();
            }
        } else {
            self.size = (self.size + 1.0 / self.size).min(self.maximum);
        }
    }

    /// Notes the duration of a task. Returns whether tasks have become slow.
    fn is_slow(&mut self, duration: Duration) -> bool {
        self.recent.push_back(duration);
        if self.recent.len() < RECENT {
            return false;
        }
        let average = self.recent.iter().sum::<Duration>() / RECENT as u32;
        self.recent.pop_front();
        let usual = self.usual.map_or(average, |usual| usual.min(average));
        self.usual = Some(usual);
        average > usual * SLOW && average > FAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn round(window: &mut Window, duration: Duration, is_overload: bool) {
        let starts: Vec<Start> = (0..window.size()).map(|_| window.start(Duration::ZERO)).collect();
        for start in starts {
            window.end(start, duration, is_overload);
        }
    }

    #[test]
    fn successes_widen_the_window_up_to_its_maximum() {
        let mut window = Window::new(Concurrency { initial: 2, maximum: 5 });
        let sizes: Vec<usize> = (0..6)
            .map(|_| {
                round(&mut window, MS, false);
                window.size()
            })
            .collect();
        assert!(sizes.is_sorted() && sizes.last() == Some(&5), "{sizes:?}");
    }

    #[test]
    fn a_burst_of_failures_halves_the_window_once() {
        let mut window = Window::new(Concurrency::up_to(16));
        round(&mut window, MS, true);
        assert_eq!(window.size(), 8);
        for _ in 0..10 {
            round(&mut window, MS, true);
        }
        assert_eq!(window.size(), 1, "one task always runs");
    }

    #[test]
    fn a_server_that_becomes_slow_gets_fewer_tasks() {
        let mut window = Window::new(Concurrency::up_to(16));
        (0..3).for_each(|_| round(&mut window, 20 * MS, false));
        (0..3).for_each(|_| round(&mut window, 100 * MS, false));
        assert_eq!(window.size(), 16, "five times as long is usual under load");
        (0..4).for_each(|_| round(&mut window, 1000 * MS, false));
        assert!(window.size() < 16, "{window:?}");
    }
}
