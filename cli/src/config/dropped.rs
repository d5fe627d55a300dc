//! Members that the server drops because of others. A file with them would differ from the tenant after each apply.

use serde_json::Value;

use super::declaration::Declared;
use super::entity_members::Members;
use super::planner::Planner;
use super::value_path::value_at;

impl Planner<'_> {
    /// Reports members of a file that the server drops. `members` are those of the whole entity.
    pub(super) fn check_dropped(&mut self, declared: &Declared, members: &Members) {
        let file = Value::Object(declared.members.clone());
        for (path, reason) in (declared.kind.dropped)(members) {
            let place: Vec<String> = path.split('.').map(str::to_owned).collect();
            if value_at(&file, &place).is_some_and(|value| !value.is_null()) {
                self.problem(declared, &place, &format!("the server drops `{path}`: {reason}"));
            }
        }
    }
}
