//! Entities that Logto deletes when another one is created.

use std::collections::HashMap;

use logto_admin::Client;
use serde_json::Value;

use super::call::read;
use super::declaration::Declaration;
use super::entity_members::Members;
use super::key::Key;
use super::kinds::{ALL, Read};
use super::tenant::Tenant;
use crate::failure::Result;
use crate::suggestion::suggestion;

const DECLARE_ONE: &str = "declare only one";
const PRUNE: &str = "plan with --prune to replace it";

/// Returns what is wrong with new entities that replace others. Only what `prune` has named is deleted.
pub(super) async fn problems(
    client: &Client,
    tenant: &Tenant,
    declaration: &Declaration,
    prune: bool,
) -> Result<Vec<String>> {
    let (mut problems, variable_values) = (Vec::new(), &declaration.variable_values);
    for kind in ALL {
        let Some(replacement) = kind.replacement else { continue };
        let is_new = |key: &Key| tenant.with_key(kind, key).is_empty();
        let new: Vec<_> =
            declaration.entities.iter().filter(|entity| entity.kind.is(kind) && is_new(&entity.key)).collect();
        if new.is_empty() {
            continue;
        }
        let models = read(client, Read::List(replacement.models), &[]).await?;
        let text =
            |members: &Members, name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let models: Vec<Members> = models.into_iter().filter_map(|model| model.as_object().cloned()).collect();
        let mut first_of_group: HashMap<String, &Key> = HashMap::new();
        for entity in &new {
            let id = text(&entity.members, replacement.model);
            let at = entity.at_member(replacement.model);
            let Some(model) = models.iter().find(|model| text(model, "id") == id) else {
                let ids: Vec<String> = models.iter().map(|model| text(model, "id")).collect();
                let hint = suggestion(&id, &ids.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default();
                let named = variable_values.named(kind, &entity.key);
                problems.push(format!("{at}: the server does not have the {named}{hint}"));
                continue;
            };
            if let Some((member, problem)) = (replacement.conflict)(model, &entity.members) {
                problems.push(format!("{}: {problem}", entity.at_member(member)));
            }
            let group = text(model, replacement.group);
            if !replacement.groups.contains(&group.as_str()) {
                continue;
            }
            let only_one = |other: &Key, hint: &str| {
                let (named, other) = (variable_values.named(kind, &entity.key), variable_values.key(other));
                format!(
                    "{at}: the {named} would replace \"{other}\", because there can be only one of type {group}; {hint}"
                )
            };
            match first_of_group.get(&group) {
                Some(first) => problems.push(only_one(first, DECLARE_ONE)),
                None => _ = first_of_group.insert(group.clone(), &entity.key),
            }
            for other in tenant.all(kind).iter().filter(|other| text(&other.raw, replacement.group) == group) {
                let is_declared = declaration.find(kind, &other.key).is_some();
                if is_declared || !prune {
                    problems.push(only_one(&other.key, if is_declared { DECLARE_ONE } else { PRUNE }));
                }
            }
        }
    }
    Ok(problems)
}
