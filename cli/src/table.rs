//! Tables for people, in the width of the terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use logto_admin::serde_json::{Map, Value};

use crate::json_object;
use crate::terminal::changes_terminals;

/// A column: its title, and the JSON pointer to its value.
pub type Column<'t> = (&'t str, &'t str);

/// Titles of the columns with ids. Ids and times are never broken into lines.
const IDS: [&str; 4] = ["id", "user", "application", "key"];
/// Titles of the columns with milliseconds since the epoch.
const TIMES: [&str; 3] = ["time", "created", "expires"];

/// Titles of the columns that mark some of the items.
const MARKS: [&str; 1] = ["suspended"];

/// Spaces between two columns.
const PADDING: u16 = 2;
/// Least width of a column whose cells are broken into lines.
const LEAST: usize = 10;
/// Length of words that are not broken as long as other columns can be left out. Email addresses are such words.
const WORD: usize = 30;
/// Titles of the columns whose words are broken before a column is left out. They contain paths and sentences.
const BROKEN: [&str; 3] = ["path", "summary", "description"];
/// Width of sentences that is readable. Other columns are not shown as a whole at the expense of it.
const READABLE: usize = 40;

/// Returns the width of the terminal, if standard output is one.
pub(crate) fn terminal_width() -> Option<u16> {
    plain().width().filter(|width| *width > 0)
}

/// Returns a table of items, and the last columns, which do not fit. They do not fit into the width without breaking a
/// word. If not even two columns fit, words are broken, but no id and no time. At least one column is shown.
pub(crate) fn of_items<'c, 't>(
    columns: &'c [Column<'t>],
    items: &[Value],
    width: Option<u16>,
) -> (String, &'c [Column<'t>]) {
    let mut rows: Vec<Vec<String>> = items.iter().map(|item| cells(columns, item)).collect();
    let fits = |rooms: &[Room], count: usize| {
        width.is_none_or(|width| rooms.get(..count).is_some_and(|rooms| needed(rooms) <= width.into()))
    };
    let mut rooms = rooms(columns, &rows, WORD);
    let shown = (2..=columns.len()).rev().find(|count| fits(&rooms, *count)).unwrap_or_else(|| {
        rooms = self::rooms(columns, &rows, 0);
        if fits(&rooms, 2) { 2 } else { 1 }
    });
    let (columns, hidden) = columns.split_at_checked(shown).unwrap_or((columns, &[]));
    rooms.truncate(shown);
    rows.iter_mut().for_each(|row| row.truncate(shown));
    (text(columns, rows, &rooms, width), hidden)
}

/// Whether the last column has a readable width if the others are shown as a whole.
pub(crate) fn has_readable_end(columns: &[Column], items: &[Value], width: usize) -> bool {
    let rows: Vec<Vec<String>> = items.iter().map(|item| cells(columns, item)).collect();
    let rooms = rooms(columns, &rows, WORD);
    let (last, others) = rooms.split_last().map_or((0, &[][..]), |(last, others)| (last.whole, others));
    let readable = last.saturating_sub(PADDING.into()).min(READABLE);
    others.iter().map(|room| room.whole).sum::<usize>() + readable <= width
}

/// Returns columns for objects: the id, and the members with plain values. The values are plain and not null in all
/// objects. Empty if an item is not an object.
pub(crate) fn plain_members(items: &[Value]) -> Vec<(String, String)> {
    let Some(objects) = items.iter().map(Value::as_object).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let mut names: Vec<&String> = Vec::new();
    for name in objects.iter().flat_map(|object| object.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| *name != "id");
    let is_plain = |value: &Value| match value {
        Value::Array(items) => items.iter().all(Value::is_string),
        other => !other.is_object(),
    };
    let is_shown = |name: &&String| {
        let values = || objects.iter().filter_map(|object| object.get(*name));
        values().all(is_plain) && !values().all(Value::is_null)
    };
    let pointer = |name: &String| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    names.into_iter().filter(is_shown).map(|name| (name.clone(), pointer(name))).collect()
}

/// Returns a table with a row per member. Members such as `createdAt` are shown as dates.
pub(crate) fn of_members(members: &Map<String, Value>) -> String {
    let mut table = plain();
    table.add_rows(
        members
            .iter()
            .map(|(name, value)| [name.clone(), if name.ends_with("At") { time(value) } else { cell(Some(value)) }]),
    );
    written(table)
}

/// Returns a value for a cell without control characters. They could change what a terminal shows.
pub(crate) fn cell(value: Option<&Value>) -> String {
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

/// Returns milliseconds as a date, and any other value as it is.
fn time(value: &Value) -> String {
    let date = json_object::date(value);
    cell(Some(if date.is_null() { value } else { &date }))
}

fn is_time(title: &str) -> bool {
    TIMES.contains(&title) || title.ends_with("At")
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    // Some terminals do not know their width, and report 0.
    if table.width() == Some(0) {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    table
}

/// Returns the cells of a row.
fn cells(columns: &[Column], item: &Value) -> Vec<String> {
    let text = |(title, pointer): &Column| match item.pointer(pointer) {
        Some(value) if is_time(title) => time(value),
        Some(is_marked) if MARKS.contains(title) => if *is_marked == true { "yes" } else { "" }.to_owned(),
        value => cell(value),
    };
    columns.iter().map(text).collect()
}

fn titles(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|(title, _)| title.to_uppercase()).collect()
}

fn is_unbroken((title, _): &Column) -> bool {
    IDS.contains(title) || title.ends_with("Id") || is_time(title) || MARKS.contains(title)
}

/// Widths of a column, with the space after it.
struct Room {
    /// The width that it must have.
    least: usize,
    /// The width in which no cell is broken into lines.
    whole: usize,
}

/// Returns the widths of columns. Words up to this length are not broken.
fn rooms(columns: &[Column], rows: &[Vec<String>], word: usize) -> Vec<Room> {
    let padding = usize::from(PADDING);
    let room = |(at, column): (usize, &Column)| {
        let cells = || rows.iter().filter_map(|row| row.get(at).map(String::as_str)).chain([column.0]);
        let whole = longest(cells(), usize::MAX) + padding;
        let words = longest(cells().flat_map(str::split_whitespace), word) + padding;
        let least = match column.0 {
            _ if is_unbroken(column) => whole,
            title if BROKEN.contains(&title) => whole.min(LEAST),
            _ => words.max(LEAST).min(whole),
        };
        Room { least, whole }
    };
    columns.iter().enumerate().map(room).collect()
}

/// Returns the number of characters of the longest text that has at most so many.
fn longest<'t>(texts: impl Iterator<Item = &'t str>, most: usize) -> usize {
    texts.map(|text| text.chars().count()).filter(|length| *length <= most).max().unwrap_or_default()
}

/// Returns the least width of a table.
fn needed(rooms: &[Room]) -> usize {
    // Nothing follows the last column.
    rooms.iter().map(|room| room.least).sum::<usize>().saturating_sub(PADDING.into())
}

fn text(columns: &[Column], rows: Vec<Vec<String>>, rooms: &[Room], width: Option<u16>) -> String {
    let mut table = plain();
    let mut constraints = Vec::new();
    if let Some(width) = width {
        let needed = needed(rooms);
        let whole = whole(columns, &rows, rooms, usize::from(width).saturating_sub(needed));
        let fixed = |width: usize| Width::Fixed(width.try_into().unwrap_or(u16::MAX));
        constraints.extend(rooms.iter().enumerate().map(|(at, room)| match whole.contains(&at) {
            true => ColumnConstraint::ContentWidth,
            false => ColumnConstraint::LowerBoundary(fixed(room.least)),
        }));
        table.set_width(width.max(needed.try_into().unwrap_or(u16::MAX)));
    }
    table.set_header(titles(columns));
    table.add_rows(rows);
    for (column, constraint) in table.column_iter_mut().zip(constraints) {
        column.set_constraint(constraint);
    }
    written(table)
}

/// Returns the columns that are shown as a whole, so that they can be copied. Ids and times come first, then other columns
/// without spaces that fit into the width that is left, the narrowest first.
fn whole(columns: &[Column], rows: &[Vec<String>], rooms: &[Room], mut left: usize) -> Vec<usize> {
    let all = columns.iter().zip(rooms).enumerate();
    let (unbroken, others): (Vec<_>, Vec<_>) = all.partition(|(_, (column, _))| is_unbroken(column));
    let has_spaces = |at: usize| rows.iter().filter_map(|row| row.get(at)).any(|text| text.contains(' '));
    let (texts, mut words): (Vec<_>, Vec<_>) = others.into_iter().partition(|(at, _)| has_spaces(*at));
    let readable = |room: &Room| room.whole.min(READABLE).saturating_sub(room.least);
    left -= texts.iter().map(|(_, (_, room))| readable(room)).sum::<usize>().min(left / 2);
    words.sort_by_key(|(_, (_, room))| room.whole);
    let mut whole: Vec<usize> = unbroken.into_iter().map(|(at, _)| at).collect();
    for (at, (_, room)) in words {
        let more = room.whole - room.least;
        if more <= left {
            left -= more;
            whole.push(at);
        }
    }
    whole
}

/// Returns the lines of a table. Cells are padded to the right only.
fn written(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, PADDING));
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A table that grows: the widths of its columns. A column becomes wider with its cells, and never narrower.
pub(crate) struct Growing {
    columns: &'static [Column<'static>],
    widths: Vec<usize>,
}

impl Growing {
    /// Creates a table with the first columns that fit into the terminal. Returns it with its header.
    pub(crate) fn new(columns: &'static [Column<'static>], least: &[usize], width: Option<u16>) -> (Self, String) {
        let padding = usize::from(PADDING);
        let needed = |count: &usize| least.iter().take(*count).map(|least| least + padding).sum::<usize>() - padding;
        let fits = |count: &usize| width.is_none_or(|width| needed(count) <= width.into());
        let shown = (2..=columns.len()).rev().find(fits).unwrap_or(1);
        let columns = columns.get(..shown).unwrap_or(columns);
        let mut table = Self { columns, widths: least.iter().copied().take(shown).collect() };
        let header = table.line(titles(columns));
        (table, header)
    }

    /// Returns the lines of more items.
    pub(crate) fn rows(&mut self, items: &[Value]) -> String {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_narrow_table_keeps_ids_whole() {
        let columns = [("id", "/id"), ("name", "/name"), ("email", "/email"), ("created", "/created")];
        let items = [json!({
            "id": "pgjjl3aivocforn18qu7d", "name": "A person with a long name", "created": 1_795_736_790_000_i64,
            "email": "person.number.2998@some-long-company-name.example.com",
        })];

        let (shown, hidden) = of_items(&columns, &items, Some(80));
        assert!(shown.lines().all(|line| line.chars().count() <= 80) && hidden.is_empty(), "{shown}");
        for whole in ["pgjjl3aivocforn18qu7d", "2026-11-26T23:46:30Z"] {
            assert!(shown.contains(whole), "{shown}");
        }
        let (wide, _) = of_items(&columns, &items, Some(200));
        assert!(wide.contains("person.number.2998@some-long-company-name.example.com"), "{wide}");
    }

    #[test]
    fn sentences_have_a_readable_width_before_long_words_are_whole() {
        let columns = [("operation", "/id"), ("path", "/path"), ("summary", "/summary")];
        let item =
            json!({ "id": "o".repeat(36), "path": "p".repeat(66), "summary": "some words ".repeat(10).trim_end() });
        let lines = |width: u16| of_items(&columns, std::slice::from_ref(&item), Some(width)).0.lines().count() - 1;
        assert_eq!((lines(130), lines(160), lines(230)), (3, 3, 1));
    }

    #[test]
    fn paths_and_sentences_are_broken_before_a_column_is_left_out() {
        let columns = [("operation", "/id"), ("path", "/path"), ("summary", "/summary")];
        let item = json!({ "id": "GetUser", "path": "/api/users/{userId}/roles", "summary": "Lists organizations" });
        for (width, count) in [(29, 3), (28, 2)] {
            let (shown, hidden) = of_items(&columns, std::slice::from_ref(&item), Some(width));
            assert_eq!(hidden, &columns[count..], "{shown}");
        }
    }

    #[test]
    fn a_narrow_table_lacks_its_last_columns_before_it_breaks_a_word() {
        let columns =
            [("id", "/id"), ("name", "/name"), ("username", "/username"), ("email", "/email"), ("phone", "/phone")];
        let words = ["pgjjl3aivocf", "Wonderland", "alice.of.wonderland", "alice@kc.example.com", "491511123456"];
        let items = [json!({
            "id": words[0], "name": "Alice of Wonderland", "username": words[2], "email": words[3], "phone": words[4],
        })];
        for (width, count) in [(81, 5), (80, 4), (67, 4), (66, 3), (45, 3), (44, 2), (24, 2)] {
            let (shown, hidden) = of_items(&columns, &items, Some(width));
            assert_eq!(hidden, &columns[count..], "{width}\n{shown}");
            assert!(words.iter().take(count).all(|word| shown.contains(word)), "{width}\n{shown}");
            assert!(shown.lines().all(|line| line.chars().count() <= width.into()), "{width}\n{shown}");
        }
        // Not even two columns fit without breaking a word.
        for (width, count) in [(23, 2), (22, 2), (21, 1)] {
            let (shown, hidden) = of_items(&columns, &items, Some(width));
            assert_eq!(hidden, &columns[count..], "{width}\n{shown}");
            assert!(shown.contains(words[0]) && !shown.contains(words[1]), "{width}\n{shown}");
        }
    }

    #[test]
    fn a_narrow_table_lacks_its_last_columns_and_breaks_no_id() {
        let columns = [("time", "/at"), ("key", "/key"), ("user", "/id"), ("application", "/id"), ("ip", "/ip")];
        let item = json!({ "at": 0, "key": "a.long.key", "id": "pgjjl3aivocforn18qu7d", "ip": "192.168.100.100" });
        let items = std::slice::from_ref(&item);
        for (width, count) in [(Some(95), 5), (Some(94), 4), (Some(80), 4), (Some(60), 3), (Some(5), 1), (None, 5)] {
            let (shown, hidden) = of_items(&columns, items, width);
            assert_eq!(hidden, &columns[count..], "{width:?}");
            assert_eq!(shown.matches("pgjjl3aivocforn18qu7d").count(), count.min(4).saturating_sub(2), "{shown}");
            assert!(shown.contains("1970-01-01T00:00:00Z"), "{shown}");
            let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(count == 1 || width.is_none_or(|width| widest <= width.into()), "{width:?} {shown}");
        }
    }

    #[test]
    fn marks_are_in_some_rows_only() {
        let items = [json!({ "id": "a", "is": true }), json!({ "id": "b", "is": false }), json!({ "id": "c" })];
        let (shown, _) = of_items(&[("id", "/id"), ("suspended", "/is")], &items, Some(15));
        assert_eq!(shown, "ID  SUSPENDED\na   yes\nb\nc\n");
    }

    #[test]
    fn times_of_a_value_are_dates() {
        let item = json!({ "createdAt": 1_795_736_790_000_i64, "lastSignInAt": null, "startAt": "x", "count": 7 });
        let shown = of_members(item.as_object().unwrap());
        let mut lines: Vec<Vec<&str>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
        lines.sort();
        let expected =
            [&["count", "7"][..], &["createdAt", "2026-11-26T23:46:30Z"], &["lastSignInAt"], &["startAt", "x"]];
        assert_eq!(lines, expected);
    }

    #[test]
    fn plain_members_are_columns() {
        let items = [
            json!({ "name": null, "data": {}, "id": "a", "tags": ["x"], "a/b": 1 }),
            json!({ "name": null, "data": 1, "createdAt": 0, "id": "b" }),
        ];
        let expected = [("id", "/id"), ("tags", "/tags"), ("a/b", "/a~1b"), ("createdAt", "/createdAt")];
        assert_eq!(plain_members(&items), expected.map(|(name, pointer)| (name.to_owned(), pointer.to_owned())));
        let (shown, _) = of_items(&expected, &items, None);
        assert!(shown.starts_with("ID  TAGS  A/B  CREATEDAT\n") && shown.contains("1970-01-01T00:00:00Z"), "{shown}");
        assert!(plain_members(&[json!({ "a": 1 }), json!(1)]).is_empty());
    }

    #[test]
    fn a_table_that_grows_keeps_its_columns() {
        let (mut table, header) = Growing::new(&[("name", "/name"), ("age", "/age")], &[6, 3], None);
        let rows = table.rows(&[json!({ "name": "a", "age": 1 }), json!({ "name": "longer name", "age": 2 })]);
        assert_eq!(header + &rows, "NAME    AGE\na       1\nlonger name  2\n");
        assert_eq!(table.rows(&[json!({ "name": "b", "age": 3 })]), "b            3\n");
        let (_, narrow) = Growing::new(&[("name", "/name"), ("age", "/age")], &[6, 3], Some(10));
        assert_eq!(narrow, "NAME\n");
    }
}
