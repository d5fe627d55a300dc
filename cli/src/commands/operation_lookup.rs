//! Finds operations by method and path.

use logto_admin::operation::{OperationInfo, TABLE};
use logto_admin::transport::Method;

use crate::failure::{Failure, Result};

/// Returns the method with this name, in any case.
pub(super) fn named(text: &str) -> Result<Method> {
    let unknown = || Failure::usage(format!("unknown method `{text}`: pass GET, POST, PUT, PATCH or DELETE"));
    Method::named(&text.to_uppercase()).ok_or_else(unknown)
}

/// Returns the operation with this method and path. Its parameters can be filled in, as in `/api/users/dq2r8h7l5yzc`.
pub(super) fn requested(method: Method, path: &str) -> Option<&'static OperationInfo> {
    let steps: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |info: &&OperationInfo| {
        let own: Vec<&str> = info.path.split('/').collect();
        let is_same = own.iter().zip(&steps).all(|(own, step)| own == step || own.starts_with('{'));
        info.method == method && own.len() == steps.len() && is_same
    };
    TABLE.iter().copied().filter(fits).min_by_key(|info| info.path_parameters.len())
}
