//! What is printed: data on standard output, everything else on standard error.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use logto_admin::serde_json::{self, Value};

use crate::failure::{Failure, Result};
use crate::json;

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

    /// Prints a list. A table has these columns. On a narrow terminal, it lacks the last ones.
    pub fn list(&mut self, columns: &[Column], items: &[Value]) -> Result<()> {
        let text = match self.format {
            Format::Table => {
                let width = terminal_width();
                let shown = fitting(columns, items, width);
                self.message_about(columns.get(shown..).unwrap_or_default());
                table(columns.get(..shown).unwrap_or(columns), items, width)
            }
            Format::Json => pretty(&items)?,
            Format::Ndjson => lines(items)?,
            Format::Yaml => yaml(&items)?,
        };
        self.text(&text)
    }

    /// Prints rows that come one after the other: a table keeps the widths of its columns.
    pub(crate) fn rows(&mut self, widths: &mut Widths, items: &[Value]) -> Result<()> {
        match self.format {
            Format::Table => self.text(&widths.rows(items)),
            _ => items.iter().try_for_each(|item| self.item(item)),
        }
    }

    /// Prints an error of one of several items. The command goes on.
    pub(crate) fn error(&mut self, text: &str) {
        // There is nowhere to report a failure to.
        let _ = writeln!(self.messages, "error: {text}");
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

    /// Names the columns that a narrow terminal does not show.
    pub(crate) fn message_about(&mut self, hidden: &[Column]) {
        if !hidden.is_empty() {
            let titles: Vec<&str> = hidden.iter().map(|(title, _)| *title).collect();
            self.message(&format!("note: the terminal is too narrow for: {}", titles.join(", ")));
        }
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

/// Returns the width of the terminal, if standard output is one.
pub(crate) fn terminal_width() -> Option<u16> {
    plain().width()
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
    let cells: Vec<Vec<String>> = items.iter().map(|item| cells(columns, item)).collect();
    let mut table = plain();
    let (whole, needed) = width.map(|width| whole(columns, &cells, width.into())).unwrap_or_default();
    if let Some(width) = width {
        table.set_width(width.max(needed));
    }
    table.set_header(columns.iter().map(|(title, _)| title.to_uppercase()));
    table.add_rows(cells);
    for at in whole {
        if let Some(column) = table.column_mut(at) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    rows(table)
}

/// Whether to write colours to a stream.
pub fn has_colour(stream: &impl IsTerminal) -> bool {
    is_coloured(stream.is_terminal(), |name| std::env::var_os(name))
}

fn is_coloured(is_terminal: bool, variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    is_terminal && variable("NO_COLOR").is_none()
}

/// Titles of the columns with ids. Ids and times are never broken into lines.
const IDS: [&str; 4] = ["id", "user", "application", "key"];
/// Titles of the columns with milliseconds since the epoch.
const TIMES: [&str; 3] = ["time", "created", "expires"];

/// Returns the cells of a row.
fn cells(columns: &[Column], item: &Value) -> Vec<String> {
    let text = |(title, pointer): &Column| match item.pointer(pointer) {
        Some(time) if TIMES.contains(title) => cell(Some(&json::date(time))),
        value => cell(value),
    };
    columns.iter().map(text).collect()
}

/// Returns how many of the first columns fit into a width, without breaking an id or a time. At least one is shown.
fn fitting(columns: &[Column], items: &[Value], width: Option<u16>) -> usize {
    let Some(width) = width else { return columns.len() };
    let cells: Vec<Vec<String>> = items.iter().map(|item| cells(columns, item)).collect();
    let needed = |count: &usize| columns.get(..*count).map(|columns| whole(columns, &cells, width.into()).1);
    (2..=columns.len()).rev().find(|count| needed(count).is_some_and(|needed| needed <= width)).unwrap_or(1)
}

/// Returns the columns that are shown as a whole, so that they can be copied, and the width that the table needs. Ids and
/// times come first, then other columns without spaces that fit, the narrowest first.
fn whole(columns: &[Column], rows: &[Vec<String>], width: usize) -> (Vec<usize>, u16) {
    let texts = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let widest =
        |at: usize, title: &str| texts(at).map(|text| text.chars().count()).max().unwrap_or(0).max(title.len());
    let widths: Vec<(usize, usize)> =
        columns.iter().enumerate().map(|(at, (title, _))| (widest(at, title) + usize::from(PADDING), at)).collect();
    let is_unbroken =
        |at: usize| columns.get(at).is_some_and(|(title, _)| IDS.contains(title) || TIMES.contains(title));
    let least = |(width, at): &(usize, usize)| if is_unbroken(*at) { *width } else { *width.min(&LEAST) };
    // Nothing follows the last column.
    let needed = widths.iter().map(least).sum::<usize>().saturating_sub(PADDING.into());
    let mut left = width.saturating_sub(needed);
    let (unbroken, others): (Vec<_>, Vec<_>) = widths.into_iter().partition(|(_, at)| is_unbroken(*at));
    let mut words: Vec<(usize, usize)> =
        others.into_iter().filter(|(_, at)| !texts(*at).any(|text| text.contains(' '))).collect();
    words.sort_unstable();
    let fits = |(width, at): &(usize, usize)| {
        let more = width.saturating_sub(LEAST);
        let fits = more <= left;
        left = if fits { left - more } else { left };
        fits.then_some(*at)
    };
    let mut whole: Vec<usize> = unbroken.into_iter().map(|(_, at)| at).collect();
    whole.extend(words.iter().filter_map(fits));
    (whole, needed.try_into().unwrap_or(u16::MAX))
}

/// A table that grows: the widths of its columns. A column becomes wider with its cells, and never narrower.
pub(crate) struct Widths {
    columns: &'static [Column],
    widths: Vec<usize>,
}

impl Widths {
    /// Creates a table with the first columns that fit into the terminal, and returns it with its header.
    pub(crate) fn new(columns: &'static [Column], least: &[usize], width: Option<u16>) -> (Self, String) {
        let padding = usize::from(PADDING);
        let needed = |count: &usize| least.iter().take(*count).map(|least| least + padding).sum::<usize>() - padding;
        let fits = |count: &usize| width.is_none_or(|width| needed(count) <= width.into());
        let shown = (2..=columns.len()).rev().find(fits).unwrap_or(1);
        let columns = columns.get(..shown).unwrap_or(columns);
        let mut table = Self { columns, widths: least.iter().copied().take(shown).collect() };
        let header = table.line(columns.iter().map(|(title, _)| title.to_uppercase()).collect());
        (table, header)
    }

    fn rows(&mut self, items: &[Value]) -> String {
        items.iter().map(|item| self.line(cells(self.columns, item))).collect()
    }

    fn line(&mut self, cells: Vec<String>) -> String {
        self.widths.resize(cells.len(), 0);
        let mut line = String::new();
        for (cell, width) in cells.into_iter().zip(&mut self.widths) {
            *width = cell.chars().count().max(*width);
            line += &format!("{cell:<width$}  ");
        }
        format!("{}\n", line.trim_end())
    }
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
    fn terminals_have_colours_unless_no_color_is_set() {
        let set = |name: &str| (name == "NO_COLOR").then(|| "1".into());
        assert!(is_coloured(true, |_| None));
        assert!(!is_coloured(true, set) && !is_coloured(false, |_| None));
    }

    #[test]
    fn a_narrow_table_keeps_ids_whole() {
        let columns = [("id", "/id"), ("name", "/name"), ("email", "/email"), ("created", "/created")];
        let item = json!({
            "id": "pgjjl3aivocforn18qu7d", "name": "A person with a long name", "created": 1_795_736_790_000_i64,
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
    fn a_narrow_table_lacks_its_last_columns_and_breaks_no_id() {
        let columns = [("time", "/at"), ("key", "/key"), ("user", "/id"), ("application", "/id"), ("ip", "/ip")];
        let item = json!({ "at": 0, "key": "a.long.key", "id": "pgjjl3aivocforn18qu7d", "ip": "192.168.100.100" });
        let items = std::slice::from_ref(&item);
        for (width, expected) in [(Some(88), 5), (Some(87), 4), (Some(80), 4), (Some(60), 3), (Some(5), 1), (None, 5)] {
            let count = fitting(&columns, items, width);
            assert_eq!(count, expected, "{width:?}");
            let shown = table(&columns[..count], items, width);
            assert_eq!(shown.matches("pgjjl3aivocforn18qu7d").count(), count.min(4).saturating_sub(2), "{shown}");
            assert!(shown.contains("1970-01-01T00:00:00Z"), "{shown}");
            let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(count == 1 || width.is_none_or(|width| widest <= width.into()), "{width:?} {shown}");
        }
    }

    #[test]
    fn a_table_that_grows_keeps_its_columns() {
        let (mut table, header) = Widths::new(&[("name", "/name"), ("age", "/age")], &[6, 3], None);
        let rows = table.rows(&[json!({ "name": "a", "age": 1 }), json!({ "name": "longer name", "age": 2 })]);
        assert_eq!(header + &rows, "NAME    AGE\na       1\nlonger name  2\n");
        assert_eq!(table.rows(&[json!({ "name": "b", "age": 3 })]), "b            3\n");
        let (_, narrow) = Widths::new(&[("name", "/name"), ("age", "/age")], &[6, 3], Some(10));
        assert_eq!(narrow, "NAME\n");
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
