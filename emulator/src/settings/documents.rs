use logto_admin::serde_json::{Value, json};

use super::{SIGN_IN_EXPERIENCE, Setting};
use crate::call::Call;
use crate::errors::{Outcome, invalid_input};
use crate::record::Members;

pub(super) static ALL: [&Setting; 6] =
    [&SIGN_IN_EXPERIENCE, &ACCOUNT_CENTER, &ADMIN_CONSOLE, &OIDC_SESSION, &ID_TOKEN, &CIMD];

/// Parts of their accounts that users can see and change.
pub(crate) static ACCOUNT_CENTER: Setting = Setting {
    name: "account_center",
    path: "/api/account-center",
    public: Some("/api/.well-known/account-center"),
    blank: || {
        json!({
            "tenantId": "default",
            "id": "default",
            "enabled": false,
            "fields": {},
            "webauthnRelatedOrigins": [],
            "deleteAccountUrl": null,
            "customCss": null,
            "profileFields": null,
        })
    },
    refuses_empty_change: true,
    ..Setting::DEFAULT
};

static ADMIN_CONSOLE: Setting = Setting {
    name: "admin_console",
    path: "/api/configs/admin-console",
    blank: || json!({ "signInExperienceCustomized": false, "organizationCreated": false }),
    ..Setting::DEFAULT
};

/// The lifetime of sessions, in seconds.
pub(crate) static OIDC_SESSION: Setting = Setting {
    name: "oidc_session",
    path: "/api/configs/oidc/session",
    blank: || json!({ "ttl": 1_209_600 }),
    ..Setting::DEFAULT
};

/// The claims that ID tokens contain beyond the usual ones.
pub(crate) static ID_TOKEN: Setting = Setting {
    name: "id_token",
    path: "/api/configs/id-token",
    blank: || json!({ "enabledExtendedClaims": ["roles", "organizations", "organization_roles"] }),
    ..Setting::DEFAULT
};

/// Client ID metadata documents.
static CIMD: Setting = Setting {
    name: "cimd",
    path: "/api/configs/cimd",
    blank: || json!({ "enabled": false }),
    prepare: refuse_cimd,
    ..Setting::DEFAULT
};

/// Why the feature is not available.
const UNPROTECTED: &str = "CIMD requires the OIDC provider SSRF protection. \
    Remove `OIDC_PROVIDER_SSRF_PROTECTION_DISABLED` to enable CIMD.";

/// The recorded server runs without the protection that this feature requires. Servers on private networks do.
fn refuse_cimd(_: &mut Call<'_>, sent: &mut Members) -> Outcome<()> {
    if sent.get("enabled") == Some(&Value::Bool(true)) {
        let data = json!({ "details": UNPROTECTED });
        return Err(invalid_input(422, "{{details}}").with("data", data));
    }
    Ok(())
}
