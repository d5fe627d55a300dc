use std::time::Duration;

use super::retry::RetryPolicy;
use crate::token::{AccessToken, TokenCache};
use crate::transport::Method;

/// How one call is carried out.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only spans and metrics have labels"))]
pub(crate) struct Plan<'a> {
    /// The label in spans and metrics. A host has its own.
    pub label: Option<Label<'a>>,
    pub retry: RetryPolicy,
    pub idempotent: bool,
    pub total_timeout: Option<Duration>,
    /// The first attempt, if it began before the loop.
    pub begun: Option<&'a Begun>,
    /// Whether the call does not queue behind others for the rate limit. Those wait for it.
    pub urgent: bool,
    /// The source of the access token, if the call needs one.
    pub tokens: Option<&'a TokenCache>,
}

/// The label of a call in spans and metrics.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only spans show all of it"))]
pub(crate) struct Label<'a> {
    pub operation: &'static str,
    pub method: Method,
    /// The path with its parameters in braces.
    pub template: &'a str,
}

/// A first attempt that a host started without waiting for the loop.
#[derive(Debug)]
pub struct Begun {
    /// Time since the start.
    pub spent: Duration,
    /// The access token that it sent.
    pub token: AccessToken,
}

impl Plan<'_> {
    pub(super) fn spent(&self) -> Duration {
        self.begun.map(|begun| begun.spent).unwrap_or_default()
    }

    /// Returns the policy of a call that waited before its first attempt. A retry that cannot start within the total
    /// timeout is not awaited: the last answer is more useful than a timeout.
    pub(super) fn policy_after(&self, waited: Duration) -> RetryPolicy {
        let left = self.total_timeout.map_or(Duration::MAX, |limit| limit.saturating_sub(waited));
        self.retry.total(self.retry.total.min(left))
    }
}
