//! The hash parameters of a Firebase project, as the console shows them.

use logto_admin::FirebaseScrypt;

/// Parses the text "Password hash parameters" of the Firebase console:
///
/// ```
/// use logto_admin_cli::users::sources::parse_firebase_config;
///
/// let project = parse_firebase_config(
///     "hash_config {
///       algorithm: SCRYPT,
///       base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
///       base64_salt_separator: Bw==,
///       rounds: 8,
///       mem_cost: 14,
///     }",
/// )?;
/// assert_eq!((project.rounds, project.mem_cost), (8, 14));
/// # Ok::<_, String>(())
/// ```
///
/// JSON with the same members is valid too.
///
/// # Errors
/// Fails if a parameter is missing or invalid. The message does not contain the key.
pub fn parse_firebase_config(text: &str) -> Result<FirebaseScrypt, String> {
    let separators = ['{', '}', ',', '\n', '\r'];
    let pairs: Vec<(&str, &str)> = text.split(separators).filter_map(|part| part.split_once(':')).collect();
    let find = |name: &str| {
        let quotes = |char: char| char == '"' || char.is_whitespace();
        let value = pairs.iter().find(|(key, _)| key.trim_matches(quotes) == name).map(|(_, value)| value);
        let value = value.map(|value| value.trim_matches(quotes)).filter(|value| !value.is_empty());
        value.ok_or_else(|| format!("the hash parameters have no `{name}`; copy them from the Firebase console"))
    };
    let number = |name: &str| {
        let value = find(name)?.parse::<u32>().ok().filter(|number| *number > 0);
        value.ok_or_else(|| format!("`{name}` of the hash parameters is not a positive number"))
    };
    if find("algorithm").is_ok_and(|algorithm| !algorithm.eq_ignore_ascii_case("SCRYPT")) {
        return Err("the algorithm of the hash parameters is not SCRYPT".to_owned());
    }
    let project = FirebaseScrypt {
        signer_key: find("base64_signer_key")?.to_owned(),
        salt_separator: find("base64_salt_separator")?.to_owned(),
        rounds: number("rounds")?,
        mem_cost: number("mem_cost")?,
    };
    project.check().map_err(|error| format!("{}; copy it from the Firebase console", error.message()))?;
    Ok(project)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    const CONFIG: &str = "hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}";

    #[test]
    fn the_text_of_the_console_and_json_are_parsed() {
        let json =
            format!(r#"{{"base64_signer_key":"{KEY}","base64_salt_separator":"Bw==","rounds":8,"mem_cost":14}}"#);
        for text in [CONFIG, &json] {
            let project = parse_firebase_config(text).unwrap();
            assert_eq!((project.signer_key.as_str(), project.salt_separator.as_str()), (KEY, "Bw=="));
            assert_eq!((project.rounds, project.mem_cost), (8, 14));
        }
    }

    #[test]
    fn errors_name_the_parameter_and_hide_the_key() {
        for (changed, expected) in [
            (CONFIG.replace("rounds", "loops"), "have no `rounds`"),
            (CONFIG.replace(KEY, ""), "have no `base64_signer_key`"),
            (
                CONFIG.replace(KEY, "jxspr8Ki"),
                "invalid Firebase signer key of 6 bytes: expected 64 bytes; copy it from",
            ),
            (CONFIG.replace("14", "140"), "invalid Firebase memory cost 140: expected 1 to 14; copy it from"),
            (CONFIG.replace("14", "many"), "`mem_cost` of the hash parameters is not a positive number"),
            (CONFIG.replace("SCRYPT", "BCRYPT"), "is not SCRYPT"),
        ] {
            let message = parse_firebase_config(&changed).unwrap_err();
            assert!(message.contains(expected) && !message.contains("jxspr"), "{message}");
        }
    }
}
