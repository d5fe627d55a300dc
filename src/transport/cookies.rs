use crate::error::{Error, Result};

/// Returns the value of the `Cookie` header.
pub(crate) fn cookie_header<'a>(cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<String> {
    let mut pairs = Vec::new();
    for (name, value) in cookies {
        let forbidden = |byte: u8| byte <= b' ' || byte == b';' || byte == 0x7F;
        if name.is_empty() || name.contains('=') || name.bytes().chain(value.bytes()).any(forbidden) {
            return Err(Error::input(format!("invalid cookie {name:?}: name or value contains forbidden characters")));
        }
        pairs.push(format!("{name}={value}"));
    }
    Ok(pairs.join("; "))
}
