use std::sync::Arc;

use super::{OperationInfo, known};
use crate::error::{Error, ErrorKind, Result};

/// The operations that a client may call.
#[derive(Clone, Debug)]
pub(crate) struct AllowedOperations(Arc<[&'static str]>);

impl AllowedOperations {
    /// Allows the operations with these ids, except those that `outer` does not allow.
    pub(crate) fn new<'a>(ids: impl IntoIterator<Item = &'a str>, outer: Option<&Self>) -> Result<Self> {
        let ids = ids.into_iter().map(|id| known(id).map(|info| info.id)).collect::<Result<Vec<_>>>()?;
        Ok(Self(ids.into_iter().filter(|id| outer.is_none_or(|outer| outer.contains(id))).collect()))
    }

    /// Rejects an operation that is not among the allowed ones.
    pub(crate) fn check(&self, info: &OperationInfo) -> Result<()> {
        if self.contains(info.id) {
            return Ok(());
        }
        let message = if info.path.is_empty() {
            "the client is restricted to named operations, so it cannot send requests by their path".to_owned()
        } else {
            format!(
                "the client is restricted to other operations; to allow this one, add `{}` to `restricted_to`",
                info.id
            )
        };
        Err(Error::new(ErrorKind::NotAllowed, message))
    }

    fn contains(&self, id: &str) -> bool {
        self.0.contains(&id)
    }
}
