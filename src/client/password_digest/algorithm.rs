use std::fmt;

/// A value of `passwordAlgorithm`. Independent of the models, because those of old releases lack it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Argon2i,
    Argon2id,
    Argon2d,
    Sha1,
    Sha256,
    Md5,
    Bcrypt,
    Legacy,
    Unknown(String),
}

impl Algorithm {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Argon2i => "Argon2i",
            Self::Argon2id => "Argon2id",
            Self::Argon2d => "Argon2d",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Md5 => "MD5",
            Self::Bcrypt => "Bcrypt",
            Self::Legacy => "Legacy",
            Self::Unknown(name) => name,
        }
    }
}

impl From<&str> for Algorithm {
    fn from(name: &str) -> Self {
        let known = [
            Self::Argon2i,
            Self::Argon2id,
            Self::Argon2d,
            Self::Sha1,
            Self::Sha256,
            Self::Md5,
            Self::Bcrypt,
            Self::Legacy,
        ];
        known.into_iter().find(|known| known.as_str() == name).unwrap_or_else(|| Self::Unknown(name.to_owned()))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
