//! Reads and changes the settings.

use logto_admin::operation::OperationInfo;
use logto_admin::transport::{HttpResponse, Method};

use crate::call::Call;
use crate::errors::{Outcome, empty_change};
use crate::http::reply;
use crate::record::Members;
use crate::rules;
use crate::settings::{ALL, Setting};

/// Effect of an operation on a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingVerb {
    Get,
    /// Overrides the members that are sent.
    Merge,
    Replace,
}

/// Returns the setting that an operation is about, and what it does to it.
pub(crate) fn find(info: &OperationInfo) -> Option<(&'static Setting, SettingVerb)> {
    let setting = ALL.iter().find(|setting| info.path == setting.path || Some(info.path) == setting.public)?;
    let verb = match info.method {
        Method::Get => SettingVerb::Get,
        Method::Patch => SettingVerb::Merge,
        Method::Put => SettingVerb::Replace,
        _ => return None,
    };
    Some((setting, verb))
}

pub(crate) fn run(call: &mut Call<'_>, setting: &Setting, verb: SettingVerb) -> Outcome<HttpResponse> {
    if verb == SettingVerb::Get {
        return Ok(reply::json(200, &call.state.settings.get(setting).into()));
    }
    let mut sent = call.sent();
    if setting.refuses_empty_change && sent.is_empty() {
        return Err(empty_change());
    }
    rules::prepare_setting(call, setting, &mut sent)?;
    let mut document = if verb == SettingVerb::Merge { call.state.settings.get(setting) } else { Members::new() };
    document.extend(sent);
    call.state.settings.put(setting, document.clone());
    Ok(reply::json(call.success(), &document.into()))
}
