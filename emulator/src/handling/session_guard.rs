//! The pages that need a sign-in in progress. Without one, the browser goes elsewhere.

use logto_admin::transport::HttpResponse;

use crate::http::request::Incoming;
use crate::oidc::{self, interactions};
use crate::record::text;
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;

/// The beginnings of the paths. The root is one of these pages, too.
const PAGES: [&str; 6] =
    ["/sign-in", "/consent", "/register", "/single-sign-on", "/social/register", "/forgot-password"];

/// Returns where the browser goes instead of the page, if anywhere.
pub(super) fn detour(request: &Incoming, state: &State, now: i64) -> Option<HttpResponse> {
    let path = request.path.as_str();
    let is_guarded = path == "/" || PAGES.iter().any(|page| path.starts_with(page));
    let is_preview = request.query.get("preview").is_some_and(|preview| !preview.is_empty());
    if !is_guarded || is_preview || interactions::id_of(request, state, now).is_ok() {
        return None;
    }
    let experience = state.settings.get(&SIGN_IN_EXPERIENCE);
    let chosen = Some(text(&experience, "unknownSessionRedirectUrl")).filter(|url| !url.is_empty());
    let target = chosen.map_or_else(|| format!("{}/unknown-session", request.origin), str::to_owned);
    Some(oidc::redirect(302, &target))
}
