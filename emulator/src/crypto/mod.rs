//! Keys, signatures, certificates and one-time passwords.

pub(crate) mod cbor;
pub(crate) mod certificates;
pub(crate) mod cose;
pub(crate) mod ec;
pub(crate) mod rsa;
pub(crate) mod totp;
pub(crate) mod webauthn;
