//! Warns about settings of connectors that are probably misspelt. It does not refuse them: a factory can have more
//! settings than its form.

use serde_json::Value;

use super::connector_models::ConnectorModels;
use super::kinds::CONNECTORS;
use super::tenant::Tenant;
use crate::failure::Result;
use crate::json_object::{items, text};
use crate::suggestion::suggestion;
use crate::terminal::shown;

const MEMBER: &str = "config";

/// Returns a line for each setting that its form lacks, but has a similar name for. The settings are those of the files
/// and of the tenant.
pub(super) async fn warnings(tenant: &Tenant, connectors: &mut ConnectorModels<'_>) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    for connector in connectors.declared() {
        let Some(Value::Object(settings)) = connector.members.get(MEMBER) else { continue };
        let id = connector.members.get("connectorId").and_then(Value::as_str).unwrap_or_default();
        // Both the factory and a connector of it have the form.
        let is_model = |model: &&Value| text(model, "id") == id || text(model, "connectorId") == id;
        let Some(model) = connectors.all().await?.iter().find(is_model) else { continue };
        let names: Vec<&str> = items(model, "formItems").filter_map(|item| item.get("key")?.as_str()).collect();
        let hint = |name: &str| suggestion(name, &names).filter(|_| !names.contains(&name));
        for (name, _) in settings.iter().filter(|(_, value)| !value.is_null()) {
            if let Some(hint) = hint(name) {
                let place = connector.at(&[MEMBER.to_owned(), name.clone()]);
                warnings.push(format!("{place}: the connector has no setting `{}`{hint}", shown(name)));
            }
        }
        // Settings that a file leaves out stay, so a misspelt one does too when the file is corrected.
        let found = tenant.with_key(&CONNECTORS, &connector.key);
        let present = found.iter().filter_map(|found| found.raw.get(MEMBER)?.as_object()).flatten();
        for (name, _) in present.filter(|(name, _)| !settings.contains_key(*name)) {
            if let Some(hint) = hint(name) {
                let (place, name) = (connector.at_member(MEMBER), shown(name));
                let message = format!("the tenant has `{name}`, which is not a setting of the connector{hint}");
                warnings.push(format!("{place}: {message} `{name}: null` removes it"));
            }
        }
    }
    Ok(warnings)
}
