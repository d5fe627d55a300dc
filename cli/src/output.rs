//! What is printed: data on standard output, everything else on standard error.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use logto_admin::serde_json::{self, Value};

use crate::failure::{Failure, Result};

/// A format of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    Table,
    /// One JSON value
    Json,
    /// One JSON value per line
    Ndjson,
    /// YAML
    Yaml,
}

/// A column: its title, and the JSON pointer to its value.
pub type Column = (&'static str, &'static str);

/// Prints data and messages.
pub struct Printer {
    /// The format of the data.
    pub format: Format,
    /// Whether only data and errors are printed.
    pub quiet: bool,
    data: Box<dyn Write + Send>,
    messages: Box<dyn Write + Send>,
}

impl std::fmt::Debug for Printer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Printer").field("format", &self.format).finish_non_exhaustive()
    }
}

impl Printer {
    /// Creates a printer for the standard streams.
    #[must_use]
    pub fn standard(format: Option<Format>, quiet: bool) -> Self {
        let default = if io::stdout().is_terminal() { Format::Table } else { Format::Json };
        Self::new(format.unwrap_or(default), quiet, anstream::stdout(), anstream::stderr())
    }

    /// Creates a printer for other streams.
    pub fn new(
        format: Format,
        quiet: bool,
        data: impl Write + Send + 'static,
        messages: impl Write + Send + 'static,
    ) -> Self {
        Self { format, quiet, data: Box::new(data), messages: Box::new(messages) }
    }

    /// The stream of the data.
    pub fn data(&mut self) -> &mut dyn Write {
        &mut *self.data
    }

    /// Prints a list. A table has these columns.
    pub fn list(&mut self, columns: &[Column], items: &[Value]) -> Result<()> {
        let text = match self.format {
            Format::Table => table(columns, items, plain().width()),
            Format::Json => pretty(&items)?,
            Format::Ndjson => lines(items)?,
            Format::Yaml => yaml(&items)?,
        };
        self.text(&text)
    }

    /// Prints one value. A table has a row per member.
    pub fn item(&mut self, item: &Value) -> Result<()> {
        let text = match (self.format, item) {
            (Format::Table, Value::Object(members)) => {
                let mut table = plain();
                table.add_rows(members.iter().map(|(name, value)| [name.clone(), cell(Some(value))]));
                rows(table)
            }
            (Format::Table, value) => format!("{}\n", cell(Some(value))),
            (Format::Json, value) => pretty(value)?,
            (Format::Ndjson, value) => lines(std::slice::from_ref(value))?,
            (Format::Yaml, value) => yaml(value)?,
        };
        self.text(&text)
    }

    /// Prints text as data.
    pub fn text(&mut self, text: &str) -> Result<()> {
        self.data.write_all(text.as_bytes()).and_then(|()| self.data.flush()).map_err(Failure::from)
    }

    /// Prints a message for people, unless only data was asked for.
    pub fn message(&mut self, text: &str) {
        if !self.quiet {
            // There is nowhere to report a failure to.
            let _ = writeln!(self.messages, "{text}");
        }
    }
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// Returns a number with its noun: `1 user`, `2 users`.
pub(crate) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Least width of a column whose cells are broken into lines.
const LEAST: usize = 10;

/// Returns a table. `width` is that of the terminal, if it is known.
fn table(columns: &[Column], items: &[Value], width: Option<u16>) -> String {
    let cells = |item: &Value| columns.iter().map(|(_, pointer)| cell(item.pointer(pointer))).collect();
    let cells: Vec<Vec<String>> = items.iter().map(cells).collect();
    let mut table = plain();
    if let Some(width) = width {
        table.set_width(width);
    }
    table.set_header(columns.iter().map(|(title, _)| title.to_uppercase()));
    let whole = width.map(|width| whole(columns, &cells, width.into())).unwrap_or_default();
    table.add_rows(cells);
    for at in whole {
        if let Some(column) = table.column_mut(at) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    rows(table)
}

/// Returns the columns without spaces that fit as a whole, so that ids and the like can be copied. The narrowest come
/// first.
fn whole(columns: &[Column], rows: &[Vec<String>], width: usize) -> Vec<usize> {
    let texts = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let widest =
        |at: usize, title: &str| texts(at).map(|text| text.chars().count()).max().unwrap_or(0).max(title.len());
    let widths: Vec<(usize, usize)> =
        columns.iter().enumerate().map(|(at, (title, _))| (widest(at, title) + usize::from(PADDING), at)).collect();
    let mut left = width.saturating_sub(widths.iter().map(|(width, _)| *width.min(&LEAST)).sum());
    let mut words: Vec<(usize, usize)> =
        widths.into_iter().filter(|(_, at)| !texts(*at).any(|text| text.contains(' '))).collect();
    words.sort_unstable();
    let fits = |(width, at): &(usize, usize)| {
        let more = width.saturating_sub(LEAST);
        let fits = more <= left;
        left = if fits { left - more } else { left };
        fits.then_some(*at)
    };
    words.iter().filter_map(fits).collect()
}

/// Spaces between two columns.
const PADDING: u16 = 2;

/// Returns the lines of a table. Cells are padded to the right only.
fn rows(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, PADDING));
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Returns a value for a cell: without control characters, which could change what a terminal shows.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    };
    text.chars().map(|letter| if changes_terminals(letter) { ' ' } else { letter }).collect()
}

/// Whether a character changes what a terminal shows: control characters, and those that reverse text.
pub(crate) fn changes_terminals(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Escapes what JSON leaves as it is although terminals interpret it.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '\n' => escaped.push(letter),
            letter if changes_terminals(letter) => escaped += &format!("\\u{:04x}", u32::from(letter)),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Returns JSON for people, with a line break at the end.
pub(crate) fn pretty(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::new(error.to_string()))?;
    Ok(escaped(&text) + "\n")
}

fn lines(items: &[Value]) -> Result<String> {
    Ok(items.iter().map(|item| escaped(&item.to_string()) + "\n").collect())
}

fn yaml(value: &impl serde::Serialize) -> Result<String> {
    serde_saphyr::to_string(value).map_err(|error| Failure::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_narrow_table_keeps_ids_whole() {
        let columns = [("id", "/id"), ("name", "/name"), ("email", "/email"), ("created", "/created")];
        let item = json!({
            "id": "pgjjl3aivocforn18qu7d", "name": "A person with a long name", "created": "2026-11-26T23:46:30Z",
            "email": "person.number.2998@some-long-company-name.example.com",
        });
        let shown = table(&columns, std::slice::from_ref(&item), Some(80));
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
        for whole in ["pgjjl3aivocforn18qu7d", "2026-11-26T23:46:30Z"] {
            assert!(shown.contains(whole), "{shown}");
        }
        assert!(table(&columns, &[item], Some(200)).contains("person.number.2998@some-long-company-name.example.com"));
        assert_eq!((counted(1_usize, "user"), counted(0_u64, "user")), ("1 user".to_owned(), "0 users".to_owned()));
    }

    #[test]
    fn no_format_contains_what_changes_a_terminal() {
        let item = json!({ "name": "a\u{1b}[31m\u{9b}31m\u{202e}b" });
        let shown = [
            table(&[("name", "/name")], std::slice::from_ref(&item), None),
            pretty(&item).unwrap(),
            lines(std::slice::from_ref(&item)).unwrap(),
        ];
        for text in shown {
            assert!(!text.chars().any(|letter| letter != '\n' && changes_terminals(letter)), "{text:?}");
        }
        assert_eq!(serde_json::from_str::<Value>(&pretty(&item).unwrap()).unwrap(), item);
    }
}
