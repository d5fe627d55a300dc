//! Checks the targets of social connectors in the sign-in experience. The server drops those that no connector has.

use std::collections::BTreeSet;

use serde_json::Value;

use super::connector_models::ConnectorModels;
use super::declaration::{Declaration, Declared};
use super::kinds::SIGN_IN_EXPERIENCE;
use super::tenant::Tenant;
use crate::failure::Result;
use crate::json_object::text;
use crate::suggestion::suggestion;
use crate::terminal::shown;

const MEMBER: &str = "socialSignInConnectorTargets";

/// Returns the targets in the files that no connector has. Leaves out those that the tenant has already.
pub(super) async fn problems(
    tenant: &Tenant,
    declaration: &Declaration,
    connectors: &mut ConnectorModels<'_>,
) -> Result<Vec<String>> {
    let is_experience = |entity: &&Declared| entity.kind.is(&SIGN_IN_EXPERIENCE);
    let Some(experience) = declaration.entities.iter().find(is_experience) else { return Ok(Vec::new()) };
    let present = tenant.all(&SIGN_IN_EXPERIENCE).first().and_then(|found| found.raw.get(MEMBER)?.as_array());
    let is_present = |target: &Value| present.is_some_and(|present| present.contains(target));
    let place = |at: usize| [MEMBER.to_owned(), at.to_string()].to_vec();
    let wanted = experience.members.get(MEMBER).and_then(Value::as_array).into_iter().flatten().enumerate();
    let new: Vec<(usize, &str)> = wanted
        .filter(|(at, target)| !is_present(target) && !experience.open.contains_key(&place(*at)))
        .filter_map(|(at, target)| Some((at, target.as_str()?)))
        .collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let known = known(connectors).await?;
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let unknown = new.into_iter().filter(|(_, target)| !known.contains(*target));
    Ok(unknown
        .map(|(at, target)| {
            let hint = suggestion(target, &names).unwrap_or_default();
            let (place, target) = (experience.at(&place(at)), shown(&declaration.variable_values.hide(target)));
            format!("{place}: the server drops `{target}` from `{MEMBER}`: no social connector has this target{hint}")
        })
        .collect())
}

/// Returns the targets of the social connectors in the tenant and the files.
async fn known(connectors: &mut ConnectorModels<'_>) -> Result<BTreeSet<String>> {
    let declared = connectors.declared();
    let models = connectors.all().await?.iter();
    let social = models.filter(|model| text(model, "type") == "Social").map(|model| text(model, "target"));
    let own = declared.filter_map(|connector| Some(text(connector.members.get("metadata")?, "target")));
    Ok(social.chain(own).filter(|target| !target.is_empty()).collect())
}
