//! Decodes answers, and says where one does not fit.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::items;
use crate::transport::HttpResponse;
use crate::types::support::decode as in_two_goes;

/// Decodes the whole body.
pub(crate) fn whole<T: DeserializeOwned>(response: &HttpResponse) -> Result<T> {
    let bytes = response.body.bytes();
    in_two_goes(|| serde_json::from_slice(&bytes)).map_err(|error| undecodable::<T>(&bytes, &error, response))
}

/// Decodes the whole body, which is a list of about this many items.
pub(crate) fn list<T: DeserializeOwned>(response: &HttpResponse, expected: usize) -> Result<Vec<T>> {
    let bytes = response.body.bytes();
    let list = in_two_goes(|| items::from_slice(&bytes, expected));
    list.map_err(|error| undecodable::<Vec<T>>(&bytes, &error, response))
}

/// Decodes one member of the body, and ignores the others.
pub(crate) fn member<T: DeserializeOwned>(response: &HttpResponse, member: &'static str) -> Result<T> {
    let mut object: crate::types::JsonObject = whole(response)?;
    let value = object.remove(member);
    let value =
        value.ok_or_else(|| Error::decode(format!("missing member `{member}`"), Some(member.to_owned()), response))?;
    let decoded = serde_path_to_error::deserialize(value);
    decoded.map_err(|error| {
        let path = format!("{member}{}", failing(&error).trim_start_matches('.'));
        Error::decode(without_text(&error.into_inner()), Some(path), response)
    })
}

/// Decodes once more, slowly, to tell where it fails.
fn undecodable<T: DeserializeOwned>(bytes: &Bytes, error: &serde_json::Error, response: &HttpResponse) -> Error {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let path = serde_path_to_error::deserialize::<_, T>(&mut deserializer).err().map(|error| failing(&error));
    Error::decode(without_text(error), path, response)
}

/// What serde says, without the text that it did not expect and repeats: it may be a secret.
fn without_text(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let parts = message.split_once("string \"").and_then(|(head, rest)| Some((head, rest.rsplit_once("\", ")?.1)));
    parts.map(|(head, expected)| format!("{head}a string, {expected}")).unwrap_or(message)
}

/// The path of the failing member. Of one that is missing serde names the object that lacks it.
fn failing(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let message = error.inner().to_string();
    match message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        Some((member, _)) if path == "." => member.to_owned(),
        Some((member, _)) => format!("{path}.{member}"),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer};

    use super::*;
    use crate::transport::Body;
    use crate::types::support::is_strict;

    struct Strict(bool);

    impl<'de> Deserialize<'de> for Strict {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
            serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self(is_strict()))
        }
    }

    #[test]
    fn answers_are_decoded_strictly_at_first_so_that_unions_need_keep_nothing() {
        let mut response = HttpResponse::new(200);
        response.body = Body::from("[1]");
        assert!(whole::<Strict>(&response).unwrap().0);
        assert!(list::<Strict>(&response, 1).unwrap().iter().all(|item| item.0));
    }
}
