use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::dates;
use crate::document::validate::refuse_missing_file;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::http::request::encoded;
use crate::http::uploads::Upload;
use crate::state::services::Service;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetUserAssetServiceStatus", status),
    ("CreateUserAsset", |call| {
        let folder = format!("{}/{}", call.caller, dates::path(call.now));
        store(call, &TYPES, &folder, "/")
    }),
    ("UploadAccountAvatar", |call| {
        let folder = format!("{}/{}", call.caller, dates::path(call.now));
        store(call, images(), &folder, "-")
    }),
    ("UploadExperienceAvatar", |call| {
        let folder = pending(call.now, &call.caller);
        store(call, images(), &folder, "-")
    }),
    ("UploadCustomUiAssets", upload_custom_ui),
];

/// The media types that can be uploaded. The last one is not an image.
const TYPES: [&str; 10] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/vnd.microsoft.icon",
    "image/x-icon",
    "image/svg+xml",
    "image/tiff",
    "image/webp",
    "image/bmp",
    "application/zip",
];

/// The maximum size of a file, in bytes.
const LARGEST: usize = 20 << 20;

fn images() -> &'static [&'static str] {
    TYPES.split_last().map_or(&[], |(_, images)| images)
}

fn status(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut status = json!({ "status": "not_configured", "isExperienceAvatarUploadEnabled": true });
    if call.state.services.has(Service::Storage) {
        status = json!({
            "status": "ready",
            "allowUploadMimeTypes": TYPES,
            "maxUploadFileSize": LARGEST,
            "isExperienceAvatarUploadEnabled": true,
        });
    }
    Ok(reply::json(call.success(), &status))
}

/// Returns the folder of files whose user does not exist yet. It has the day on which the real server deletes it.
fn pending(now: i64, interaction: &str) -> String {
    format!("_pending/{}/avatar/{interaction}/{}", dates::date(dates::day(now) + 1), dates::path(now))
}

/// Returns the uploaded file if it has one of these types.
fn accepted(call: &mut Call<'_>, types: &[&str]) -> Outcome<Upload> {
    let upload = call.upload.take().ok_or_else(refuse_missing_file)?;
    if upload.content.len() > LARGEST {
        return Err(Refusal::new(400, "guard.file_size_exceeded", "The file is too large."));
    }
    if !types.contains(&upload.kind.as_str()) {
        return Err(Refusal::new(400, "guard.mime_type_not_allowed", "MIME type is not allowed."));
    }
    call.state.services.require(Service::Storage)?;
    Ok(upload)
}

/// Stores the uploaded file and responds with its URL.
fn store(call: &mut Call<'_>, types: &[&str], folder: &str, separator: &str) -> Outcome<HttpResponse> {
    let upload = accepted(call, types)?;
    let id = call.state.ids.id(8);
    let path = format!("/user-assets/default/{folder}/{id}{separator}{}", encoded(&upload.name));
    let url = format!("{}{path}", call.request.origin);
    call.state.assets.insert(path, upload);
    Ok(reply::json(call.success(), &json!({ "url": url })))
}

fn upload_custom_ui(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    accepted(call, &["application/zip"])?;
    Ok(reply::json(call.success(), &json!({ "customUiAssetId": call.state.ids.id(8) })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_an_interaction_are_in_its_folder() {
        assert_eq!(pending(1_735_689_600_000, "abc"), "_pending/2025-01-02/avatar/abc/2025/01/01");
    }
}
