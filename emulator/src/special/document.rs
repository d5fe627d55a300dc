//! The API document: the operations that the server offers, without their schemas.

use logto_admin::operation::TABLE;
use logto_admin::serde_json::{Map, Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::errors::Outcome;

pub(super) const ALL: &[(&str, Handler)] = &[("GetSwaggerJson", document)];

fn document(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut paths = Map::new();
    for info in TABLE.iter().filter(|info| info.is_in(call.state.release)) {
        let item = paths.entry(info.path).or_insert_with(|| json!({}));
        item[info.method.as_str().to_lowercase()] = json!({ "operationId": info.id, "responses": {} });
    }
    let info = json!({ "title": "Logto API references", "version": "Cloud" });
    let document = json!({ "openapi": "3.0.1", "info": info, "paths": Value::Object(paths) });
    Ok(HttpResponse::json(200, document.to_string()))
}
