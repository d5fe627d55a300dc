//! Calls by operation id.

use logto_admin::operation::{Paging, find};
use logto_admin::{Client, Error, Request, Untyped};
use serde_json::Value;

use super::kinds::Read;

const PAGE_SIZE: u32 = 100;

/// Creates a request with these values of the path's parameters, in order.
pub(super) fn request<S: AsRef<str>>(client: &Client, operation: &str, path: &[S]) -> Result<Request<Untyped>, Error> {
    let names = find(operation).map_or(&[] as &[&str], |info| info.path_parameters);
    let request = client.operation(operation)?;
    Ok(names.iter().zip(path).fold(request, |request, (name, value)| request.path(name, value.as_ref())))
}

/// Reads a whole list, or the one entity of a kind.
pub(super) async fn read(client: &Client, read: Read, path: &[&str]) -> Result<Vec<Value>, Error> {
    match read {
        Read::One(id) => match request(client, id, path)?.await {
            Ok(value) => Ok(vec![value]),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        },
        Read::List(id) if find(id).is_none_or(|info| info.paging == Paging::None) => {
            Ok(items(request(client, id, path)?.await?))
        }
        Read::List(id) => {
            let mut all = Vec::new();
            for page in 1_u32.. {
                let request = request(client, id, path)?.query("page", page).query("page_size", PAGE_SIZE);
                let items = items(request.await?);
                // A server that ignores the page sends the same items again.
                let goes_on =
                    items.len() == PAGE_SIZE as usize && items.first().is_some_and(|first| !all.contains(first));
                all.extend(items);
                if !goes_on {
                    break;
                }
            }
            Ok(all)
        }
    }
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}
