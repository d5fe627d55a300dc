//! Links in Markdown.

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
