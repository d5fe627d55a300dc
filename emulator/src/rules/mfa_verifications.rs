use logto_admin::serde_json::Value;

use super::Rules;
use crate::collections::BACKUP_CODES;

pub(super) static RULES: Rules = Rules {
    present: |_, factor, members| {
        members.remove("userId");
        if let Some(codes) = factor.hidden.get(BACKUP_CODES).and_then(Value::as_array) {
            members.insert("remainCodes".to_owned(), codes.len().into());
        }
    },
    ..Rules::NONE
};
