//! Calls by operation id.

use logto_admin::operation::{Paging, find};
use logto_admin::{Client, Error, ErrorKind, Request, Untyped};
use serde_json::Value;

use super::kinds::Read;
use crate::lookup::{is_absent, list};

const PAGE_SIZE: u32 = 100;

/// Creates a request with these values of the path's parameters, in order.
pub(super) fn request<S: AsRef<str>>(client: &Client, operation: &str, path: &[S]) -> Result<Request<Untyped>, Error> {
    let names = find(operation).map_or(&[] as &[&str], |info| info.path_parameters);
    let request = client.operation(operation)?;
    Ok(names.iter().zip(path).fold(request, |request, (name, value)| request.path(name, value.as_ref())))
}

/// Reads a whole list, or the one entity of a kind. Fails if the answer is something else, as behind a gateway that
/// answers in place of the server. What is not listed would count as deleted.
pub(super) async fn read(client: &Client, read: Read, path: &[&str]) -> Result<Vec<Value>, Error> {
    match read {
        Read::One(id) => match request(client, id, path)?.await {
            Ok(value) if value.is_object() => Ok(vec![value]),
            Ok(_) => Err(unexpected("something that is not an object")),
            Err(error) if is_absent(&error) => Ok(Vec::new()),
            Err(error) => Err(error),
        },
        Read::List(id) if find(id).is_none_or(|info| info.paging == Paging::None) => {
            list(request(client, id, path)?.await?)
        }
        Read::List(id) => {
            let (mut all, mut total) = (Vec::new(), None);
            for page in 1_u32.. {
                let request = request(client, id, path)?.query("page", page).query("page_size", PAGE_SIZE);
                let answer = request.detailed().await?;
                total = answer.headers.get("total-number").and_then(|number| number.parse().ok());
                let items = list(answer.into_result()?)?;
                // A server that ignores the page sends the same items again.
                if items.first().is_some_and(|first| all.contains(first)) {
                    break;
                }
                let is_full = items.len() == PAGE_SIZE as usize;
                all.extend(items);
                if !is_full {
                    break;
                }
            }
            match total {
                Some(total) if all.len() < total => {
                    Err(unexpected(&format!("a list of {} items, but counts {total}", all.len())))
                }
                _ => Ok(all),
            }
        }
    }
}

fn unexpected(answer: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("the server responded with {answer}"))
}
