//! Describes YAML errors for people. The parser's own messages name Rust types and options of the parser.

use serde_saphyr::Error;

/// Returns the line of an error.
pub(crate) fn line(error: &Error) -> Option<u64> {
    error.location().map(|location| location.line())
}

/// Returns what is wrong, without values, which can be secret.
pub(crate) fn reason(error: &Error) -> String {
    match error.without_snippet() {
        Error::AliasError { error, .. } => reason(error),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key `{key}` occurs twice"),
        Error::SerdeUnknownField { field, expected, .. } => {
            format!("unknown key `{field}`; expected one of {}", expected.join(", "))
        }
        Error::Unexpected { expected, .. } if expected.contains("mapping") => "expected an object".to_owned(),
        Error::Unexpected { .. } | Error::NullIntoString { .. } => {
            "expected a text as key or value; quote what is not a text".to_owned()
        }
        Error::SerdeInvalidType { expected, .. } if expected.contains("boolean") => "expected true or false".to_owned(),
        Error::InvalidBooleanStrict { .. } | Error::InvalidScalar { ty: "boolean" | "bool", .. } => {
            "expected true or false".to_owned()
        }
        Error::SerdeInvalidType { .. } | Error::SerdeInvalidValue { .. } | Error::InvalidScalar { .. } => {
            "the value has a wrong type".to_owned()
        }
        Error::MultipleDocuments { .. } => "expected one document, and `---` starts another".to_owned(),
        Error::NonFiniteFloat { .. } => "the number is too large, or is not a number".to_owned(),
        Error::UnknownAnchor { .. } => "the alias refers to an anchor that does not exist".to_owned(),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            "the alias refers to a value that contains the alias".to_owned()
        }
        Error::MergeValueNotMapOrSeqOfMaps { .. } => "expected an object, or a list of objects, after `<<`".to_owned(),
        Error::InvalidBinaryBase64 { .. } => "the value of `!!binary` is not base 64".to_owned(),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            "the values are nested too deeply, or there are too many of them".to_owned()
        }
        Error::Eof { .. } => "the file ends too early".to_owned(),
        // The scanner's messages are about characters only.
        Error::ExternalMessage { msg, .. } | Error::Message { msg, .. } => format!("invalid YAML: {msg}"),
        _ => "invalid YAML".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles::Profile;

    #[test]
    fn messages_are_about_yaml() {
        let failed = |text: &str| {
            reason(&serde_saphyr::from_str::<std::collections::BTreeMap<String, Profile>>(text).unwrap_err())
        };
        for (text, expected) in [
            ("a: { appId: 1, appId: 2 }", "the key `appId` occurs twice"),
            ("a: { appID: x }", "unknown key `appID`; expected one of endpoint, tenant, appId"),
            ("[1]: x", "expected a text as key or value"),
            ("a: { allowHttp: maybe }", "expected true or false"),
            ("a: 1", "expected an object"),
            ("a: {}\n---\nb: {}", "expected one document"),
            ("a: *x", "an anchor that does not exist"),
            ("a: 'x", "invalid YAML: unclosed quote"),
            ("a: { appId: [] }", "expected a text"),
        ] {
            let message = failed(text);
            assert!(message.contains(expected), "{text}: {message}");
            for word in ["struct", "String", "Option", "u64", "deserialize", "from_str", "Policy"] {
                assert!(!message.contains(word), "{text}: {message}");
            }
        }
    }
}
