use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::users::merged;
use crate::call::{Call, unknown};
use crate::collections::{EMAIL_TEMPLATES, Unknown};
use crate::document::validate::refuse_empty;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::collection_operations::keep;
use crate::record::{Members, Record, text};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ReplaceEmailTemplates", replace_all),
    ("DeleteEmailTemplates", delete_matching),
    ("UpdateEmailTemplateDetails", update_details),
];

const FILTERS: [&str; 2] = ["languageTag", "templateType"];

/// Creates or replaces templates. There is one for each language and type.
fn replace_all(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let sent = call.sent();
    let given = sent.get("templates").and_then(Value::as_array).cloned().unwrap_or_default();
    if given.is_empty() {
        return Err(refuse_empty("templates"));
    }
    let mut replaced = Vec::new();
    for given in given.iter().filter_map(Value::as_object) {
        let same = |template: &&Record| FILTERS.iter().all(|name| template.text(name) == text(given, name));
        let current = call.state.store.all(&EMAIL_TEMPLATES).find(same).cloned();
        let mut template = current.unwrap_or_else(|| call.state.blank(&EMAIL_TEMPLATES, Members::new(), call.now));
        for name in ["languageTag", "templateType", "details"] {
            template.members.insert(name.to_owned(), given.get(name).cloned().unwrap_or_default());
        }
        call.state.store.put(&EMAIL_TEMPLATES, template.clone());
        replaced.push(template.members.to_value());
    }
    Ok(reply::json(call.success(), &replaced.into()))
}

/// Deletes the templates that the query selects. A query that selects everything is an error.
fn delete_matching(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let query = &call.request.query;
    let wanted: Vec<(&str, &str)> = FILTERS.iter().filter_map(|name| Some((*name, query.get(name)?))).collect();
    if wanted.is_empty() {
        let message = "At least one filter condition must be provided to perform bulk deletion by properties. Supported properties are: languageTag and templateType.";
        return Err(Refusal::new(422, "connector.email_connector.bulk_deletion_no_filter", message));
    }
    let selected = |template: &&Record| wanted.iter().all(|(name, value)| template.text(name) == *value);
    let ids: Vec<String> =
        call.state.store.all(&EMAIL_TEMPLATES).filter(selected).map(|template| template.id.clone()).collect();
    for id in &ids {
        call.state.store.remove(&EMAIL_TEMPLATES, id);
    }
    Ok(reply::json(call.success(), &json!({ "rowCount": ids.len() })))
}

fn update_details(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.parameter(0);
    let template = call.state.store.get(&EMAIL_TEMPLATES, id);
    let mut template = template.ok_or_else(|| unknown(&EMAIL_TEMPLATES, Unknown::Named, id))?.clone();
    let details = merged(&template, "details", Some(&call.sent().into()));
    template.members.insert("details".to_owned(), details);
    keep(call, &EMAIL_TEMPLATES, &mut template);
    Ok(reply::json(call.success(), &template.members.to_value()))
}
