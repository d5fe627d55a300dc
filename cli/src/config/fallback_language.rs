//! The fallback language, whose custom phrases the server does not delete.

use serde_json::Value;

use super::declaration::Declaration;
use super::entity_members::Members;
use super::kinds::SIGN_IN_EXPERIENCE;
use super::tenant::Tenant;

/// Why the custom phrases of the fallback language are kept.
pub(super) const FALLBACK: &str = "it is the fallback language of the sign-in experience";

/// Returns the fallback language after the changes of the files. Deletions come after them.
pub(super) fn fallback_language<'a>(tenant: &'a Tenant, declaration: &'a Declaration) -> Option<&'a str> {
    let declared = declaration.entities.iter().filter(|entity| entity.kind.is(&SIGN_IN_EXPERIENCE));
    let declared = declared.map(|entity| &entity.members);
    let present = tenant.all(&SIGN_IN_EXPERIENCE).iter().map(|found| &found.raw);
    declared.chain(present).find_map(language)
}

fn language(experience: &Members) -> Option<&str> {
    experience.get("languageInfo")?.get("fallbackLanguage").and_then(Value::as_str)
}
