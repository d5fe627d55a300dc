//! authentik: users of the API, or of Django's `dumpdata` with password hashes.

use super::draft::Draft;
use super::fields::Fields;
use super::hashes::django;

pub(super) fn convert(fields: &mut Fields, draft: &mut Draft<'_>) {
    let pk = fields.text("pk");
    if fields.has("fields") {
        if fields.text("model").is_some_and(|model| model != "authentik_core.user") {
            draft.skip("not a user");
        }
        *fields = fields.fields("fields");
    }
    draft.user.id = fields.text("uuid").or_else(|| fields.text("uid")).or(pk);
    if fields.text("type").is_some_and(|kind| kind.ends_with("service_account")) {
        draft.skip("a service account");
    }
    // authentik does not record whether an email address is verified.
    let email = fields.text("email");
    draft.email("email", email, None);
    let username = fields.text("username");
    draft.username("username", username);
    let name = fields.text("name");
    draft.name(name, None, None);
    let avatar = fields.text("avatar").filter(|url| url.starts_with("http"));
    draft.avatar("avatar", avatar);
    draft.user.is_suspended = fields.flag("is_active") == Some(false);
    draft.keep_fields(fields, &["attributes"]);

    // Django writes `!` for a password that cannot be used.
    let password = fields.text("password").filter(|hash| !hash.starts_with('!'));
    if let Some(hash) = password {
        draft.password("password", django(&hash));
    }
    let groups = fields.objects("groups_obj").into_iter().filter_map(|mut group| group.text("name")).collect();
    draft.groups("groups", groups);
}
