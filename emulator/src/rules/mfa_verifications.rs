use super::Rules;
use crate::collections::{BACKUP_CODES, unused_codes};

pub(super) static RULES: Rules = Rules {
    present: |_, factor, members| {
        members.remove("userId");
        if factor.hidden.contains_key(BACKUP_CODES) {
            members.insert("remainCodes".to_owned(), unused_codes(factor).into());
        }
    },
    ..Rules::NONE
};
