//! Members that a server cannot remove. It merges the object that is sent with the present one.

use serde_json::Value;

use super::declaration::Declared;
use super::plan::Unmanaged;
use super::planner::Planner;
use super::tenant::Found;

impl Planner<'_> {
    /// Keeps the members that the server cannot remove. Reports them as differences.
    pub(super) fn keep_merged(&mut self, declared: &Declared, found: &Found, whole: &mut Value) {
        let Some((owner, _)) = declared.kind.merged.filter(|(_, last)| !self.tenant.might_have(last + 1)) else {
            return;
        };
        let present = found.raw.get(owner).and_then(Value::as_object).into_iter().flatten();
        let Some(Value::Object(wanted)) = whole.get_mut(owner) else { return };
        for (name, value) in present.filter(|(_, value)| !value.is_null()) {
            if !wanted.contains_key(name) {
                wanted.insert(name.clone(), value.clone());
                let (at, release) = (declared.at_member(owner), self.tenant.release());
                let reason = format!("`{owner}.{name}` stays: {release} cannot remove it, only change it");
                self.unmanaged.push(Unmanaged {
                    kind: declared.kind,
                    shown_key: self.variable_values.hide_in_key(&declared.key),
                    message: format!("{at}: {reason}"),
                    reason,
                    is_difference: true,
                });
            }
        }
    }
}
