//! Conversions to and from the types of the crates `http` and `reqwest`.

use std::borrow::Cow;

use ::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;

use super::{Body, Headers, HttpRequest, HttpResponse, Method, TransportError, TransportErrorKind};

impl From<Method> for ::http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
            Method::Head => Self::HEAD,
            Method::Options => Self::OPTIONS,
        }
    }
}

impl TryFrom<&::http::Method> for Method {
    type Error = TransportError;

    /// Fails if Logto's APIs do not use the method.
    fn try_from(method: &::http::Method) -> Result<Self, TransportError> {
        Self::named(method.as_str())
            .ok_or_else(|| invalid(format!("unsupported method {method}: not used by Logto's APIs")))
    }
}

impl TryFrom<Headers> for HeaderMap {
    type Error = TransportError;

    /// Fails if a name or a value is invalid.
    fn try_from(headers: Headers) -> Result<Self, TransportError> {
        let too_many = |_| invalid("too many headers");
        let mut map = Self::try_with_capacity(headers.len()).map_err(too_many)?;
        for (name, value) in headers.into_pairs() {
            let secret = Headers::is_secret(&name);
            let key = HeaderName::from_bytes(name.as_bytes());
            let key = key.map_err(|error| invalid(format!("invalid header name {name:?}")).with_source(error))?;
            let value = HeaderValue::from_maybe_shared(shared(value));
            // The message omits the value, which might be a secret.
            let refused = || invalid(format!("invalid value of the header `{name}`"));
            let mut value = value.map_err(|_| refused())?;
            value.set_sensitive(secret);
            map.try_append(key, value).map_err(too_many)?;
        }
        Ok(map)
    }
}

fn shared(text: Cow<'static, str>) -> Bytes {
    match text {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => Bytes::from(text),
    }
}

impl From<&HeaderMap> for Headers {
    /// Invalid UTF-8 in values is replaced.
    fn from(map: &HeaderMap) -> Self {
        Self::packed(map.len(), || map.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }
}

impl From<Body> for Bytes {
    fn from(body: Body) -> Self {
        body.bytes()
    }
}

impl TryFrom<HttpRequest> for ::http::Request<Body> {
    type Error = TransportError;

    /// Fails if the URL or a header is invalid.
    fn try_from(request: HttpRequest) -> Result<Self, TransportError> {
        let mut converted = Self::new(request.body);
        *converted.method_mut() = request.method.into();
        let uri = request.url.parse();
        *converted.uri_mut() = uri.map_err(|error| invalid("invalid request URL").with_source(error))?;
        *converted.headers_mut() = request.headers.try_into()?;
        Ok(converted)
    }
}

#[cfg(feature = "reqwest")]
impl TryFrom<HttpRequest> for ::reqwest::Request {
    type Error = TransportError;

    /// Fails if the URL or a header is invalid. Also if the body is a JavaScript value other than text and bytes.
    fn try_from(request: HttpRequest) -> Result<Self, TransportError> {
        let url = ::reqwest::Url::parse(&request.url).map_err(|_| invalid("invalid request URL"))?;
        let mut converted = Self::new(request.method.into(), url);
        *converted.headers_mut() = request.headers.try_into()?;
        match request.body.len() {
            Some(0) => {}
            Some(_) => *converted.body_mut() = Some(request.body.bytes().into()),
            None => return Err(invalid("reqwest cannot send this JavaScript value")),
        }
        Ok(converted)
    }
}

impl<B: Into<Body>> TryFrom<::http::Request<B>> for HttpRequest {
    type Error = TransportError;

    /// Fails if Logto's APIs do not use the method.
    fn try_from(request: ::http::Request<B>) -> Result<Self, TransportError> {
        let (parts, body) = request.into_parts();
        Ok(Self {
            method: (&parts.method).try_into()?,
            url: parts.uri.to_string(),
            headers: (&parts.headers).into(),
            body: body.into(),
        })
    }
}

impl TryFrom<HttpResponse> for ::http::Response<Body> {
    type Error = TransportError;

    /// Fails if the status or a header is invalid.
    fn try_from(response: HttpResponse) -> Result<Self, TransportError> {
        let mut converted = Self::new(response.body);
        let status = ::http::StatusCode::from_u16(response.status);
        *converted.status_mut() = status.map_err(|error| invalid("invalid response status").with_source(error))?;
        *converted.headers_mut() = response.headers.try_into()?;
        Ok(converted)
    }
}

impl<B: Into<Body>> From<::http::Response<B>> for HttpResponse {
    fn from(response: ::http::Response<B>) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status.as_u16(), headers: (&parts.headers).into(), body: body.into() }
    }
}

fn invalid(message: impl Into<String>) -> TransportError {
    TransportError::new(TransportErrorKind::Invalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> HttpRequest {
        let mut request = HttpRequest::new(Method::Patch, "https://id.example.com/api/users/1?a=%20b");
        request.headers.append("x-list", "one");
        request.headers.append("x-list", "two");
        request.headers.set("authorization", "Bearer t");
        request.body = "{}".into();
        request
    }

    #[test]
    fn requests_round_trip() {
        let converted = ::http::Request::<Body>::try_from(request()).unwrap();
        assert!(converted.headers()["authorization"].is_sensitive());
        let back = HttpRequest::try_from(converted).unwrap();
        assert_eq!((back.method, back.url.as_str()), (Method::Patch, request().url.as_str()));
        assert_eq!((&back.headers, back.body.text().as_str()), (&request().headers, "{}"));
    }

    #[test]
    fn responses_round_trip() {
        let response = HttpResponse::json(422, r#"{"code":"x"}"#).header("set-cookie", "a=1").header("set-cookie", "b");
        let back: HttpResponse = ::http::Response::<Body>::try_from(response.clone()).unwrap().into();
        assert_eq!((back.status, back.headers, back.body.text()), (422, response.headers, r#"{"code":"x"}"#.into()));
    }

    #[test]
    fn invalid_utf8_in_header_values_is_replaced() {
        let mut map = HeaderMap::new();
        map.insert("x-name", HeaderValue::from_bytes(b"caf\xe9").unwrap());
        assert_eq!(Headers::from(&map).get("x-name"), Some("caf\u{fffd}"));
    }

    #[test]
    fn invalid_messages_are_rejected_without_showing_header_values() {
        let method = ::http::Method::from_bytes(b"BREW").unwrap();
        assert_eq!(Method::try_from(&method).unwrap_err().kind(), TransportErrorKind::Invalid);
        for (name, value) in [("a b", "c"), ("x-token", "secret\u{7}")] {
            let mut request = request();
            request.headers.set(name, value);
            let error = ::http::Request::<Body>::try_from(request).unwrap_err();
            assert!(error.never_sent() && !error.to_string().contains("secret"), "{error}");
        }
        let crowded: Headers = (0..40_000).map(|number| (format!("x-{number}"), "")).collect();
        assert!(HeaderMap::try_from(crowded).is_err());
        let nowhere = HttpRequest::new(Method::Get, "http://a b");
        assert!(::http::Request::<Body>::try_from(nowhere).is_err());
        assert!(::http::Response::<Body>::try_from(HttpResponse::new(7)).is_err());
    }
}
