use std::sync::Arc;

use super::{OperationInfo, known};
use crate::error::{Error, ErrorKind, Result};

/// The operations that a client may call.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedOperations(
    /// `None` for all operations.
    Option<Arc<[&'static str]>>,
);

impl AllowedOperations {
    /// Keeps only these operations.
    pub(crate) fn narrow<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let ids = ids.into_iter().map(|id| known(id).map(|info| info.id)).collect::<Result<Vec<_>>>()?;
        let allowed = ids.into_iter().filter(|id| self.contains(id)).collect();
        Ok(Self(Some(allowed)))
    }

    pub(crate) const fn is_restricted(&self) -> bool {
        self.0.is_some()
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
        self.0.as_ref().is_none_or(|ids| ids.contains(&id))
    }
}
