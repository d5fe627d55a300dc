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
use crate::policies::avatars;
use crate::state::services::Service;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetUserAssetServiceStatus", status),
    ("CreateUserAsset", |call| {
        let folder = of_user(&call.caller, call.now);
        store(call, &TYPES, &folder)
    }),
    ("UploadAccountAvatar", |call| {
        let folder = of_user(&call.caller, call.now);
        store_avatar(call, &folder)
    }),
    ("UploadCustomUiAssets", upload_custom_ui),
];

/// The media types that can be uploaded.
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

/// Returns the folder of today's files of a user or application.
pub(crate) fn of_user(id: &str, now: i64) -> String {
    format!("{id}/{}", dates::path(now))
}

/// Returns the folder of files whose user does not exist yet. It has the day on which the real server deletes it.
pub(crate) fn pending(now: i64, interaction: &str) -> String {
    format!("_pending/{}/avatar/{interaction}/{}", dates::date(dates::day(now) + 1), dates::path(now))
}

/// Returns the uploaded file, unless it is too large.
fn uploaded(call: &mut Call<'_>) -> Outcome<Upload> {
    let upload = call.upload.take().ok_or_else(refuse_missing_file)?;
    if upload.content.len() > LARGEST {
        return Err(Refusal::new(400, "guard.file_size_exceeded", "The file is too large."));
    }
    Ok(upload)
}

fn wrong_type() -> Refusal {
    Refusal::new(400, "guard.mime_type_not_allowed", "MIME type is not allowed.")
}

/// Returns the uploaded file if it has one of these types.
fn accepted(call: &mut Call<'_>, types: &[&str]) -> Outcome<Upload> {
    let upload = uploaded(call)?;
    if !types.contains(&upload.kind.as_str()) {
        return Err(wrong_type());
    }
    call.state.services.require(Service::Storage)?;
    Ok(upload)
}

/// Stores the uploaded file and responds with its URL.
fn store(call: &mut Call<'_>, types: &[&str], folder: &str) -> Outcome<HttpResponse> {
    let upload = accepted(call, types)?;
    let name = format!("{}/{}", call.state.ids.id(8), encoded(&upload.name));
    put(call, &format!("{folder}/{name}"), upload)
}

/// Stores the uploaded picture of a user and responds with its URL.
pub(crate) fn store_avatar(call: &mut Call<'_>, folder: &str) -> Outcome<HttpResponse> {
    let mut upload = uploaded(call)?;
    let (kind, extension) = avatars::type_of(&upload.content).ok_or_else(wrong_type)?;
    call.state.services.require(Service::Storage)?;
    kind.clone_into(&mut upload.kind);
    let (id, mut name) = (call.state.ids.id(8), avatars::safe_name(&upload.name));
    if name.is_empty() {
        name = format!("{}.{extension}", call.state.ids.id(8));
    }
    put(call, &format!("{folder}/{id}-{name}"), upload)
}

fn put(call: &mut Call<'_>, name: &str, upload: Upload) -> Outcome<HttpResponse> {
    let path = format!("/user-assets/default/{name}");
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
