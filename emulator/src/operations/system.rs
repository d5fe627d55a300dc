//! Operations about the server itself.

use logto_admin::serde_json::json;

use super::Handler;
use crate::http::reply;
use crate::rules::protected_apps::DEFAULT_DOMAIN;
use crate::state::services::Service;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetStatus", |call| Ok(reply::nothing(call.success()))),
    ("GetSystemApplicationConfig", |call| {
        call.state.services.require(Service::ProtectedApps)?;
        Ok(reply::json(call.success(), &json!({ "protectedApps": { "defaultDomain": DEFAULT_DOMAIN } })))
    }),
];
