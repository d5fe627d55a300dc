//! When an import repeats a call.

use std::time::Duration;

use logto_admin::RetryPolicy;

/// A server that restarts is back within this time.
pub(super) fn patient() -> RetryPolicy {
    let waits = (Duration::from_millis(250), Duration::from_secs(20));
    RetryPolicy::attempts(10).waits(waits.0, waits.1).total(Duration::from_secs(300))
}

/// Returns how long to wait after a number of tries. Applies if the import, not the client, repeats a call.
pub(super) fn wait_after(tried: u32) -> Duration {
    let policy = patient();
    policy.base.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1))).min(policy.longest)
}
