use super::Handler;
use crate::http::reply;

pub(super) const ALL: &[(&str, Handler)] = &[("DeleteSentinelActivities", |call| {
    // The server records no activities of applications.
    if call.text("targetType") == "User" {
        let targets = call.texts("targets");
        call.state.sentinel.forget(&targets);
        call.state.message_limits.forget(&targets);
    }
    Ok(reply::nothing(call.success()))
})];
