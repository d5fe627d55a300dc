//! The API documents: the operations that the server offers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use logto_admin::operation::{Authentication, OperationInfo, Release, TABLE};
use logto_admin::serde_json::value::{RawValue, to_raw_value};
use logto_admin::serde_json::{self, Map, Value, json};
use logto_admin::transport::HttpResponse;
use serde::Serialize;

use super::Handler;
use crate::call::Call;
use crate::document::open_api::{self, components};
use crate::errors::{Outcome, internal};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetSwaggerJson", |call| answer(call, Api::All)),
    ("GetWellKnownManagementOpenapiJson", |call| answer(call, Api::Management)),
    ("GetWellKnownExperienceOpenapiJson", |call| answer(call, Api::Experience)),
    ("GetWellKnownUserOpenapiJson", |call| answer(call, Api::Account)),
];

/// The operations of a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Api {
    All,
    Management,
    Experience,
    Account,
}

impl Api {
    fn includes(self, info: &OperationInfo) -> bool {
        match self {
            Self::All => true,
            Self::Management => !matches!(info.authentication, Authentication::User | Authentication::Session),
            Self::Experience => info.authentication == Authentication::Session,
            Self::Account => info.authentication == Authentication::User,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::All | Self::Management => "Logto API references",
            Self::Experience => "Logto experience API references",
            Self::Account => "Logto user API references",
        }
    }

    /// Returns the tags that no operation has.
    const fn further_tags(self) -> &'static [&'static str] {
        match self {
            Self::All | Self::Management => &["Custom UI assets", "Organization applications", "Organization users"],
            Self::Experience | Self::Account => &[],
        }
    }

    /// Returns the security scheme and its name.
    fn security(self) -> (&'static str, Value) {
        match self {
            Self::All | Self::Management => {
                let flow = json!({ "tokenUrl": "/oidc/token", "scopes": { "all": "All scopes" } });
                ("OAuth2", json!({ "type": "oauth2", "flows": { "clientCredentials": flow } }))
            }
            Self::Experience | Self::Account => {
                ("cookieAuth", json!({ "type": "apiKey", "in": "cookie", "name": "_interaction" }))
            }
        }
    }
}

/// The parts of a document that do not depend on the server's address.
struct Parts {
    paths: Box<RawValue>,
    schemas: Box<RawValue>,
    parameters: Box<RawValue>,
    tags: Value,
}

impl Parts {
    /// Returns the parts of a document. They are built only once, because there are hundreds of operations.
    fn of(api: Api, release: Release) -> serde_json::Result<Arc<Self>> {
        static BUILT: Mutex<BTreeMap<(Api, Release), Arc<Parts>>> = Mutex::new(BTreeMap::new());
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parts) = built.get(&(api, release)) {
            return Ok(Arc::clone(parts));
        }
        let parts = Arc::new(Self::build(api, release)?);
        built.insert((api, release), Arc::clone(&parts));
        Ok(parts)
    }

    fn build(api: Api, release: Release) -> serde_json::Result<Self> {
        let mut paths: Map<String, Value> = Map::new();
        let mut tags: Vec<String> = api.further_tags().iter().map(|tag| (*tag).to_owned()).collect();
        let operations = || TABLE.iter().filter(|info| info.is_in(release) && api.includes(info));
        for info in operations() {
            let item = paths.entry(info.path).or_insert_with(|| json!({}));
            item[info.method.as_str().to_lowercase()] = open_api::operation(info);
            let tag = open_api::tag(info);
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags.sort_unstable_by_key(|tag| tag.to_lowercase());
        let described = |tag: &String| json!({ "name": tag, "description": format!("Operations of {tag}.") });
        let tags = tags.iter().map(described).collect();
        let parameters = open_api::parameters(operations().copied());
        Ok(Self {
            paths: to_raw_value(&paths)?,
            schemas: to_raw_value(&components())?,
            parameters: to_raw_value(&parameters)?,
            tags,
        })
    }
}

#[derive(Serialize)]
struct Document<'a> {
    openapi: &'static str,
    servers: Value,
    info: Value,
    security: Value,
    paths: &'a RawValue,
    components: Components<'a>,
    tags: &'a Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Components<'a> {
    security_schemes: Value,
    schemas: &'a RawValue,
    parameters: &'a RawValue,
}

fn answer(call: &Call<'_>, api: Api) -> Outcome<HttpResponse> {
    let document = document(&call.request.origin, api, call.state.release).map_err(|_| internal())?;
    Ok(HttpResponse::json(200, document))
}

fn document(origin: &str, api: Api, release: Release) -> serde_json::Result<String> {
    let (title, parts) = (api.title(), Parts::of(api, release)?);
    let (scheme, security) = api.security();
    serde_json::to_string(&Document {
        openapi: "3.0.1",
        servers: json!([{ "url": origin, "description": "Logto endpoint address." }]),
        info: json!({ "title": title, "description": format!("{title}."), "version": "Cloud" }),
        security: json!([{ scheme: ["all"] }]),
        paths: &parts.paths,
        components: Components {
            security_schemes: json!({ scheme: security }),
            schemas: &parts.schemas,
            parameters: &parts.parameters,
        },
        tags: &parts.tags,
    })
}
