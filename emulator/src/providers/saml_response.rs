//! Signed responses to the service providers of SAML applications.
//!
//! The response is written in the canonical form of XML (exclusive, without comments), so that its text can be hashed
//! and signed as it is. Namespaces are declared where they are used first, attributes are sorted, and no element is
//! self-closing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p384::ecdsa::signature::Signer;
use p384::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};

use crate::dates::iso;

/// The content of a response to a service provider.
pub(crate) struct Response<'a> {
    /// The entity ids of the identity provider and the service provider.
    pub issuer: &'a str,
    pub audience: &'a str,
    /// The address that the response is sent to.
    pub destination: &'a str,
    /// The id of the request that it answers.
    pub request: &'a str,
    /// The format of the identifier of the user, and the identifier.
    pub name_id: (&'a str, &'a str),
    pub attributes: Vec<(String, String)>,
    /// The ids of the response, the assertion and the session.
    pub ids: [String; 3],
    /// Milliseconds since the epoch.
    pub now: i64,
    /// End of the session, in milliseconds since the epoch.
    pub session_end: i64,
}

/// Milliseconds.
const LIFETIME: i64 = 600_000;
const ASSERTION: &str = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
/// The namespace of the type of the attributes. The canonical form omits it, as only a value refers to it.
const TYPES: &str = " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"";
const C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

impl Response<'_> {
    /// Returns the response with the signature and the certificate of a key.
    pub(crate) fn signed(&self, key: &SigningKey, certificate: &str) -> String {
        let [id, ..] = &self.ids;
        let (head, rest) = (self.head(), self.rest(""));
        let digest = STANDARD.encode(Sha256::digest(format!("{head}{rest}")));
        let info = format!(
            "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
             <ds:CanonicalizationMethod Algorithm=\"{C14N}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
             <ds:Transform Algorithm=\"{C14N}\"></ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
             <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        );
        let signature: Signature = key.sign(info.as_bytes());
        let signature = STANDARD.encode(signature.to_bytes());
        format!(
            "{head}<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{info}\
             <ds:SignatureValue>{signature}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>{}",
            self.rest(TYPES)
        )
    }

    /// Returns everything before the signature.
    fn head(&self) -> String {
        let [id, ..] = &self.ids;
        format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{}\" ID=\"{id}\" \
             InResponseTo=\"{}\" IssueInstant=\"{}\" Version=\"2.0\"><saml:Issuer {ASSERTION}>{}</saml:Issuer>",
            attribute(self.destination),
            attribute(self.request),
            iso(self.now),
            text(self.issuer),
        )
    }

    /// Returns everything after the signature. `types` declares the namespace of the types of attributes.
    fn rest(&self, types: &str) -> String {
        let [_, id, session] = &self.ids;
        let (now, end) = (iso(self.now), iso(self.now.saturating_add(LIFETIME)));
        let (format, identifier) = self.name_id;
        format!(
            "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>\
             </samlp:Status><saml:Assertion {ASSERTION} ID=\"{id}\" IssueInstant=\"{now}\" Version=\"2.0\">\
             <saml:Issuer>{issuer}</saml:Issuer><saml:Subject><saml:NameID Format=\"{format}\">{identifier}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData \
             InResponseTo=\"{request}\" NotOnOrAfter=\"{end}\" Recipient=\"{recipient}\"></saml:SubjectConfirmationData>\
             </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore=\"{now}\" NotOnOrAfter=\"{end}\">\
             <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>\
             </saml:Conditions><saml:AuthnStatement AuthnInstant=\"{now}\" SessionIndex=\"{session}\" \
             SessionNotOnOrAfter=\"{session_end}\">\
             <saml:AuthnContext><saml:AuthnContextClassRef>\
             urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement>{attributes}</saml:Assertion></samlp:Response>",
            issuer = text(self.issuer),
            format = attribute(format),
            identifier = text(identifier),
            request = attribute(self.request),
            recipient = attribute(self.destination),
            audience = text(self.audience),
            session_end = iso(self.session_end),
            attributes = self.attributes(types),
        )
    }

    /// Returns the attributes of the user. A statement without attributes is invalid.
    fn attributes(&self, types: &str) -> String {
        let attributes = self.attributes.iter().map(|(name, value)| {
            let (name, value) = (attribute(name), text(value));
            format!(
                "<saml:Attribute Name=\"{name}\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\">\
                 <saml:AttributeValue{types} xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                 xsi:type=\"xs:string\">{value}</saml:AttributeValue></saml:Attribute>"
            )
        });
        let attributes: String = attributes.collect();
        if attributes.is_empty() {
            return attributes;
        }
        format!("<saml:AttributeStatement>{attributes}</saml:AttributeStatement>")
    }
}

/// Escapes text as the canonical form requires.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

/// Escapes the value of an attribute as the canonical form requires.
fn attribute(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    escaped.replace('\t', "&#x9;").replace('\n', "&#xA;").replace('\r', "&#xD;")
}

#[cfg(test)]
mod tests {
    use p384::ecdsa::signature::Verifier;

    use super::*;
    use crate::crypto::ec::signing_key;

    #[test]
    fn responses_are_well_formed_and_signed() {
        let response = Response {
            issuer: "https://idp.example/a&b",
            audience: "https://sp.example",
            destination: "https://sp.example/acs?a&b",
            request: "_1",
            name_id: ("urn:x", "<ada>"),
            attributes: vec![("mail".to_owned(), "ada@example.com".to_owned())],
            ids: ["r", "a", "s"].map(str::to_owned),
            now: 0,
            session_end: 1,
        };
        let key = signing_key(0, "test").unwrap();
        let signed = response.signed(&key, "CERTIFICATE");
        let document = roxmltree::Document::parse(&signed).unwrap();
        let find = |name: &str| document.descendants().find(|node| node.tag_name().name() == name).unwrap();
        assert_eq!((find("NameID").text(), find("AttributeValue").text()), (Some("<ada>"), Some("ada@example.com")));
        let kind = ("http://www.w3.org/2001/XMLSchema-instance", "type");
        assert_eq!(find("AttributeValue").attribute(kind), Some("xs:string"));
        let types = find("AttributeValue").lookup_namespace_uri(Some("xs"));
        assert_eq!(types, Some("http://www.w3.org/2001/XMLSchema"));
        assert_eq!(find("Response").attribute("Destination"), Some("https://sp.example/acs?a&b"));

        let (begin, end) = (signed.find("<ds:SignedInfo").unwrap(), signed.find("<ds:SignatureValue>").unwrap());
        let value = STANDARD.decode(find("SignatureValue").text().unwrap()).unwrap();
        let signature = Signature::from_slice(&value).unwrap();
        key.verifying_key().verify(&signed.as_bytes()[begin..end], &signature).unwrap();
        let (begin, end) = (signed.find("<ds:Signature ").unwrap(), signed.find("</ds:Signature>").unwrap());
        let unsigned = format!("{}{}", &signed[..begin], &signed[end + "</ds:Signature>".len()..]);
        let canonical = unsigned.replace(TYPES, "");
        assert_ne!(canonical, unsigned, "only values refer to the namespace");
        assert_eq!(find("DigestValue").text().unwrap(), STANDARD.encode(Sha256::digest(canonical)));
    }
}
