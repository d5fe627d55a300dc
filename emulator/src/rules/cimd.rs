//! Client ID metadata documents.

use logto_admin::serde_json::{Value, json};

use crate::errors::{Outcome, invalid_input};
use crate::record::Members;

/// Why the feature is not available.
const UNPROTECTED: &str = "CIMD requires the OIDC provider SSRF protection. \
    Remove `OIDC_PROVIDER_SSRF_PROTECTION_DISABLED` to enable CIMD.";

/// The recorded server runs without the protection that this feature requires. Servers on private networks do.
pub(super) fn refuse(sent: &Members) -> Outcome<()> {
    if sent.get("enabled") == Some(&Value::Bool(true)) {
        let data = json!({ "details": UNPROTECTED });
        return Err(invalid_input(422, "{{details}}").with("data", data));
    }
    Ok(())
}
