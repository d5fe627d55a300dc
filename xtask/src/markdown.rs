//! Links and sentences in Markdown.

/// Replaces each link whose target starts with `prefix`. `replacement` gets the label, and the target without the prefix.
pub(crate) fn with_links(text: &str, prefix: &str, replacement: impl Fn(&str, &str) -> String) -> String {
    let opening = format!("]({prefix}");
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(opening.as_str()) {
        let (Some((before, label)), Some((target, after))) = (before.rsplit_once('['), after.split_once(')')) else {
            break;
        };
        replaced.push_str(before);
        replaced.push_str(&replacement(label, target));
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// Removes bold type and the targets of links.
pub(crate) fn plain(text: &str) -> String {
    with_links(text, "", |label, _| label.to_owned()).replace("**", "")
}

/// Splits a text into sentences, with the white space after each. A sentence ends with a full stop, unless a word in
/// lower case follows.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut rest = text;
    let mut length = 0;
    let mut in_code = false;
    let mut is_complete = false;
    for padded in text.split_inclusive(char::is_whitespace) {
        let word = padded.trim_end();
        if !word.is_empty() {
            if is_complete && !word.starts_with(char::is_lowercase) {
                let (sentence, after) = rest.split_at(length);
                sentences.push(sentence);
                (rest, length) = (after, 0);
            }
            in_code ^= word.matches('`').count() % 2 == 1;
            is_complete = !in_code && word.trim_end_matches(['"', ')']).ends_with(['.', '?', '!']);
        }
        length += padded.len();
    }
    sentences.extend(Some(rest).filter(|rest| !rest.trim().is_empty()));
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_bold_type_become_text() {
        assert_eq!(plain("See [the **guide**](a.md) and [x](b)."), "See the guide and x.");
    }

    #[test]
    fn sentences_end_with_a_full_stop() {
        assert_eq!(
            sentences("It sends one.\nWhat  else?\n`get` reads. Logto 1.17 works.\n"),
            ["It sends one.\n", "What  else?\n", "`get` reads. ", "Logto 1.17 works.\n"]
        );
        assert_eq!(sentences("(It works.) \"Why?\" Yes"), ["(It works.) ", "\"Why?\" ", "Yes"]);
        assert_eq!(sentences("\n"), [""; 0]);
    }

    #[test]
    fn full_stops_in_code_and_before_lower_case_end_no_sentence() {
        let text = "Use `..Default::default(). And` with a name, e.g. one.";
        assert_eq!(sentences(text), [text]);
    }
}
