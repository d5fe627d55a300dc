//! Finds out the release of the server.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::operation::{Release, TABLE, without_names};
use crate::transport::Method;

impl Client {
    /// Returns the releases of Logto that offer the same operations as the server.
    ///
    /// Logto does not report its version. This method reads the server's API document (about 1 MB), which needs no access
    /// token, and compares it with the [table of operations](crate::operation::TABLE). Releases without new operations
    /// cannot be distinguished. A server that is newer than this client counts as the newest release that the client supports.
    ///
    /// ```no_run
    /// use logto_admin::operation::Release;
    ///
    /// # async fn example(client: logto_admin::Client) -> Result<(), logto_admin::Error> {
    /// let releases = client.server_release().await?;
    /// println!("Logto {} to {}", releases.start(), releases.end());
    /// if *releases.start() >= Release::new(37) {
    ///     // The server has sessions.
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Fails like any call, and with [`Decode`](crate::ErrorKind::Decode) if the response is not an API document.
    pub async fn server_release(&self) -> Result<RangeInclusive<Release>> {
        let document = match self.operation("GetSwaggerJson") {
            Ok(request) => request.await?,
            // A client that was generated from the document of a server might lack the operation.
            Err(_) => self.request(Method::Get, "/api/swagger.json").await?,
        };
        let offered = operations(&document);
        if offered.is_empty() {
            return Err(Error::new(ErrorKind::Decode, "the response of `GetSwaggerJson` is not an API document"));
        }
        Ok(fitting(&offered))
    }
}

/// Returns method and path of each operation in an API document.
fn operations(document: &Value) -> HashSet<String> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let of_path = |(path, item): (&String, &Value)| {
        let methods: Vec<&String> = item.as_object().into_iter().flat_map(|item| item.keys()).collect();
        methods.into_iter().map(|method| key(&method.to_uppercase(), path)).collect::<Vec<_>>()
    };
    paths.flat_map(of_path).collect()
}

/// Returns the releases that have these operations.
fn fitting(operations: &HashSet<String>) -> RangeInclusive<Release> {
    let (mut first, mut last) = (Release::OLDEST, Release::NEXT);
    for info in TABLE {
        let offered = operations.contains(&key(info.method.as_str(), info.path));
        match (offered, info.until) {
            (true, until) => {
                first = first.max(info.since);
                last = last.min(until.unwrap_or(Release::NEXT));
            }
            (false, None) => last = last.min(info.since.previous()),
            (false, Some(_)) => {}
        }
    }
    // A server can lack operations for other reasons, so the range never ends before `first`.
    first..=last.max(first)
}

/// Returns method and path, in a form that is the same in all releases.
fn key(method: &str, path: &str) -> String {
    format!("{method} {}", without_names(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The operations that a release offers.
    fn operations_of(release: Release) -> HashSet<String> {
        let offered = TABLE.iter().filter(|info| info.is_in(release));
        offered.map(|info| key(info.method.as_str(), info.path)).collect()
    }

    #[test]
    fn releases_are_told_apart_by_their_operations() {
        for minor in 17..=42 {
            let release = Release::new(minor);
            let range = fitting(&operations_of(release));
            assert!(range.contains(&release), "{release}: {range:?}");
            assert!(operations_of(*range.start()) == operations_of(*range.end()), "{release}: {range:?}");
        }
        assert_eq!(fitting(&operations_of(Release::NEXT)), Release::NEXT..=Release::NEXT);
        assert_eq!(fitting(&operations_of(Release::new(36))), Release::new(33)..=Release::new(36));
    }
}
