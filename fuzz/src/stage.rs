//! Clients for targets.

use logto_admin::Client;
use logto_admin::token::FixedToken;
use logto_admin::transport::HttpResponse;
pub use logto_admin_test_support::ENDPOINT;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder};

/// Returns a client that can build every request, and sends nothing.
pub fn silent() -> Client {
    let transport = ScriptedTransport::answers::<HttpResponse>([]);
    let builder = builder(&transport, &FakeRuntime::new());
    builder.token_source(FixedToken::new("t")).cookies([("a", "b")]).build().expect("the settings are valid")
}
