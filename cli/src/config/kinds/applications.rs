//! Applications.

use logto_admin::models::{ApplicationType, UserScope};
use serde_json::Value;

use super::super::entity_members::member;
use super::access::{MANAGEMENT_ROLE, ORGANIZATION_SCOPES, ROLES, SCOPES, text};
use super::{Body, Form, Kind, LinkChange, Links, Part, Read, Standing, Write, text_rules, write};

/// The standing of applications that can call the Management API.
pub(in super::super) const CALLS_MANAGEMENT_API: Standing = Standing::Kept("it can call the Management API");

pub(in super::super) static APPLICATIONS: Kind = Kind {
    file: "applications",
    noun: "application",
    members: &[
        member("name").at_least(1).at_most(256).required(),
        member("description"),
        member("type").one_of(ApplicationType::VALUES).fixed().required(),
        member("isThirdParty").flag().fixed(),
        member("oidcClientMetadata.redirectUris").texts().unless(text_rules::of_urls).listed(),
        member("oidcClientMetadata.postLogoutRedirectUris").texts().unless(text_rules::of_urls).listed(),
        member("oidcClientMetadata.backchannelLogoutUri").unless(text_rules::of_urls).since(18),
        member("oidcClientMetadata.backchannelLogoutSessionRequired").flag().since(18),
        member("oidcClientMetadata.logoUri"),
        member("customClientMetadata.corsAllowedOrigins").at_least(1).texts(),
        member("customClientMetadata.idTokenTtl").number(),
        member("customClientMetadata.refreshTokenTtl").number(),
        member("customClientMetadata.refreshTokenTtlInDays").number(),
        member("customClientMetadata.alwaysIssueRefreshToken").flag(),
        member("customClientMetadata.rotateRefreshToken").flag(),
        member("customClientMetadata.allowTokenExchange").flag().since(31),
        member("customClientMetadata.isDeviceFlow").flag().since(37),
        member("customClientMetadata.maxAllowedGrants").number().since(37),
        member("customData").object().since(18),
        member("roles").any().set(),
        member("userScopes").any().set(),
        member("organizationScopes").any().set(),
        member("resourceScopes").any(),
        member("organizationResourceScopes").any(),
        member("signInExperience.displayName").at_most(256).clearable(),
        member("signInExperience.color.primaryColor").unless(text_rules::of_colours).since(18),
        member("signInExperience.color.isDarkModeEnabled").flag().since(18),
        member("signInExperience.color.darkPrimaryColor").unless(text_rules::of_colours).since(18),
        member("signInExperience.branding.logoUrl").unless(text_rules::of_urls),
        member("signInExperience.branding.darkLogoUrl").unless(text_rules::of_urls),
        member("signInExperience.branding.favicon").unless(text_rules::of_urls),
        member("signInExperience.branding.darkFavicon").unless(text_rules::of_urls).since(18),
        member("signInExperience.termsOfUseUrl").unless(text_rules::of_optional_urls).at_most(2048).clearable(),
        member("signInExperience.privacyPolicyUrl").unless(text_rules::of_optional_urls).at_most(2048).clearable(),
        member("signInExperience.customCss").clearable().since(31),
    ],
    read: Read::List("ListApplications"),
    complete: true,
    create: write("CreateApplication"),
    update: write("UpdateApplication"),
    merged: Some(("customClientMetadata", 17)),
    delete: Some("DeleteApplication"),
    secret_names: &["customData"],
    parts: &[
        Part::Links(Links {
            member: "roles",
            target: Some(|| &ROLES),
            noun: "role",
            values: &[],
            form: Form::Names,
            read: "ListApplicationRoles",
            within: None,
            // The server refuses to replace the roles with some of them.
            change: LinkChange::AddRemove {
                add: "AssignApplicationRoles",
                member: "roleIds",
                remove: "DeleteApplicationRole",
                path: None,
            },
            applies: |application| text(application, "type") == "MachineToMachine",
            misfit: |role| (text(role, "type") != "MachineToMachine").then_some("which is a role of users"),
        }),
        Part::Links(Links {
            noun: "user scope",
            form: Form::Names,
            values: UserScope::VALUES,
            ..consent("userScopes", None, "user-scopes")
        }),
        Part::Links(Links {
            noun: "organization scope",
            form: Form::Names,
            ..consent("organizationScopes", Some(|| &ORGANIZATION_SCOPES), "organization-scopes")
        }),
        Part::Links(consent("resourceScopes", Some(|| &SCOPES), "resource-scopes")),
        Part::Links(consent("organizationResourceScopes", Some(|| &SCOPES), "organization-resource-scopes")),
        Part::Document {
            member: "signInExperience",
            read: "GetApplicationSignInExperience",
            applies: |application| text(application, "type") != "MachineToMachine",
            write: Write {
                operation: "ReplaceApplicationSignInExperience",
                body: Body::Value("signInExperience"),
                // The server keeps what is not sent.
                extra: &[
                    ("displayName", "null"),
                    ("color", "{}"),
                    ("branding", "{}"),
                    ("termsOfUseUrl", "null"),
                    ("privacyPolicyUrl", "null"),
                    ("customCss", "null"),
                ],
            },
        },
    ],
    conflict: |application| {
        let (kind, is_true) = (text(application, "type"), |value: Option<&Value>| value == Some(&Value::Bool(true)));
        let client = application.get("customClientMetadata");
        match () {
            () if is_true(application.get("isThirdParty")) && kind == "MachineToMachine" => {
                Some(("isThirdParty", format!("an application of type {kind} cannot be a third-party one")))
            }
            () if is_true(client.and_then(|client| client.get("isDeviceFlow"))) && kind != "Native" => Some((
                "customClientMetadata",
                format!("`customClientMetadata.isDeviceFlow` is only for applications of type Native, not {kind}"),
            )),
            () => None,
        }
    },
    standing: |application| {
        let calls_the_management_api = application
            .get("roles")
            .and_then(Value::as_array)
            .is_some_and(|roles| roles.iter().any(|role| role == MANAGEMENT_ROLE));
        match (text(application, "id"), text(application, "type")) {
            ("admin-console" | "demo-app" | "account-center", _) => Standing::BuiltIn(None),
            (_, "SAML") => Standing::Foreign("SAML applications are not part of the configuration in files"),
            (_, "Protected") => Standing::Foreign("protected applications are not part of the configuration in files"),
            // Other programs use it.
            _ if calls_the_management_api => CALLS_MANAGEMENT_API,
            _ => Standing::Own,
        }
    },
    ..Kind::DEFAULT
};

/// Scopes that users can grant to a third-party application.
const fn consent(member: &'static str, target: Option<fn() -> &'static Kind>, path: &'static str) -> Links {
    Links {
        member,
        target,
        noun: "scope",
        values: &[],
        form: Form::ByOwner,
        read: "ListApplicationUserConsentScopes",
        within: Some(member),
        change: LinkChange::AddRemove {
            add: "CreateApplicationUserConsentScope",
            member,
            remove: "DeleteApplicationUserConsentScope",
            path: Some(path),
        },
        applies: |application| matches!(application.get("isThirdParty"), Some(Value::Bool(true))),
        misfit: |_| None,
    }
}
