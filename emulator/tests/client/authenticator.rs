//! A software authenticator: it creates a passkey, and answers challenges with it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{Value, json};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};

pub(crate) struct Authenticator {
    key: SigningKey,
    pub(crate) id: Vec<u8>,
    counter: u32,
    /// The origin of the page that asks.
    pub(crate) origin: String,
}

/// The user is present and verified.
const FLAGS: u8 = 0x05;
const WITH_CREDENTIAL: u8 = 0x40;

impl Authenticator {
    pub(crate) fn new(origin: &str) -> Self {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        Self { key, id: vec![1; 16], counter: 0, origin: origin.to_owned() }
    }

    /// Returns the payload that answers the options of a registration.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let point = self.key.verifying_key().to_sec1_point(false);
        let mut data = self.data(&options["rp"]["id"], FLAGS | WITH_CREDENTIAL);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(&self.id);
        // A map with the type, the algorithm, the curve and the coordinates of the key, in the encoding of COSE.
        data.extend([0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().unwrap());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().unwrap());
        // A map with the format `none`, no statement, and the data.
        let mut attestation = b"\xA3\x63fmt\x64none\x67attStmt\xA0\x68authData\x58".to_vec();
        attestation.push(data.len().try_into().unwrap());
        attestation.extend(data);
        self.payload(json!({
            "clientDataJSON": self.client(&options["challenge"], "webauthn.create"),
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
            "transports": ["internal"],
        }))
    }

    /// Returns the payload that answers the options of an authentication.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let data = self.data(&options["rpId"], FLAGS);
        let client = self.client(&options["challenge"], "webauthn.get");
        let hash = Sha256::digest(URL_SAFE_NO_PAD.decode(&client).unwrap());
        let signature: Signature = self.key.sign(&[&data[..], hash.as_slice()].concat());
        self.payload(json!({
            "clientDataJSON": client,
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes()),
        }))
    }

    /// Returns the id of the passkey, as options contain it.
    pub(crate) fn encoded_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    fn payload(&self, response: Value) -> Value {
        let id = self.encoded_id();
        json!({ "type": "WebAuthn", "id": id, "rawId": id, "clientExtensionResults": {}, "response": response })
    }

    fn data(&self, host: &Value, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(host.as_str().unwrap()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client(&self, challenge: &Value, kind: &str) -> String {
        URL_SAFE_NO_PAD.encode(json!({ "type": kind, "challenge": challenge, "origin": self.origin }).to_string())
    }
}
