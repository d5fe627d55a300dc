use logto_admin::serde_json::{Value, json};

use super::{Collection, Order, Owner, USERS, Unknown};
use crate::record::Record;

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

/// Returns the number of backup codes that were not used yet.
pub(crate) fn unused_codes(factor: &Record) -> usize {
    let codes = factor.hidden.get(BACKUP_CODES).and_then(Value::as_array).into_iter().flatten();
    codes.filter(|code| code.get("usedAt").is_none()).count()
}
