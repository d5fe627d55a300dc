/// A rejected wording or a long sentence in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub line: usize,
    pub rule: &'static str,
    pub text: String,
    pub advice: &'static str,
}
