use clap::ValueEnum;

/// Format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object per line.
    Ndjson,
    /// A JSON array, or an object with one.
    Json,
    /// Comma-separated values, with a header.
    Csv,
}

/// How to read a file.
#[derive(Clone, Debug, Default)]
pub struct InputOptions {
    /// Format. Defaults to that of the content.
    pub format: Option<Format>,
    /// Member of a JSON object that contains the records, such as `users`.
    pub container: Option<&'static str>,
    /// Member beside the container that is reported if it is a list with items.
    pub beside: Option<&'static str>,
    /// Names of the columns of a CSV file without a header.
    pub columns: Option<&'static [&'static str]>,
    /// Separator of CSV columns. Defaults to the most frequent one of `,`, `;` and tab in the first line.
    pub delimiter: Option<u8>,
    /// Character before each text in a CSV file, which is removed.
    pub cell_prefix: Option<char>,
}
