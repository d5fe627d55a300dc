//! Amazon Cognito: `list-users`, `admin-get-user`, or CSV with attributes as columns.

use serde_json::{Value, json};

use super::draft::Draft;
use super::fields::Fields;
use crate::users::record::JsonObject;

/// Members of an address, and those of Logto's profile.
const ADDRESS: [(&str, &str); 6] = [
    ("formatted", "formatted"),
    ("street_address", "streetAddress"),
    ("locality", "locality"),
    ("region", "region"),
    ("postal_code", "postalCode"),
    ("country", "country"),
];

pub(super) fn convert(fields: &mut Fields, draft: &mut Draft<'_>) {
    let username = ["Username", "cognito:username"].iter().find_map(|name| fields.text(name));
    draft.user.is_suspended = fields.flag("Enabled") == Some(false);
    let status = fields.text("UserStatus").or_else(|| fields.text("cognito:user_status"));
    let preferred = fields.text("PreferredMfaSetting");
    let factors = fields.texts("UserMFASettingList");
    let has_factors = fields.flag("cognito:mfa_enabled") == Some(true) || preferred.is_some() || !factors.is_empty();
    let mut attributes = attributes(fields);

    let sub = attributes.text("sub");
    draft.user.id = sub.clone().or_else(|| username.clone());
    // Users that have verified nothing, and those of a provider, can lack the attributes.
    let (email, verified) = (attributes.text("email"), attributes.flag("email_verified").unwrap_or_default());
    draft.email("email", email, Some(verified));
    let (phone, verified) =
        (attributes.text("phone_number"), attributes.flag("phone_number_verified").unwrap_or_default());
    draft.phone("phone_number", phone, Some(verified));
    // Cognito makes up usernames for users of a provider and for pools with email addresses as usernames.
    let is_made_up = username == sub || status.as_deref() == Some("EXTERNAL_PROVIDER") || is_uuid(username.as_deref());
    draft.username("Username", username.filter(|_| !is_made_up));

    let (name, given) = (attributes.text("name"), attributes.text("given_name"));
    let family = attributes.text("family_name");
    draft.name(name, given, family);
    let address = address(attributes.value("address"));
    if !address.is_empty() {
        draft.user.profile.insert("address".to_owned(), address.into());
    }
    draft.claims(&mut attributes);
    let picture = attributes.text("picture");
    draft.avatar("picture", picture);

    for mut identity in attributes.objects("identities") {
        let name = identity.text("providerName").unwrap_or_default();
        let kind = identity.text("providerType").unwrap_or_default();
        let id = identity.text("userId");
        if matches!(kind.as_str(), "SAML" | "OIDC") {
            draft.enterprise_identity("identities", &name);
        } else {
            draft.identity("identities", &name, id, JsonObject::new());
        }
    }
    if has_factors {
        draft.warn(
            "UserMFASettingList",
            "Cognito exports no secrets of second factors; the user has to set them up again",
        );
    }
    for (name, value) in attributes.take_members() {
        if let Some(name) = name.strip_prefix("dev:").unwrap_or(&name).strip_prefix("custom:") {
            draft.keep(name, value);
        }
    }
}

/// Removes and returns the attributes, which are columns in CSV files.
fn attributes(fields: &mut Fields) -> Fields {
    let lists = [fields.objects("Attributes"), fields.objects("UserAttributes")].into_iter().flatten();
    let members: JsonObject =
        lists.filter_map(|mut attribute| Some((attribute.text("Name")?, attribute.value("Value")?))).collect();
    if members.is_empty() {
        return Fields::new(fields.take_members());
    }
    Fields::new(members)
}

/// Returns the address of the profile. Cognito has JSON or any text.
fn address(value: Option<Value>) -> JsonObject {
    let Some(text) = value.and_then(super::fields::text) else { return JsonObject::new() };
    let Ok(Value::Object(parts)) = serde_json::from_str(&text) else {
        return JsonObject::from_iter([("formatted".to_owned(), json!(text))]);
    };
    let mut parts = Fields::new(parts);
    ADDRESS.iter().filter_map(|(name, member)| Some(((*member).to_owned(), parts.text(name)?.into()))).collect()
}

fn is_uuid(text: Option<&str>) -> bool {
    let lengths = text.map(|text| text.split('-').map(str::len).collect::<Vec<_>>());
    let is_hex = text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'));
    is_hex && lengths.is_some_and(|lengths| lengths == [8, 4, 4, 4, 12])
}
