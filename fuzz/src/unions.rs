//! Unions accept every value, and keep it.

use std::fmt::Debug;
use std::sync::LazyLock;

use arbitrary::Unstructured;
use logto_admin::models;
use logto_admin::types::support;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::compare::differences;
use crate::difference::is_lost_or_same;
use crate::{edits, recordings};

/// Checks a value as each of these unions.
macro_rules! unions {
    ($($name:ident),+ $(,)?) => {
        const UNIONS: &[fn(&Value)] = &[$(keeps::<models::$name>),+];
    };
}

unions!(
    AddMfaVerification,
    AddUserProfile,
    BindLegacyInteractionMfa,
    CaptchaConfig,
    CreateMfaVerification,
    CreatedMfaVerification,
    ExpiresIn,
    InvitationMessageOption,
    ReplaceLegacyInteractionMfa,
    StringOrList,
    StringOrObject,
    VerificationRecord,
);

/// Recorded values that a union distinguishes, and values of every JSON type.
static SAMPLES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut samples = vec![
        json!(null),
        json!("text"),
        json!(60),
        json!(true),
        json!(["a"]),
        json!({ "type": "Totp", "secret": "s", "id": "i", "createdAt": "c" }),
        json!({ "type": "BackupCode", "codes": ["1", "2"] }),
        json!({ "type": "WebAuthn", "payload": {} }),
        json!({ "type": "email", "value": "a@b.example" }),
        json!({ "type": "RecaptchaEnterprise", "siteKey": "k", "secretKey": "s", "projectId": "p" }),
        json!({ "type": "Password", "id": "i", "verified": true, "identifier": { "type": "email", "value": "v" } }),
        json!({ "to": "SignIn", "subject": "s", "content": "c" }),
    ];
    for exchange in recordings::EXCHANGES.iter() {
        collect(&exchange.request_body, &mut samples);
        collect(&exchange.response_body, &mut samples);
    }
    samples
});

fn collect(value: &Value, samples: &mut Vec<Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, samples)),
        Value::Object(members) => {
            if members.contains_key("type") && !samples.contains(value) {
                samples.push(value.clone());
            }
            members.values().for_each(|value| collect(value, samples));
        }
        _ => {}
    }
}

/// The input names a union and a value, and changes the value.
pub fn seeds() -> Vec<Vec<u8>> {
    let last = SAMPLES.len().min(40) as u16;
    let unions = 0..UNIONS.len() as u8;
    let values = |union| (0..last).map(move |value| [[union].as_slice(), &value.to_le_bytes()].concat());
    unions.flat_map(values).collect()
}

pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let union: u8 = input.arbitrary().unwrap_or_default();
    let sample: u16 = input.arbitrary().unwrap_or_default();
    let mut value = SAMPLES[usize::from(sample) % SAMPLES.len()].clone();
    edits::edit(&mut value, &mut input);
    UNIONS[usize::from(union) % UNIONS.len()](&value);
}

fn keeps<T: DeserializeOwned + Serialize + PartialEq + Debug>(value: &Value) {
    let lenient: T = serde_json::from_value(value.clone()).expect("a union accepts every value");
    let text = value.to_string();
    let in_two_passes: T = match support::decode(|| serde_json::from_str(&text)) {
        Err(error) if error.to_string().starts_with("recursion limit") => return,
        decoded => decoded.expect("a union accepts every text"),
    };
    assert_eq!(in_two_passes, lenient, "{value}");
    let encoded = serde_json::to_value(&lenient).expect("a union can be encoded");
    for difference in differences(value, &encoded) {
        assert!(is_lost_or_same(&difference), "{difference}: {value} changed to {encoded}");
    }
    let again: T = serde_json::from_value(encoded).expect("a union accepts what it encoded");
    assert_eq!(again, lenient, "{value}");
}
