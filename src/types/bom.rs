/// Removes a byte order mark, which JSON parsers of JavaScript ignore too.
pub(crate) fn without_bom(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json)
}
