//! Passkeys (WebAuthn): requests to authenticators, and checks of their answers.
//!
//! The emulator checks the challenge, the origin, the relying party and the signature, but no attestation.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{self, Value, json};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::crypto::cbor::Item;
use crate::crypto::cose::{ALGORITHMS, PublicKey};
use crate::errors::Refusal;
use crate::record::Record;

/// A credential of an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credential {
    pub credential_id: String,
    /// The domain that the credential is for.
    pub rp_id: String,
    /// A COSE key, in base64url.
    pub public_key: String,
    pub transports: Vec<String>,
    pub counter: u32,
    pub agent: String,
}

/// Value that an authenticator must sign, and the domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub value: String,
    pub host: String,
}

/// Flags of authenticator data. The user is present, is verified, and the data contain a credential.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;
/// Milliseconds.
const TIMEOUT: u32 = 60_000;

impl Challenge {
    /// Returns the request for an authenticator that adds a passkey for the user.
    pub(crate) fn registration(&self, user: &Record, known: &[Credential]) -> Value {
        let names = ["primaryEmail", "primaryPhone", "username"].map(|member| user.text(member));
        let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or("Unnamed User");
        let display_name = Some(user.text("name")).filter(|name| !name.is_empty()).unwrap_or(name);
        json!({
            "rp": { "name": self.host, "id": self.host },
            "user": { "id": URL_SAFE_NO_PAD.encode(&user.id), "name": name, "displayName": display_name },
            "challenge": self.value,
            "pubKeyCredParams": ALGORITHMS.map(|algorithm| json!({ "type": "public-key", "alg": algorithm })),
            "timeout": TIMEOUT,
            "excludeCredentials": described(known),
            "authenticatorSelection":
                { "requireResidentKey": true, "residentKey": "required", "userVerification": "required" },
            "attestation": "none",
            "extensions": { "credProps": true },
        })
    }

    /// Returns the request for an authenticator that proves one of these credentials. Without any, it proves its own.
    pub(crate) fn authentication(&self, allowed: &[Credential]) -> Value {
        json!({
            "challenge": self.value,
            "timeout": TIMEOUT,
            "rpId": self.host,
            "allowCredentials": described(allowed),
            "userVerification": "required",
        })
    }

    /// Returns the credential that an authenticator has created. Pages of related origins can also ask for it.
    pub(crate) fn register(&self, payload: &Value, agent: &str, related: &[String]) -> Result<Credential, Refusal> {
        self.check_client(payload, "webauthn.create", related)?;
        let attestation = bytes(payload, "attestationObject").ok_or_else(|| failed("the attestation is invalid"))?;
        let item = Item::read(&attestation).map(|(item, _)| item);
        let data = item.as_ref().and_then(|item| item.get(&Item::Text("authData"))?.bytes());
        let data = AuthenticatorData::of(data.unwrap_or_default()).ok_or_else(|| failed("the data are invalid"))?;
        data.check(&self.host)?;
        let (id, key) = data.credential.ok_or_else(|| failed("the data contain no credential"))?;
        PublicKey::read(key).ok_or_else(|| failed("the public key is neither an ES256 nor an RS256 key"))?;
        let transports = payload.pointer("/response/transports").and_then(Value::as_array).into_iter().flatten();
        Ok(Credential {
            credential_id: URL_SAFE_NO_PAD.encode(id),
            rp_id: self.host.clone(),
            public_key: URL_SAFE_NO_PAD.encode(key),
            transports: transports.filter_map(Value::as_str).map(str::to_owned).collect(),
            counter: data.counter,
            agent: agent.to_owned(),
        })
    }

    /// Checks that an authenticator has proven a credential, and advances its counter.
    pub(crate) fn authenticate(&self, payload: &Value, credential: &mut Credential) -> Result<(), Refusal> {
        self.check_client(payload, "webauthn.get", &[])?;
        let signed = bytes(payload, "authenticatorData").unwrap_or_default();
        let data = AuthenticatorData::of(&signed).ok_or_else(|| failed("the data are invalid"))?;
        data.check(&self.host)?;
        if (data.counter > 0 || credential.counter > 0) && data.counter <= credential.counter {
            return Err(failed("the counter of the authenticator is too low"));
        }
        if !is_signed(payload, &signed, &credential.public_key) {
            return Err(failed("the signature is invalid"));
        }
        credential.counter = data.counter;
        Ok(())
    }

    /// Checks what the browser has added. These are the challenge that it passed on, and the page that asked.
    fn check_client(&self, payload: &Value, kind: &str, related: &[String]) -> Result<(), Refusal> {
        let data = bytes(payload, "clientDataJSON").and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let data = data.ok_or_else(|| failed("the client data are not JSON"))?;
        let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let same_challenge = text("challenge").trim_end_matches('=') == self.value;
        let origin = text("origin");
        let same_origin = host_of(origin) == self.host || related.iter().any(|known| known == origin);
        let checks = [
            (text("type") == kind, "the type of the client data is wrong"),
            (same_challenge, "the challenge is wrong"),
            (same_origin, "the origin is wrong"),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, problem)| Err(failed(problem)))
    }
}

/// Returns the host of an origin, without the port.
pub(crate) fn host_of(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(authority, |(host, _)| host)
}

/// Returns the id of the credential that a payload is about.
pub(crate) fn credential_id(payload: &Value) -> &str {
    payload.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// Returns the error for a response of an authenticator that proves nothing.
pub(crate) fn failed(problem: &str) -> Refusal {
    let message = "WebAuthn verification failed.";
    Refusal::new(400, "session.mfa.webauthn_verification_failed", message).with("data", json!({ "message": problem }))
}

fn described(credentials: &[Credential]) -> Value {
    let described = |credential: &Credential| json!({ "type": "public-key", "id": credential.credential_id, "transports": credential.transports });
    credentials.iter().map(described).collect()
}

/// Decodes a member of the response.
fn bytes(payload: &Value, name: &str) -> Option<Vec<u8>> {
    let encoded = payload.get("response")?.get(name)?.as_str()?;
    URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok()
}

/// The data of an authenticator about itself and the user.
struct AuthenticatorData<'a> {
    host: &'a [u8],
    flags: u8,
    counter: u32,
    /// The id and the public key of a new credential.
    credential: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> AuthenticatorData<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (host, rest) = bytes.split_at_checked(32)?;
        let (flags, rest) = rest.split_first()?;
        let (counter, rest) = rest.split_first_chunk::<4>()?;
        let credential = if flags & ATTESTED == 0 { None } else { Some(Self::credential(rest)?) };
        Some(Self { host, flags: *flags, counter: u32::from_be_bytes(*counter), credential })
    }

    /// Reads the id and the key of a credential. The id follows that of the authenticator, and its own length.
    fn credential(bytes: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let (_, rest) = bytes.split_at_checked(16)?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (id, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let (_, length) = Item::read(rest)?;
        Some((id, rest.get(..length)?))
    }

    fn check(&self, host: &str) -> Result<(), Refusal> {
        if self.host != Sha256::digest(host).as_slice() {
            return Err(failed("the relying party is wrong"));
        }
        let required = PRESENT | VERIFIED;
        if self.flags & required == required { Ok(()) } else { Err(failed("the user is not verified")) }
    }
}

/// Returns whether the payload's signature over the data matches the public key.
fn is_signed(payload: &Value, data: &[u8], public_key: &str) -> bool {
    let check = || {
        let key = PublicKey::read(&URL_SAFE_NO_PAD.decode(public_key).ok()?)?;
        let client = Sha256::digest(bytes(payload, "clientDataJSON")?);
        Some(key.verifies(&[data, client.as_slice()].concat(), &bytes(payload, "signature")?))
    };
    check() == Some(true)
}
