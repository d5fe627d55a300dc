//! Checks new entities against the models of the server. Of some, Logto deletes one when another one is created.

use std::collections::HashMap;

use logto_admin::Client;
use serde_json::Value;

use super::call::read;
use super::declaration::Declaration;
use super::entity_members::Members;
use super::key::Key;
use super::kinds::{ALL, Read};
use super::settings;
use super::tenant::Tenant;
use super::unsupported::remove_unsupported;
use crate::failure::Result;
use crate::suggestion::unknown_value;
use crate::terminal::shown;

const DECLARE_ONE: &str = "declare only one";
const PRUNE: &str = "plan with --prune to replace it";

/// Returns the problems of new entities that do not fit their models. Entities that replace others have problems too.
/// Only what `prune` has named is deleted.
pub(super) async fn problems(
    client: &Client,
    tenant: &Tenant,
    declaration: &Declaration,
    prune: bool,
) -> Result<Vec<String>> {
    let (mut problems, variable_values) = (Vec::new(), &declaration.variable_values);
    for kind in ALL {
        let Some(rules) = kind.models else { continue };
        let is_new = |key: &Key| tenant.with_key(kind, key).is_empty();
        let new: Vec<_> =
            declaration.entities.iter().filter(|entity| entity.kind.is(kind) && is_new(&entity.key)).collect();
        if new.is_empty() {
            continue;
        }
        let models = read(client, Read::List(rules.list), &[]).await?;
        let text =
            |members: &Members, name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let models: Vec<Members> = models.into_iter().filter_map(|model| model.as_object().cloned()).collect();
        let mut first_of_group: HashMap<String, &Key> = HashMap::new();
        let mut owners: HashMap<String, &Key> = HashMap::new();
        for other in tenant.all(kind) {
            owners.extend((rules.unique)(&other.raw, &other.raw).map(|value| (value, &other.key)));
        }
        for entity in &new {
            let id = text(&entity.members, rules.member);
            if id.is_empty() || entity.open.contains_key(&[rules.member.to_owned()][..]) {
                // The plan of the entity reports it.
                continue;
            }
            let at = entity.at_member(rules.member);
            let Some(model) = models.iter().find(|model| text(model, rules.id) == id) else {
                let ids: Vec<String> = models.iter().map(|model| text(model, rules.id)).collect();
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                problems.push(format!("{at}: {}", unknown_value(rules.member, &variable_values.hide(&id), &ids)));
                continue;
            };
            let mut members = entity.members.clone();
            remove_unsupported(kind, &mut members, |minor| tenant.might_have(minor));
            if let Some((member, problem)) = (rules.conflict)(model, &members) {
                problems.push(format!("{}: {problem}", entity.at_member(member)));
            }
            if let Some(value) = (rules.unique)(model, &members) {
                if let Some(owner) = owners.get(&value) {
                    let (owner, value) = (variable_values.key(owner), shown(&variable_values.hide(&value)));
                    problems.push(format!("{at}: {value} belongs to the {} \"{owner}\"", kind.noun));
                }
                owners.entry(value).or_insert(&entity.key);
            }
            let settings = settings::problems(entity, model, None, &members, &entity.sources);
            problems.extend(settings.into_iter().map(|(place, problem)| format!("{}: {problem}", entity.at(&place))));
            let group = text(model, rules.group);
            if !rules.single_groups.contains(&group.as_str()) {
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
            for other in tenant.all(kind).iter().filter(|other| text(&other.raw, rules.group) == group) {
                let is_declared = declaration.find(kind, &other.key).is_some();
                if is_declared || !prune {
                    problems.push(only_one(&other.key, if is_declared { DECLARE_ONE } else { PRUNE }));
                }
            }
        }
    }
    Ok(problems)
}
