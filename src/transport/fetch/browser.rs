use std::sync::OnceLock;

use crate::runtime::user_agent;

/// Whether this is a browser or a worker in a browser.
pub(super) fn in_browser() -> bool {
    static IN_BROWSER: OnceLock<bool> = OnceLock::new();
    *IN_BROWSER.get_or_init(|| user_agent().is_some_and(|name| name.starts_with("Mozilla/")))
}
