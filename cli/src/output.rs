//! Prints data on standard output, and everything else on standard error.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use logto_admin::serde_json::{self, Value};

use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::interruptible::InterruptibleWriter;
use crate::sentences;
use crate::table::{self, Column, Growing};
use crate::terminal;

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

    /// Lets an interrupt end the wait for a reader of the data that stands still.
    pub(crate) fn end_with(&mut self, interrupt: &Interrupt) {
        let data = std::mem::replace(&mut self.data, Box::new(io::sink()));
        self.data = Box::new(InterruptibleWriter::new(data, interrupt));
    }

    /// Prints a list. A table has these columns. On a narrow terminal, it lacks the last ones.
    pub fn list(&mut self, columns: &[Column], items: &[Value]) -> Result<()> {
        let text = match self.format {
            Format::Table => return self.table(columns, items),
            Format::Json => pretty(&items)?,
            Format::Ndjson => ndjson(items)?,
            Format::Yaml => yaml(&items)?,
        };
        self.text(&text)
    }

    /// Prints a list of any values. A table has the plain members of objects. Other lists are JSON in its place.
    pub(crate) fn objects(&mut self, items: &[Value]) -> Result<()> {
        if self.format != Format::Table {
            return self.list(&[], items);
        }
        let columns = table::plain_members(items);
        let columns: Vec<Column> = columns.iter().map(|(name, pointer)| (&**name, &**pointer)).collect();
        if columns.is_empty() { self.text(&pretty(&items)?) } else { self.table(&columns, items) }
    }

    fn table(&mut self, columns: &[Column], items: &[Value]) -> Result<()> {
        let (text, hidden) = sentences::of_items(columns, items, table::terminal_width());
        self.message_about(hidden);
        self.text(&text)
    }

    /// Prints rows that come one after the other. A table keeps the widths of its columns.
    pub(crate) fn rows(&mut self, table: &mut Growing, items: &[Value]) -> Result<()> {
        match self.format {
            Format::Table => self.text(&table.rows(items)),
            _ => items.iter().try_for_each(|item| self.item(item)),
        }
    }

    /// Prints an error of one of several items. The command goes on.
    pub(crate) fn error(&mut self, text: &str) {
        self.problem(&format!("error: {text}"));
    }

    /// Prints a warning that must not be missed, also with `--quiet`.
    pub(crate) fn warning(&mut self, text: &str) {
        self.problem(&format!("warning: {text}"));
    }

    /// Prints a line about a problem, also with `--quiet`.
    pub(crate) fn problem(&mut self, text: &str) {
        // There is nowhere to report a failure to.
        let _ = writeln!(self.messages, "{}", terminal::shown_lines(text));
    }

    /// Prints one value. A table has a row per member.
    pub fn item(&mut self, item: &Value) -> Result<()> {
        let text = match (self.format, item) {
            (Format::Table, Value::Object(members)) => table::of_members(members),
            (Format::Table, value) => format!("{}\n", table::cell(Some(value))),
            (Format::Json, value) => pretty(value)?,
            (Format::Ndjson, value) => ndjson(std::slice::from_ref(value))?,
            (Format::Yaml, value) => yaml(value)?,
        };
        self.text(&text)
    }

    /// Names the columns that a narrow terminal does not show.
    fn message_about(&mut self, hidden: &[Column]) {
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
            self.problem(text);
        }
    }
}

/// Returns a number with its noun: `1 user`, `2 users`.
pub(crate) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Returns a line about the items of a list that are not shown, or none if all are. `noun` names an item.
pub(crate) fn unshown(all: usize, shown: usize, noun: &str) -> Option<String> {
    let more = all.checked_sub(shown).filter(|more| *more > 0)?;
    Some(format!("… and {}", counted(more, &format!("more {noun}"))))
}

/// Whether to write colours to a stream.
pub fn has_colour(stream: &impl IsTerminal) -> bool {
    is_coloured(stream.is_terminal(), |name| std::env::var_os(name))
}

fn is_coloured(is_terminal: bool, variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    is_terminal && variable("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Escapes what JSON leaves as it is although terminals interpret it.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '\n' => escaped.push(letter),
            letter if terminal::changes_terminals(letter) => escaped += &format!("\\u{:04x}", u32::from(letter)),
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

fn ndjson(items: &[Value]) -> Result<String> {
    Ok(items.iter().map(|item| escaped(&item.to_string()) + "\n").collect())
}

fn yaml(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_saphyr::to_string(value).map_err(|error| Failure::new(error.to_string()))?;
    // YAML leaves characters that reverse text as they are. JSON is YAML.
    if terminal::shown_lines(&text) == text { Ok(text) } else { pretty(value) }
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
        assert!(is_coloured(true, |_| Some("".into())));
    }

    #[test]
    fn a_number_has_a_noun() {
        assert_eq!((counted(1_usize, "user"), counted(0_u64, "user")), ("1 user".to_owned(), "0 users".to_owned()));
    }

    #[test]
    fn no_format_contains_what_changes_a_terminal() {
        let item = json!({ "name": "a\u{1b}[31m\u{9b}31m\u{202e}b" });
        let shown = [
            table::of_items(&[("name", "/name")], std::slice::from_ref(&item), None).0,
            pretty(&item).unwrap(),
            ndjson(std::slice::from_ref(&item)).unwrap(),
            yaml(&item).unwrap(),
        ];
        for text in shown {
            assert!(!text.chars().any(|letter| letter != '\n' && terminal::changes_terminals(letter)), "{text:?}");
        }
        assert_eq!(serde_json::from_str::<Value>(&pretty(&item).unwrap()).unwrap(), item);
    }
}
