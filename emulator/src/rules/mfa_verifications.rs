use super::Rules;
use crate::collections::BACKUP_CODES;
use crate::operations::mfa;

pub(super) static RULES: Rules = Rules {
    present: |_, factor, members| {
        members.remove("userId");
        if factor.hidden.contains_key(BACKUP_CODES) {
            members.insert("remainCodes".to_owned(), mfa::unused_codes(factor).into());
        }
    },
    ..Rules::NONE
};
