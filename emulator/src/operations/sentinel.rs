use super::Handler;
use crate::http::reply;

pub(super) const ALL: &[(&str, Handler)] = &[("DeleteSentinelActivities", |call| {
    let targets = call.texts("targets");
    call.state.sentinel.forget(&targets);
    Ok(reply::nothing(call.success()))
})];
