/// Number of tasks that run at the same time.
///
/// The number grows with each success and is halved when the server is overloaded or becomes slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Concurrency {
    /// Number of tasks at the start; at least one.
    pub initial: usize,
    /// Maximum number of tasks; at least one.
    pub maximum: usize,
}

impl Default for Concurrency {
    /// Starts with 4 tasks; at most 32.
    fn default() -> Self {
        Self { initial: 4, maximum: 32 }
    }
}

impl Concurrency {
    /// Sets the maximum number of tasks.
    #[must_use]
    pub const fn at_most(mut self, tasks: usize) -> Self {
        self.maximum = tasks;
        self
    }

    /// Always this number of tasks, unless the server is overloaded.
    #[must_use]
    pub const fn up_to(tasks: usize) -> Self {
        Self { initial: tasks, maximum: tasks }
    }
}
