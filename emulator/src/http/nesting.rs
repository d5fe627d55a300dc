//! Reads nested JSON. The parser stops at 127 levels, which the server accepts.

use logto_admin::serde_json::{self, Value};
use serde::Deserialize;
use serde::de::Error;

/// Maximum number of levels of a request body. The client reads answers of up to 256 levels, and lists add some.
const MOST: usize = 250;

/// Counts how deep JSON is nested.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    level: usize,
    in_string: bool,
    escaped: bool,
}

impl Levels {
    /// Reads the next byte, and returns the number of levels that it is below.
    pub(crate) const fn pass(&mut self, byte: u8) -> usize {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.level += 1,
            b'}' | b']' if !self.in_string => self.level = self.level.saturating_sub(1),
            _ => {}
        }
        self.level
    }
}

/// Parses JSON.
pub(crate) fn read(json: &str) -> serde_json::Result<Value> {
    let mut levels = Levels::default();
    if json.bytes().any(|byte| levels.pass(byte) > MOST) {
        return Err(serde_json::Error::custom(format!("more than {MOST} levels")));
    }
    let mut parser = serde_json::Deserializer::from_str(json);
    parser.disable_recursion_limit();
    let value = Value::deserialize(&mut parser)?;
    parser.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_limited() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&nested(MOST)).is_ok());
        assert_eq!(read(&nested(MOST + 1)).unwrap_err().to_string(), "more than 250 levels");
        // Brackets in text are not levels.
        assert!(read(&format!(r#"["\"{}"]"#, "[".repeat(1000))).is_ok());
        assert!(read("[] 1").is_err() && read("[").unwrap_err().is_eof());
    }
}
