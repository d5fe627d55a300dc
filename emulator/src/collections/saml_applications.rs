use logto_admin::serde_json::json;

use super::{APPLICATIONS, Collection, EmptyChange, Owner, Unknown};
use crate::errors::Refusal;

/// Applications that users sign in to with SAML. They are in the table of all applications.
pub(crate) static SAML_APPLICATIONS: Collection = Collection {
    name: APPLICATIONS.name,
    path: "/api/saml-applications",
    blank: || {
        let mut blank = (APPLICATIONS.blank)();
        if let Some(kind) = blank.get_mut("type") {
            *kind = "SAML".into();
        }
        blank
    },
    stamps: &["createdAt"],
    searchable: &[],
    empty_change: EmptyChange::Accepted,
    suits: |application| {
        if application.text("type") == "SAML" {
            return Ok(());
        }
        let message = "The API is only available for SAML applications.";
        Err(Refusal::new(422, "application.saml.saml_application_only", message))
    },
    ..Collection::DEFAULT
};

/// Keys and certificates of SAML applications.
pub(crate) static SAML_APPLICATION_SECRETS: Collection = Collection {
    name: "saml_application_secrets",
    path: "/api/saml-applications/{}/secrets",
    owner: Some(Owner {
        has_checked_list: false,
        foreign_key: Some(404),
        ..Owner::new(&SAML_APPLICATIONS, "applicationId")
    }),
    blank: || json!({ "active": false }),
    stamps: &["createdAt"],
    searchable: &[],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
