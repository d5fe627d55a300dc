use logto_admin::serde_json::json;

use super::{SIGN_IN_EXPERIENCE, Setting};

pub(crate) static ALL: [&Setting; 6] =
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
pub(crate) static CIMD: Setting =
    Setting { name: "cimd", path: "/api/configs/cimd", blank: || json!({ "enabled": false }), ..Setting::DEFAULT };
