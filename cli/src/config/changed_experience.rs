//! The members of the sign-in experience that the files change.

use super::entity_members::{Members, canonical};
use super::kinds::SIGN_IN_EXPERIENCE;
use super::tenant::Tenant;

/// Returns the members that differ from those of the tenant.
pub(super) fn changed_experience(tenant: &Tenant, members: &Members) -> Members {
    let kind = &SIGN_IN_EXPERIENCE;
    let before = tenant.all(kind).first().map(|found| found.canonical()).unwrap_or_default();
    let mut changed = canonical(kind.members, members);
    changed.retain(|name, value| before.get(name) != Some(value));
    changed
}
