//! Messages of the SAML 2.0 protocol.

use std::fmt::Write;

use roxmltree::{Document, Node};

/// A service provider's request to sign a user in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthnRequest {
    pub id: String,
    /// The entity id of the service provider.
    pub issuer: String,
}

impl AuthnRequest {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let document = Document::parse(text).ok()?;
        let root = document.root_element();
        let issuer = root.children().find(|node: &Node<'_, '_>| node.tag_name().name() == "Issuer")?;
        (root.tag_name().name() == "AuthnRequest").then_some(())?;
        Some(Self { id: root.attribute("ID")?.to_owned(), issuer: issuer.text()?.trim().to_owned() })
    }
}

/// Returns the request that sends a user to the identity provider of a connector.
pub(crate) fn request(id: &str, issued_at: &str, endpoint: &str, acs: &str, entity: &str) -> String {
    let [endpoint, acs, entity] = [endpoint, acs, entity].map(escape);
    format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_{id}\" Version=\"2.0\" \
         IssueInstant=\"{issued_at}\" Destination=\"{endpoint}\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" AssertionConsumerServiceURL=\"{acs}\">\
         <saml:Issuer>{entity}</saml:Issuer></samlp:AuthnRequest>"
    )
}

/// Claims of an identity provider about a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assertion(Vec<(String, String)>);

impl Assertion {
    /// Reads a response. The name identifier becomes the attribute `nameID`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let document = Document::parse(text).ok()?;
        let named = |name: &'static str| {
            document.descendants().filter(move |node: &Node<'_, '_>| node.tag_name().name() == name)
        };
        let identifier = named("NameID").next()?.text()?.trim().to_owned();
        let attributes = named("Attribute").filter_map(|attribute| {
            let value = attribute.descendants().find(|node| node.tag_name().name() == "AttributeValue")?;
            Some((attribute.attribute("Name")?.to_owned(), value.text()?.trim().to_owned()))
        });
        Some(Self([("nameID".to_owned(), identifier)].into_iter().chain(attributes).collect()))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// Returns the metadata of an application's identity provider.
pub(crate) fn metadata(origin: &str, application: &str, certificate: &str, name_id_format: &str) -> String {
    let (origin, name_id_format) = (escape(origin), escape(name_id_format));
    let mut services = String::new();
    for binding in ["Redirect", "POST"] {
        let _ = write!(
            services,
            "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{binding}\" \
             Location=\"{origin}/api/saml/{application}/authn\"></SingleSignOnService>"
        );
    }
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:assertion=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         entityID=\"{origin}/saml/{application}\"><IDPSSODescriptor WantAuthnRequestsSigned=\"false\" \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><KeyDescriptor use=\"signing\">\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>{certificate}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor><NameIDFormat>{name_id_format}</NameIDFormat>\
         {services}</IDPSSODescriptor></EntityDescriptor>"
    )
}

/// Escapes text for XML and HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_an_id_and_an_issuer() {
        let request = "<p:AuthnRequest xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\">\
            <Issuer>https://sp.example.com</Issuer></p:AuthnRequest>";
        let parsed = AuthnRequest::parse(request).unwrap();
        assert_eq!((parsed.id.as_str(), parsed.issuer.as_str()), ("_1", "https://sp.example.com"));
        for text in ["", "nope", "<Response ID=\"_1\"><Issuer>a</Issuer></Response>", "<AuthnRequest ID=\"_1\"/>"] {
            assert_eq!(AuthnRequest::parse(text), None, "{text}");
        }
    }

    #[test]
    fn metadata_are_well_formed() {
        let metadata = metadata("http://host/?a&b", "app", "AAAA", "urn:x");
        let document = Document::parse(&metadata).unwrap();
        assert_eq!(document.root_element().attribute("entityID"), Some("http://host/?a&b/saml/app"));
        let format = document.descendants().find(|node| node.has_tag_name("NameIDFormat"));
        assert_eq!(format.and_then(|node| node.text()), Some("urn:x"));
    }
}
