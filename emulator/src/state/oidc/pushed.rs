//! Authorization requests that clients have sent themselves.

use serde::{Deserialize, Serialize};

use crate::http::request::Query;

/// A request that waits for the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pushed {
    pub client: String,
    pub parameters: Query,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}
