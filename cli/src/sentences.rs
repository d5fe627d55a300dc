//! Tables whose last column has sentences. On a narrow terminal, each sentence is below its row.

use logto_admin::serde_json::Value;

use crate::table::{self, Column};

/// Titles of the columns with sentences.
const SENTENCES: [&str; 2] = ["summary", "description"];
/// Start of the lines of a sentence below its row.
const INDENT: &str = "  ";

/// Returns a table of items, and the columns that do not fit, like [`table::of_items`].
pub(crate) fn of_items<'c, 't>(
    columns: &'c [Column<'t>],
    items: &[Value],
    width: Option<u16>,
) -> (String, &'c [Column<'t>]) {
    below(columns, items, width).unwrap_or_else(|| table::of_items(columns, items, width))
}

/// Returns a table with the sentences below the rows. Returns none if they have room beside them.
fn below<'c, 't>(columns: &'c [Column<'t>], items: &[Value], width: Option<u16>) -> Option<(String, &'c [Column<'t>])> {
    let (&(title, pointer), others) = columns.split_last()?;
    if !SENTENCES.contains(&title) {
        return None;
    }
    let room = width.map(usize::from).filter(|room| !table::has_readable_end(columns, items, *room))?;
    let (text, hidden) = table::of_items(others, items, width);
    let mut lines = text.lines().peekable();
    let mut shown = format!("{}\n", lines.next()?);
    for item in items {
        shown += &format!("{}\n", lines.next()?);
        // The other cells of the row can have more lines. The first has one.
        while let Some(more) = lines.next_if(|line| line.starts_with(' ')) {
            shown += &format!("{more}\n");
        }
        for line in wrapped(&table::cell(item.pointer(pointer)), room.saturating_sub(INDENT.len())) {
            shown += &format!("{INDENT}{line}\n");
        }
    }
    lines.next().is_none().then_some((shown, hidden))
}

/// Returns the lines of a text. Words are not broken.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COLUMNS: [Column<'static>; 3] = [("operation", "/id"), ("path", "/path"), ("summary", "/summary")];

    #[test]
    fn sentences_without_a_readable_width_are_below_their_rows() {
        let sentence = "Lists the roles of a user. Returns one page of them.";
        let items = [
            json!({ "id": "ListUserRoles", "path": "/api/users/{userId}/roles", "summary": sentence }),
            json!({ "id": "ListUsers", "path": "/api/users", "summary": "Lists users." }),
            json!({ "id": "ListHooks", "path": "/api/hooks", "summary": null }),
        ];
        let (shown, hidden) = of_items(&COLUMNS, &items, Some(44));
        let expected = "\
OPERATION      PATH
ListUserRoles  /api/users/{userId}/roles
  Lists the roles of a user. Returns one
  page of them.
ListUsers      /api/users
  Lists users.
ListHooks      /api/hooks
";
        assert_eq!((shown.as_str(), hidden), (expected, &[][..]));
        for width in [Some(200), Some(82), None] {
            let beside = of_items(&COLUMNS, &items, width);
            assert_eq!(beside, table::of_items(&COLUMNS, &items, width), "{width:?}");
        }
    }

    #[test]
    fn rows_of_several_lines_come_before_their_sentences() {
        let path = "/api/users/{userId}/personal-access-tokens/{name}";
        let items = [json!({ "id": "DeleteToken", "path": path, "summary": "Deletes a token." })];
        let (shown, _) = of_items(&COLUMNS, &items, Some(40));
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines.len() > 3 && lines.last() == Some(&"  Deletes a token."), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 40), "{shown}");
    }

    #[test]
    fn a_table_whose_first_column_is_broken_has_its_usual_form() {
        let items = [json!({ "id": "a long name of several words", "path": "/api/users", "summary": "Lists users." })];
        assert_eq!(of_items(&COLUMNS, &items, Some(12)), table::of_items(&COLUMNS, &items, Some(12)));
    }
}
