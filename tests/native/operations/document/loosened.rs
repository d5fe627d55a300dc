//! Members of responses for which absent and null mean the same. Only some releases send them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use crate::recordings::compare::{Difference, Kind};

/// The JSON pointers of these members for each operation, in which `*` stands for any element.
pub(crate) struct Loosened(BTreeMap<String, Vec<String>>);

impl Loosened {
    /// Returns the list, which is made once.
    pub(crate) fn load() -> &'static Self {
        static LOADED: OnceLock<Loosened> = OnceLock::new();
        LOADED
            .get_or_init(|| Self(logto_admin_codegen::loosened_members().expect("the documents and their corrections")))
    }

    /// Returns whether the difference is a null that was left out.
    pub(crate) fn excuses(&self, id: &str, was: &Value, difference: &Difference) -> bool {
        let is_null = difference.kind == Kind::Lost && was.pointer(&difference.pointer).is_some_and(Value::is_null);
        is_null && self.0[id].iter().any(|pattern| matches(pattern, &difference.pointer))
    }
}

fn matches(pattern: &str, pointer: &str) -> bool {
    let (pattern, pointer): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), pointer.split('/').collect());
    pattern.len() == pointer.len() && pattern.iter().zip(pointer).all(|(step, own)| *step == "*" || *step == own)
}
