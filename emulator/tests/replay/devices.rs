//! Second factors of users. An authenticator app, backup codes and authenticators for passkeys.

use data_encoding::BASE32;
use hmac::{Hmac, KeyInit, Mac};
use logto_admin::serde_json::Value;
use sha1::Sha1;

use crate::authenticator::Authenticator;
use crate::exchange::Exchange;

/// The origin of the sign-in page.
pub(crate) const ORIGIN: &str = "http://logto";

/// The devices of all users. Includes what the emulator has last given to or asked of them.
#[derive(Default)]
pub(crate) struct Devices {
    authenticators: Vec<Authenticator>,
    options: Option<Value>,
    secret: Option<String>,
    codes: Vec<Value>,
}

impl Devices {
    /// Keeps what a response of the emulator contains.
    pub(crate) fn keep(&mut self, body: &Value) {
        let options = ["registrationOptions", "authenticationOptions"].iter().find_map(|name| body.get(*name));
        self.options = options.cloned().or(self.options.take());
        self.secret = body["secret"].as_str().map(str::to_owned).or(self.secret.take());
        if let Some(codes) = body["codes"].as_array().filter(|codes| codes.iter().all(Value::is_string)) {
            self.codes = codes.clone();
        }
    }

    /// Replaces a recorded proof with one that the emulator accepts. `now` is in milliseconds since the epoch.
    pub(crate) fn prove(&mut self, exchange: &Exchange, body: &mut Value, now: i64) {
        if !exchange.is_success() {
            return;
        }
        match exchange.operation_id.as_deref().unwrap_or_default() {
            "VerifyTotpVerification" => body["code"] = code(self.secret.as_deref().unwrap_or_default(), now).into(),
            "VerifyBackupCode" => body["code"] = self.codes[0].clone(),
            _ if body["payload"]["response"].is_object() => body["payload"] = self.answer(),
            _ if body["secret"].is_string() && body["code"].is_string() => {
                body["code"] = code(body["secret"].as_str().unwrap(), now).into();
            }
            _ => {}
        }
    }

    /// Answers the last options. Each passkey has an authenticator of its own.
    pub(crate) fn answer(&mut self) -> Value {
        let options = self.options.as_ref().expect("the emulator has sent options");
        if options["rp"].is_object() {
            let number = u8::try_from(self.authenticators.len()).unwrap();
            let mut authenticator = Authenticator::new(ORIGIN);
            authenticator.id = vec![number; 16];
            let payload = authenticator.create(options);
            self.authenticators.push(authenticator);
            return payload;
        }
        let allowed = options["allowCredentials"].as_array().into_iter().flatten();
        let allowed: Vec<&str> = allowed.filter_map(|credential| credential["id"].as_str()).collect();
        let fits = |known: &&mut Authenticator| allowed.is_empty() || allowed.contains(&known.encoded_id().as_str());
        self.authenticators.iter_mut().find(fits).expect("a passkey has been registered").get(options)
    }
}

/// Computes the code that an authenticator app shows (RFC 6238).
fn code(secret: &str, now: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(&BASE32.decode(secret.as_bytes()).unwrap()).unwrap();
    mac.update(&(now / 30_000).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0xF);
    let number = u32::from_be_bytes(hash[offset..offset + 4].try_into().unwrap()) & 0x7FFF_FFFF;
    format!("{:06}", number % 1_000_000)
}
