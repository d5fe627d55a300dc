//! Sample responses of operations that are not stateful, generated from schemas.

use logto_admin::operation::{AnswerKind, without_names};
use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use crate::call::Call;
use crate::collections::{self, Key};
use crate::document::sample::{Sampler, overlay};
use crate::document::schema::{Contract, Schema};
use crate::errors::Outcome;
use crate::http::reply;
use crate::lists::pages::Page;

pub(crate) fn run(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    check_entity(call)?;
    let status = call.success();
    Ok(match call.info.answer {
        AnswerKind::None => reply::nothing(status),
        AnswerKind::Text => reply::word(status),
        AnswerKind::Xml => reply::text(status, "text/xml; charset=utf-8", "<EntityDescriptor/>"),
        AnswerKind::Html => reply::text(status, "text/html; charset=utf-8", "<!doctype html><title>Emulator</title>"),
        AnswerKind::Redirect => redirect(call),
        _ => match Contract::of(call.info).answer(status) {
            Some(schema) => json(call, schema)?,
            None => reply::nothing(status),
        },
    })
}

/// Rejects a request about an entity that does not exist in the emulator.
fn check_entity(call: &Call<'_>) -> Outcome<()> {
    let path = without_names(call.info.path);
    let below = |collection: &&collections::Collection| {
        let by_id = matches!(collection.key, Key::Id(_)) && collection.owner.is_none();
        by_id && path.strip_prefix(collection.path).is_some_and(|rest| rest.starts_with("/{}"))
    };
    match collections::all().find(below) {
        Some(collection) => call.record(collection, call.parameter(0)).map(|_| ()),
        None => Ok(()),
    }
}

fn redirect(call: &Call<'_>) -> HttpResponse {
    let status = call.info.success.iter().copied().find(|status| (300..400).contains(status)).unwrap_or(302);
    reply::nothing(status).header("location", format!("{}/sign-in", call.request.origin))
}

fn json(call: &mut Call<'_>, schema: Schema) -> Outcome<HttpResponse> {
    let page = Page::of(call.request, call.info.paging)?;
    let mut value = Sampler { ids: &mut call.state.ids, now: call.now }.value(schema, "");
    // Echo the body members and path parameters where they fit into the response.
    let mut told = call.body.clone();
    let parameters = call.info.path_parameters.iter().zip(&call.parameters);
    for (name, given) in parameters {
        told.insert((*name).to_owned(), given.clone().into());
    }
    overlay(schema, &mut value, &told);
    let response = reply::json(call.success(), &value);
    Ok(match (page, value) {
        (None, _) => response,
        (Some(page), Value::Array(elements)) => {
            let (shown, total) = page.cut(elements.into_iter());
            page.announce(call.request, total, reply::json(call.success(), &shown.into()))
        }
        // The response is an object with the items in a member.
        (Some(page), _) => page.announce(call.request, 1, response),
    })
}
