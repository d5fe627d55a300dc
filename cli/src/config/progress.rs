//! Progress of a change that consists of several calls: what was done of it.

use super::plan::Action;

/// The calls of a change so far, each with the members that it sets.
#[derive(Default)]
pub(super) struct Progress(Vec<Vec<String>>);

impl Progress {
    /// Notes the call that sets these members. The calls before it have succeeded.
    pub(super) fn start<S: ToString>(&mut self, members: &[S]) {
        self.0.push(members.iter().map(ToString::to_string).collect());
    }

    /// Returns what was done before the last call failed. Empty if it was the first one.
    pub(super) fn before_failure(&self, action: Action) -> String {
        let quoted = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match self.0.split_last() {
            None | Some((_, [])) => String::new(),
            Some((failed, _)) if action == Action::Create => format!("; it was created, but {} failed", quoted(failed)),
            Some((failed, done)) => format!("; {} succeeded, but {} failed", quoted(&done.concat()), quoted(failed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_the_calls_are_named() {
        let mut progress = Progress::default();
        assert_eq!(progress.before_failure(Action::Update), "");
        progress.start(&["name", "type"]);
        assert_eq!(progress.before_failure(Action::Create), "");
        progress.start(&["roles"]);
        assert_eq!(progress.before_failure(Action::Create), "; it was created, but `roles` failed");
        progress.start(&["customData"]);
        assert_eq!(
            progress.before_failure(Action::Update),
            "; `name`, `type`, `roles` succeeded, but `customData` failed"
        );
    }
}
