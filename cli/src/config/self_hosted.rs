//! Warns about a setting that self-hosted servers refuse. A later release might accept it, so it is not an error.

use logto_admin::Client;

use super::changed_experience::changed_experience;
use super::declaration::{Declaration, Declared};
use super::kinds::SIGN_IN_EXPERIENCE;
use super::tenant::Tenant;

/// The member of the sign-in experience that self-hosted servers refuse. The number is the minor version of the first
/// release that has it.
const REFUSED: (&str, u16) = ("customUiCsp", 37);

/// Returns a warning if the files change the setting of a self-hosted server.
pub(super) fn warnings(client: &Client, tenant: &Tenant, declaration: &Declaration) -> Vec<String> {
    let (kind, (member, since)) = (&SIGN_IN_EXPERIENCE, REFUSED);
    if client.endpoint().is_cloud() || !tenant.might_have(since) {
        return Vec::new();
    }
    let is_changed = |declared: &&Declared| changed_experience(tenant, &declared.members).contains_key(member);
    let changed = declaration.entities.iter().filter(|entity| entity.kind.is(kind)).filter(is_changed);
    changed
        .map(|declared| {
            let at = declared.at_member(member);
            format!("{at}: `apply` might fail: self-hosted servers have refused `{member}` so far")
        })
        .collect()
}
