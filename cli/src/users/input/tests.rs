use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::*;

const USERS: InputOptions = InputOptions {
    format: None,
    container: Some("users"),
    beside: Some("organizations"),
    columns: None,
    delimiter: None,
    cell_prefix: None,
};

fn items(text: impl AsRef<[u8]>, options: &InputOptions) -> Vec<Result<Placed<Value>, InputError>> {
    read("users", Cursor::new(text.as_ref().to_vec()), options).unwrap().collect()
}

/// Returns each record with its location, and each error.
fn shown(text: impl AsRef<[u8]>) -> Vec<String> {
    let show = |item: Result<Placed<Value>, InputError>| match item {
        Ok(record) => format!("{} {}", record.location, record.value),
        Err(error) => format!("{}{error}", if error.is_fatal { "fatal: " } else { "" }),
    };
    items(text, &USERS).into_iter().map(show).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn ndjson_has_a_record_per_line() {
    assert_eq!(shown("{\"a\":1}\r\n\n  {\"a\":2}"), ["users:1 {\"a\":1}", "users:3 {\"a\":2}"]);
    assert_eq!(shown("\n\n{\"a\":1}\n"), ["users:3 {\"a\":1}"]);
    assert!(shown("").is_empty() && shown("\n").is_empty());
}

#[test]
fn reading_goes_on_after_an_invalid_line() {
    let text = b"{\"a\":tru}\n{\"a\":\"\xff\"}\n{\"a\":1}\n{\"a\":";
    assert_eq!(
        shown(text),
        [
            "users:1: invalid JSON at column 9: expected ident",
            "users:2: invalid JSON at column 7: invalid unicode code point",
            "users:3 {\"a\":1}",
            "users:4: invalid JSON at column 5: EOF while parsing a value; the file might be truncated",
        ]
    );
}

#[test]
fn errors_do_not_show_the_data() {
    for text in ["{\"a\":1}\n{\"password\":\"hunter2\",}\n", "[\"hunter2\"]", "[[\"hunter2\"]]", "[{\"hunter2\" 1}]"] {
        let shown = shown(text).join("\n");
        assert!(shown.contains("invalid JSON") && !shown.contains("hunter2"), "{shown}");
    }
    let record = items("[{\"password\":\"hunter2\"}]", &USERS).remove(0).unwrap();
    assert!(!format!("{record:?}").contains("hunter2"));
}

#[test]
fn json_arrays_are_read_element_by_element() {
    let text = "[ {\"a\":1}, {\"a\":[{\"b\":2}]} ]\n";
    assert_eq!(shown(text), ["users: element 1 {\"a\":1}", "users: element 2 {\"a\":[{\"b\":2}]}"]);
    assert!(shown("[]").is_empty());
}

#[test]
fn records_can_be_in_an_object() {
    let realm = "{\n \"realm\": \"x\", \"n\": 0, \"users\": [{\"a\":1},\n {\"a\":2}], \"clients\": [{\"c\":3}]}";
    assert_eq!(shown(realm), ["users: element 1 {\"a\":1}", "users: element 2 {\"a\":2}"]);
    // On one line, in an array, and as pages that follow each other.
    assert_eq!(shown(realm.replace('\n', "")).len(), 2);
    assert_eq!(shown(format!("[{realm},{realm}]")).len(), 4);
    assert_eq!(shown(format!("{realm}\n{realm}"))[3], "users: element 4 {\"a\":2}");
    // Without the container, each object is a record.
    assert_eq!(shown("{\n\"a\":1}\n{\"a\":\n2}"), ["users: element 1 {\"a\":1}", "users: element 2 {\"a\":2}"]);
}

#[test]
fn a_truncated_document_is_a_fatal_error_after_its_records() {
    assert_eq!(
        shown("[{\"a\":1},\n{\"a\":"),
        [
            "users: element 1 {\"a\":1}",
            "fatal: users:2: invalid JSON at column 5: EOF while parsing a value; the file might be truncated",
        ]
    );
    assert_eq!(shown("[{\"a\":1} {}]")[1], "fatal: users:1: invalid JSON at column 10: expected `,` or `]`");
}

#[test]
fn csv_rows_are_records_with_the_columns_as_members() {
    let text = "name, note \n\"Ada, L.\",\"two\nlines\"\n,b\n";
    assert_eq!(shown(text), ["users:2 {\"name\":\"Ada, L.\",\"note\":\"two\\nlines\"}", "users:4 {\"note\":\"b\"}"]);
    // Spreadsheets write semicolons in some languages.
    assert_eq!(shown("a;b\n1,5;2\n"), ["users:2 {\"a\":\"1,5\",\"b\":\"2\"}"]);
    assert_eq!(shown("a\n\"say \"\"hi\"\"\"\n"), [r#"users:2 {"a":"say \"hi\""}"#]);
    assert_eq!(shown("a\tb\n1\t2\n"), ["users:2 {\"a\":\"1\",\"b\":\"2\"}"]);
}

#[test]
fn rows_have_the_lines_of_an_editor() {
    let rows = |lines: [u64; 3]| {
        let [one, two, three] = lines;
        let second = format!("users:{two}: the row has 1 column, and the header has 2");
        vec![format!(r#"users:{one} {{"a":"1\n2","b":"3"}}"#), second, format!(r#"users:{three} {{"a":"4","b":"5"}}"#)]
    };
    let text = "a,b\n\"1\n2\",3\n4\n4,5\n";
    assert_eq!(shown(text), rows([2, 4, 5]));
    let returns: Vec<String> = shown(text.replace('\n', "\r\n")).iter().map(|row| row.replace("\\r", "")).collect();
    assert_eq!(returns, rows([2, 4, 5]));
    assert_eq!(shown("\n\r\na,b\n\n\"1\n2\",3\r\n\r\n\n4\n\n\n4,5"), rows([5, 9, 12]));
    assert_eq!(shown("a,b\r1,2\r3,4")[1], "users:3 {\"a\":\"3\",\"b\":\"4\"}");
    let open = "a,b\r\n1,2\r\n\r\n3,\"4\r\n5,6\r\n";
    assert_eq!(shown(open)[1], "fatal: users:4: a quote is not closed before the end of the file");
    let many = format!("a\r\n{}", "1\r\n\r\n".repeat(50_000));
    assert_eq!(shown(many)[49_999], "users:100000 {\"a\":\"1\"}");
}

#[test]
fn reading_goes_on_after_an_invalid_row() {
    assert_eq!(
        shown(b"a,b\n1\n1,\xff\n1,2\n"),
        [
            "users:2: the row has 1 column, and the header has 2",
            "users:3: invalid UTF-8 in column 2; convert the file to UTF-8",
            "users:4 {\"a\":\"1\",\"b\":\"2\"}",
        ]
    );
}

#[test]
fn a_quote_that_is_not_closed_is_a_fatal_error_where_it_begins() {
    let rows = "a,b\n1,2\n";
    let closed_by_another = format!("{rows}3,\"4\n5,\"6\"\n7,8\n");
    let open = format!("{rows}3,\"4\n5,6\n7,8\n");
    let long = format!("{rows}3,\"{}", "x\n".repeat(9 << 20));
    for (text, message) in [
        (
            closed_by_another,
            "a quote is not closed: text follows the quote that ends the field; write a quote within a field twice",
        ),
        (open, "a quote is not closed before the end of the file"),
        (long, "a quote is not closed within 16 MiB"),
    ] {
        let shown = shown(text);
        assert_eq!(shown, ["users:2 {\"a\":\"1\",\"b\":\"2\"}", &format!("fatal: users:3: {message}")]);
    }
    let quotes = "a,b\n\"say \"\"hi\"\"\",5\" pipe\n\"\",\"x\"\r\n";
    assert_eq!(shown(quotes), ["users:2 {\"a\":\"say \\\"hi\\\"\",\"b\":\"5\\\" pipe\"}", "users:3 {\"b\":\"x\"}"]);
}

#[test]
fn a_row_without_end_does_not_fill_the_memory() {
    let shown = shown(format!("a,b\n1,2\n{}", "x".repeat(17 << 20)));
    assert_eq!(shown[1..], ["fatal: users:3: the row is longer than 16 MiB"]);
}

#[test]
fn the_header_of_a_csv_file_is_checked() {
    for (text, message) in [
        ("a,b,a\n", "users.csv:1: the column \"a\" occurs twice in the header"),
        ("a,,b\n", "users.csv:1: column 2 of the header has no name"),
        ("sep=;\na;b\n", "users.csv:1: the line `sep=…` is for Excel only: remove it"),
        ("a,b,\n", "users.csv:1: column 3 of the header has no name"),
        ("a,\"b\n1,2\n", "users.csv:1: a quote is not closed before the end of the file"),
    ] {
        let failure = read("users.csv", Cursor::new(text), &USERS).unwrap_err();
        assert_eq!((failure.to_string().as_str(), failure.exit), (message, crate::failure::Exit::Usage));
    }
}

#[test]
fn a_key_that_occurs_twice_is_an_error_with_its_line() {
    assert_eq!(
        shown("{\"a\":1,\"a\":2}\n{\"a\":{\"b\":1,\"b\":2}}\n{\"a\":1}\n"),
        [
            "users:1: invalid JSON at column 13: the key \"a\" occurs twice in an object",
            "users:2: invalid JSON at column 18: the key \"b\" occurs twice in an object",
            "users:3 {\"a\":1}",
        ]
    );
    for text in ["[{\"a\":0},\n{\"a\":1,\"a\":2}]", "[{\"a\":0},\n{\"b\":[{\"a\":1,\"a\":2}]}]"] {
        let last = shown(text).pop().unwrap();
        assert!(last.starts_with("fatal: users:2: ") && last.contains("the key \"a\" occurs twice"), "{last}");
    }
}

#[test]
fn csv_files_without_a_header_get_their_columns_from_the_format() {
    let options = InputOptions { columns: Some(&["id", "mail", "name"]), ..Default::default() };
    for text in ["1,a@b.c,\n2,,Ada,,\n", "id,mail,name\n1,a@b.c,\n2,,Ada\n"] {
        let records: Vec<Value> = items(text, &options).into_iter().map(|item| item.unwrap().value).collect();
        assert_eq!(records, [json!({ "id": "1", "mail": "a@b.c" }), json!({ "id": "2", "name": "Ada" })]);
    }
}

#[test]
fn gzip_and_byte_order_marks_are_recognized() {
    for text in ["{\"a\":1}\n{\"a\":2}\n", "[{\"a\":1},{\"a\":2}]", "a\n1\n2\n"] {
        let plain = shown(text);
        assert_eq!(plain.len(), 2);
        let marked = format!("\u{feff}{text}");
        assert_eq!((shown(&marked), shown(gzip(text)), shown(gzip(&marked))), (plain.clone(), plain.clone(), plain));
    }
    // Files can be concatenated.
    assert_eq!(shown([gzip("{\"a\":1}\n"), gzip("{\"a\":2}\n")].concat()).len(), 2);
}

#[test]
fn truncated_gzip_data_is_a_fatal_error() {
    let cut = |text: String| {
        let bytes = gzip(&text);
        shown(&bytes[..bytes.len() - 9]).pop().unwrap()
    };
    // Long enough to fill the buffers.
    let row = |number: u32| format!("{{\"a\":{}}}\n", number.wrapping_mul(2_654_435_761));
    let lines: String = (0..20_000).map(row).collect();
    let array = format!("[{}]", lines.trim().replace('\n', ","));
    for text in [lines, array, (0..20_000_u32).map(|n| format!("{}\n", n.wrapping_mul(2_654_435_761))).collect()] {
        let last = cut(text);
        assert!(last.starts_with("fatal: ") && last.contains("the file is truncated"), "{last}");
    }
}

#[test]
fn null_bytes_are_not_text() {
    let failure = read("zero", io::repeat(0), &USERS).unwrap_err();
    assert_eq!(failure.message(), "cannot read \"zero\": it is not text");
}

#[test]
fn other_encodings_are_errors() {
    for (start, encoding) in [
        (&b"\xff\xfea\0"[..], "UTF-16"),
        (b"\xfe\xff\0a", "UTF-16"),
        (b"a\0b\0", "UTF-16LE"),
        (b"\0a\0b", "UTF-16BE"),
        (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
        (b"\0\0\xfe\xff\0\0\0a", "UTF-32"),
        (b"a\0\0\0b\0\0\0", "UTF-32LE"),
        (b"\0\0\0a\0\0\0b", "UTF-32BE"),
    ] {
        let failure = read("users.csv", Cursor::new(start), &USERS).unwrap_err();
        let expected = format!("the file is {encoding}; convert it with `iconv -f {encoding} -t UTF-8 users.csv`");
        assert!(failure.to_string().ends_with(&expected), "{failure}");
    }
}

/// Repeats a text without end.
struct Endless {
    text: &'static [u8],
    read: &'static AtomicU64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.text.len());
        buffer[..length].copy_from_slice(&self.text[..length]);
        self.text = if length == self.text.len() { b"{\"a\":1},\n" } else { &self.text[length..] };
        self.read.fetch_add(length as u64, Ordering::SeqCst);
        Ok(length)
    }
}

#[test]
fn records_are_read_while_they_are_used() {
    static READ: AtomicU64 = AtomicU64::new(0);
    let array = read("users", Endless { text: b"[\n{\"a\":0},\n", read: &READ }, &USERS).unwrap();
    assert_eq!(array.take(10_000).filter(Result::is_ok).count(), 10_000);
    assert!(READ.load(Ordering::SeqCst) < 300_000, "{READ:?}");
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let text = "{\"a\":1}\n".to_owned() + &"x".repeat(17 << 20) + "\n{\"a\":2}\n";
    assert_eq!(shown(text), ["users:1 {\"a\":1}", "users:2: the line is longer than 16 MiB", "users:3 {\"a\":2}"]);
}

#[test]
fn files_that_cannot_be_opened_are_usage_errors() {
    let failure = open("no/such/file.json", &USERS).unwrap_err();
    assert!(failure.to_string().starts_with("cannot open \"no/such/file.json\": "), "{failure}");
    assert_eq!(failure.exit, crate::failure::Exit::Usage);
}

#[test]
fn a_part_of_a_document_without_end_does_not_fill_the_memory() {
    let long = |mib: usize| "x".repeat(mib << 20);
    let message = "a record has more than 16 MiB, or more than 64 MiB precede the records";
    let record = format!("[{{\"a\":1}},\n{{\"a\":\"{}\"}}]", long(17));
    let before = format!("{{\"realm\":\"{}\",\"users\":[{{\"a\":1}}]}}", long(65));
    let of_record = ["users: element 1 {\"a\":1}".to_owned(), format!("fatal: users:2: {message}")];
    assert_eq!(shown(gzip(&record)), of_record);
    assert_eq!(shown(before), [format!("fatal: users:1: {message}")]);
    // These are not kept, or end within the limits.
    let after = format!("{{\"realm\":\"{}\",\"users\":[{{\"a\":1}}],\"clients\":[\"{}\"]}}", long(17), long(65));
    assert_eq!(shown(after), ["users: element 1 {\"a\":1}"]);
    let many = vec![format!("{{\"a\":\"{}\"}}", long(3)); 6];
    assert_eq!(shown(format!("[{}]", many.join(","))).len(), 6);
}

#[test]
fn a_list_beside_the_records_is_noticed() {
    let has_beside = |text: &str| {
        let mut records = read("users", Cursor::new(text.to_owned()), &USERS).unwrap();
        assert_eq!(records.by_ref().count(), 1, "{text}");
        records.has_beside()
    };
    for text in [
        r#"{ "organizations": [{}], "users": [{}] }"#,
        r#"{ "users": [{}], "a": [1], "organizations": [1], "z": 1 }"#,
        r#"[{ "users": [{}], "organizations": ["x"] }]"#,
    ] {
        assert!(has_beside(text), "{text}");
    }
    for text in [
        r#"{ "organizations": [], "users": [{}], "organizationsEnabled": true }"#,
        r#"{ "users": [{ "organizations": [1] }], "organizations": null }"#,
        r#"{ "users": [{}], "organizations": {}, "clients": [{ "organizations": [1] }] }"#,
    ] {
        assert!(!has_beside(text), "{text}");
    }
}
