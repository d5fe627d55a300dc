use logto_admin::serde_json::json;

use super::{Collection, Order, Owner, USERS, Unknown};

/// The members that hold the secret of an authenticator app and the backup codes. Responses do not show them.
pub(crate) const TOTP_SECRET: &str = "secret";
pub(crate) const BACKUP_CODES: &str = "codes";

/// Second factors of users. Their creation is a special operation.
pub(crate) static MFA_VERIFICATIONS: Collection = Collection {
    name: "mfa_verifications",
    path: "/api/users/{}/mfa-verifications",
    owner: Some(Owner::new(&USERS, "userId")),
    blank: || json!({ "type": "Totp" }),
    searchable: &[],
    order: Order::Oldest,
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
