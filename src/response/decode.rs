//! Decodes JSON, and finds where it does not match.

use serde::de::DeserializeOwned;

use super::list;
use crate::error::{Error, ErrorKind, Result, hint};
use crate::transport::HttpResponse;
use crate::transport::answer::without_bom;
use crate::types::support::decode as in_two_passes;

/// Decodes the whole body.
pub(crate) fn whole<T: DeserializeOwned>(response: &HttpResponse) -> Result<T> {
    let bytes = response.body.bytes();
    let json = without_bom(&bytes);
    in_two_passes(|| serde_json::from_slice(json)).map_err(|error| undecodable::<T>(json, &error, response))
}

/// Decodes the body as a list of about this many items.
pub(crate) fn list<T: DeserializeOwned>(response: &HttpResponse, expected: usize) -> Result<Vec<T>> {
    let bytes = response.body.bytes();
    let json = without_bom(&bytes);
    let list = in_two_passes(|| list::from_slice(json, expected));
    list.map_err(|error| undecodable::<Vec<T>>(json, &error, response))
}

/// Decodes one member of the body.
pub(crate) fn member<T: DeserializeOwned>(response: &HttpResponse, member: &'static str) -> Result<T> {
    let mut object: crate::types::JsonObject = whole(response)?;
    let Some(value) = object.remove(member) else {
        return Err(decode_error(format!("missing member `{member}`"), Some(member.to_owned()), response));
    };
    let decoded = serde_path_to_error::deserialize(value);
    decoded.map_err(|error| {
        let path = format!("{member}{}", failing(&error).trim_start_matches('.'));
        decode_error(without_text(&error.into_inner()), Some(path), response)
    })
}

/// Decodes once more, slowly, to find where it fails.
fn undecodable<T: DeserializeOwned>(json: &[u8], error: &serde_json::Error, response: &HttpResponse) -> Error {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let path = serde_path_to_error::deserialize::<_, T>(&mut deserializer).err().map(|error| failing(&error));
    decode_error(without_text(error), path, response)
}

fn decode_error(message: String, path: Option<String>, response: &HttpResponse) -> Error {
    let error = response.annotate(Error::new(ErrorKind::Decode, message));
    error.with_decode_path(path).with_hint(hint::decode(response.is_html()))
}

/// Returns serde's message without the unexpected text that it quotes, which may be a secret.
fn without_text(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let parts = message.split_once("string \"").and_then(|(head, rest)| Some((head, rest.rsplit_once("\", ")?.1)));
    parts.map(|(head, expected)| format!("{head}a string, {expected}")).unwrap_or(message)
}

/// Returns the path of the failing member. For a missing member serde reports the path of its object.
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
    fn answers_are_decoded_strictly_first() {
        let mut response = HttpResponse::new(200);
        response.body = Body::from("[1]");
        assert!(whole::<Strict>(&response).unwrap().0);
        assert!(list::<Strict>(&response, 1).unwrap().iter().all(|item| item.0));
    }
}
