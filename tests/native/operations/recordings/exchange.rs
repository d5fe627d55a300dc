//! Reads recorded exchanges: the project's own, or those in another file or folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use logto_admin::operation::TABLE;
use logto_admin::transport::{Headers, HttpResponse};
use serde::Deserialize;
use serde_json::Value;

/// The environment variable that overrides the file or folder of exchanges.
const VARIABLE: &str = "LOGTO_RECORDINGS";

/// The operation id of exchanges with the token endpoint.
const TOKEN_ENDPOINT: &str = "OidcToken";

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) seq: u64,
    pub(crate) operation_id: Option<String>,
    pub(crate) method: String,
    #[serde(default)]
    path_template: Option<String>,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) request_headers: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) request_body: Value,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) response_headers: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) response_body: Value,
    #[serde(default)]
    pub(crate) note: Option<String>,
    #[serde(default)]
    truncated: Vec<String>,
}

/// The exchanges with one server, in order.
pub(crate) struct Recordings {
    all: Vec<Exchange>,
    /// Whether these are the project's own recordings, in which every status is documented.
    pub(crate) are_our_own: bool,
}

impl Recordings {
    /// Loads the recordings of this name. Returns `None` if `LOGTO_RECORDINGS` is set and has none.
    pub(crate) fn load(name: &str) -> Option<Self> {
        let place = elsewhere();
        let file = match &place {
            None => Some(fixture(name)),
            Some(folder) if folder.is_dir() => in_folder(folder, name),
            // A single file of any other name replaces the mixed recordings.
            Some(file) => {
                let stem = file.file_name().and_then(|stem| stem.to_str()).unwrap_or_default();
                let stem = stem.trim_end_matches(".gz").trim_end_matches(".jsonl");
                let wanted = if RELEASES.contains(&stem) { stem } else { MIXED };
                (wanted == name).then(|| file.clone())
            }
        };
        let Some(file) = file else {
            println!("{VARIABLE} has no recordings of {name}");
            return None;
        };
        Some(Self { all: read(&file), are_our_own: place.is_none() })
    }

    /// Loads the project's own recordings of this name.
    pub(crate) fn own(name: &str) -> Self {
        Self { all: read(&fixture(name)), are_our_own: true }
    }

    /// Returns the exchanges of API operations, with their operation ids.
    pub(crate) fn of_operations(&self) -> impl Iterator<Item = (&str, &Exchange)> {
        let named = self.all.iter().filter_map(|exchange| Some((exchange.operation_id.as_deref()?, exchange)));
        named.filter(|(id, _)| *id != TOKEN_ENDPOINT)
    }

    /// Returns the successes among them.
    pub(crate) fn successes(&self) -> impl Iterator<Item = (&str, &Exchange)> {
        self.of_operations().filter(|(_, exchange)| exchange.is_success())
    }

    /// Returns the exchanges with the token endpoint.
    pub(crate) fn of_token_endpoint(&self) -> impl Iterator<Item = &Exchange> {
        self.all.iter().filter(|exchange| exchange.operation_id.as_deref() == Some(TOKEN_ENDPOINT))
    }
}

impl Exchange {
    /// Returns the id of the operation in the table, for documents without an id.
    fn id_in_table(&self) -> Option<&'static str> {
        let path = self.path_template.as_deref()?;
        TABLE.iter().find(|info| info.method.as_str() == self.method && info.path == path).map(|info| info.id)
    }

    /// Returns whether the answer is a success. "Not modified" has its own test.
    pub(crate) fn is_success(&self) -> bool {
        self.status < 400 && self.status != 304
    }

    /// Returns the answer in the form in which a transport returns it.
    pub(crate) fn response(&self) -> HttpResponse {
        let mut headers = Headers::new();
        for (name, value) in &self.response_headers {
            for value in texts(value) {
                headers.append(name.clone(), value);
            }
        }
        let body = match &self.response_body {
            Value::Null => String::new(),
            Value::String(text) if !self.answers_json() => text.clone(),
            json => json.to_string(),
        };
        let mut response = HttpResponse::new(self.status).body(body);
        response.headers = headers;
        response
    }

    pub(crate) fn answers_json(&self) -> bool {
        self.response_headers.get("content-type").and_then(Value::as_str).is_some_and(|kind| kind.contains("json"))
    }

    /// Returns whether this place of the answer, or a parent of it, was truncated in the recording.
    pub(crate) fn is_truncated(&self, pointer: &str) -> bool {
        let whole = format!("/response_body{pointer}/");
        self.truncated.iter().any(|cut| whole.starts_with(&format!("{cut}/")))
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.operation_id.as_deref().unwrap_or("(no operation)");
        write!(f, "#{} {id} ({} {}) {}", self.seq, self.method, self.path, self.status)?;
        self.note.as_deref().filter(|note| !note.is_empty()).map_or(Ok(()), |note| write!(f, " \"{note}\""))
    }
}

/// The releases with recordings of their own.
pub(crate) const RELEASES: [&str; 7] = ["1.17", "1.20", "1.24", "1.30", "1.36", "1.42", "next"];

/// Further exchanges with 1.42, which other tests use too.
pub(crate) const MIXED: &str = "exchanges";

/// The file of the project's own recordings.
fn fixture(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    if name == MIXED {
        fixtures.join("exchanges.jsonl")
    } else {
        fixtures.join("recordings").join(format!("{name}.jsonl.gz"))
    }
}

/// The file or folder in the environment variable, if set.
fn elsewhere() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|place| !place.is_empty()).map(PathBuf::from)
}

/// Returns the file of these recordings in a folder with one file per release.
fn in_folder(folder: &Path, name: &str) -> Option<PathBuf> {
    let names = [format!("{name}.jsonl"), format!("{name}.jsonl.gz")];
    names.into_iter().map(|name| folder.join(name)).find(|file| file.exists())
}

fn read(file: &Path) -> Vec<Exchange> {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut text = String::new();
    let unpacked = match file.extension().is_some_and(|kind| kind == "gz") {
        true => flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text),
        false => bytes.as_slice().read_to_string(&mut text),
    };
    unpacked.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let problem = |error| panic!("{}:{}: {error}", file.display(), number + 1);
            let mut exchange: Exchange = serde_json::from_str(line).unwrap_or_else(problem);
            if exchange.operation_id.is_none() {
                exchange.operation_id = exchange.id_in_table().map(str::to_owned);
            }
            exchange
        })
        .collect()
}

/// Returns the values of a header, which is recorded as a text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[test]
fn the_projects_own_recordings_are_complete() {
    let counts = |name: &str| {
        let all = Recordings::own(name);
        let count =
            |wanted: fn(&Exchange) -> bool| all.of_operations().filter(|(_, exchange)| wanted(exchange)).count();
        (all.all.len(), count(Exchange::is_success), count(|exchange| exchange.status >= 400))
    };
    assert_eq!(counts(MIXED), (871, 470, 342));
    assert_eq!(
        RELEASES.map(counts),
        [
            (800, 499, 282),
            (1036, 655, 350),
            (1138, 711, 396),
            (1228, 772, 425),
            (1201, 758, 413),
            (1299, 827, 442),
            (1320, 840, 450),
        ]
    );
}

#[test]
fn the_readme_has_the_members_and_the_numbers_of_the_recorded_exchanges() {
    let readme = include_str!("../../../fixtures/README.md");
    let operations: BTreeSet<_> = Recordings::own(MIXED).of_operations().map(|(id, _)| id.to_owned()).collect();
    assert!(readme.contains(&format!(": {} of the API's operations", operations.len())));
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let described: BTreeSet<&str> = rows.flat_map(|cell| cell.split('`').step_by(2)).collect();
    for line in std::fs::read_to_string(fixture(MIXED)).expect("the recordings").lines() {
        let record: BTreeMap<String, Value> = serde_json::from_str(line).expect("a record");
        assert_eq!(record.keys().map(String::as_str).collect::<BTreeSet<_>>(), described, "{line}");
    }
}
