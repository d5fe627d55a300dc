//! The rules of the settings that have some.

use super::{account_center, cimd, sign_in_experience};
use crate::call::Call;
use crate::errors::Outcome;
use crate::record::Members;
use crate::settings::{ACCOUNT_CENTER, CIMD, SIGN_IN_EXPERIENCE, Setting};

/// Validates a change of a setting, and completes the sent members.
pub(crate) fn prepare_setting(call: &mut Call<'_>, setting: &Setting, sent: &mut Members) -> Outcome<()> {
    if setting.name == SIGN_IN_EXPERIENCE.name {
        sign_in_experience::prepare(call, sent)
    } else if setting.name == ACCOUNT_CENTER.name {
        account_center::prepare(call.state, sent)
    } else if setting.name == CIMD.name {
        cimd::refuse(sent)
    } else {
        Ok(())
    }
}
