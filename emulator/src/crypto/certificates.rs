//! X.509 certificates of SAML service and identity providers.

use std::str::FromStr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::{Value, json};
use p384::ecdsa::DerSignature;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::GeneralizedTime;
use x509_cert::der::{DateTime, Decode, Encode};
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use crate::crypto::ec::signing_key;

/// A certificate in PEM, and when it expires, in milliseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Readable {
    pub pem: String,
    pub expires_at: i64,
}

/// Reads a certificate, with or without the first and last line of PEM.
pub(crate) fn read(text: &str) -> Option<Readable> {
    let bytes = bytes(text)?;
    let expiry = Certificate::from_der(&bytes).ok()?.tbs_certificate().validity().not_after.to_unix_duration();
    Some(Readable { pem: pem(&bytes, "\n"), expires_at: i64::try_from(expiry.as_millis()).ok()? })
}

/// Issues a self-signed certificate for a key, and returns it in PEM. The key is derived from a secret.
pub(crate) fn issue(secret: &str, now: i64, expires_at: i64) -> Option<String> {
    let key = signing_key(0, secret)?;
    let serial = Sha256::digest(secret);
    let serial = SerialNumber::new(serial.get(..16)?).ok()?;
    let validity = Validity::new(time(now)?, time(expires_at)?);
    let subject = Name::from_str("CN=logto.io,O=Logto,C=US").ok()?;
    let public_key = SubjectPublicKeyInfo::from_key(key.verifying_key()).ok()?;
    let builder = CertificateBuilder::new(SelfSigned(subject), serial, validity, public_key).ok()?;
    let certificate = builder.build::<_, DerSignature>(&key).ok()?;
    Some(pem(&certificate.to_der().ok()?, "\r\n"))
}

/// Returns the time some years later. February 29 becomes March 1.
pub(crate) fn years_after(now: i64, years: i64) -> Option<i64> {
    let begin = DateTime::from_unix_duration(Duration::from_secs(u64::try_from(now / 1000).ok()?)).ok()?;
    let year = u16::try_from(i64::from(begin.year()).checked_add(years)?).ok()?;
    let on = |month, day| DateTime::new(year, month, day, begin.hour(), begin.minutes(), begin.seconds()).ok();
    let end = on(begin.month(), begin.day()).or_else(|| on(3, 1))?;
    Some(i64::try_from(end.unix_duration().as_millis()).ok()? + now % 1000)
}

/// Returns the digest of a certificate in the two forms of the API.
pub(crate) fn fingerprints(pem: &str) -> Value {
    let digest = Sha256::digest(bytes(pem).unwrap_or_default());
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    json!({ "sha256": { "formatted": pairs.join(":"), "unformatted": pairs.concat() } })
}

/// Returns the certificate without the first and last line of PEM, on one line.
pub(crate) fn bare(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(bare(text)).ok()
}

fn pem(bytes: &[u8], end: &str) -> String {
    let encoded = STANDARD.encode(bytes);
    let lines: Vec<&str> = encoded.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    let lines = [&["-----BEGIN CERTIFICATE-----"], lines.as_slice(), &["-----END CERTIFICATE-----", ""]].concat();
    lines.join(end)
}

fn time(millis: i64) -> Option<Time> {
    let seconds = u64::try_from(millis / 1000).ok()?;
    Some(Time::GeneralTime(GeneralizedTime::from_unix_duration(Duration::from_secs(seconds)).ok()?))
}

/// A certificate that its own subject issues, without extensions.
struct SelfSigned(Name);

impl BuilderProfile for SelfSigned {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.0.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issued_certificates_can_be_read() {
        let (now, expiry) = (1_735_689_600_000, 1_830_384_000_000);
        let pem = issue("a", now, expiry).unwrap();
        assert_eq!(read(&pem).map(|read| read.expires_at), Some(expiry));
        assert_eq!(read(&bare(&pem)), read(&pem));
        assert_eq!(issue("a", now, expiry), Some(pem.clone()));
        assert_ne!(issue("b", now, expiry), Some(pem.clone()));
        assert_eq!(fingerprints(&pem)["sha256"]["formatted"].as_str().unwrap().len(), 95);
        // The object identifier of P-384.
        let curve = [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22];
        assert!(bytes(&pem).unwrap().windows(curve.len()).any(|part| part == curve));
    }

    #[test]
    fn years_have_different_lengths() {
        const DAY: i64 = 86_400_000;
        let (start, leap_day) = (1_795_489_419_715, 1_709_164_800_000);
        assert_eq!(years_after(start, 1), Some(start + 365 * DAY));
        assert_eq!(years_after(start, 3), Some(start + 1096 * DAY));
        assert_eq!(years_after(leap_day, 1), Some(leap_day + 366 * DAY));
        assert_eq!(years_after(start, i64::MAX), None);
    }

    #[test]
    fn other_texts_are_no_certificates() {
        for text in ["", "nope", "AAAA", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
