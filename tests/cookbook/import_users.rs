//! Import users from another system, with their passwords.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};
use logto_admin::models::{CreateUser, PasswordAlgorithm};
use logto_admin::transport::HttpTransport;
use logto_admin::{Client, Error, MatchMode, Result, UserSearchMember};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;
use serde_json::{Map, json};
use tokio::sync::Notify;

use crate::{builder, recorded};

// ANCHOR: convert
/// A user of the old system.
struct OldUser {
    id: u64,
    email: String,
    name: String,
    bcrypt: String,
}

fn converted(old: &OldUser) -> CreateUser {
    CreateUser {
        primary_email: Some(old.email.clone()),
        name: Some(old.name.clone()),
        // The users keep their passwords.
        password_digest: Some(old.bcrypt.clone()),
        password_algorithm: Some(PasswordAlgorithm::Bcrypt),
        custom_data: Some(Map::from_iter([("oldId".to_owned(), json!(old.id))])),
        ..Default::default()
    }
}
// ANCHOR_END: convert

// ANCHOR: legacy
/// Sets a password that the old system hashed as `sha256(salt + password)`, in hex.
fn with_salted_sha256(user: CreateUser, salt: &str, hash: &str) -> CreateUser {
    CreateUser {
        // `@` is the place of the password.
        password_digest: Some(json!(["sha256", [salt, "@"], hash]).to_string()),
        password_algorithm: Some(PasswordAlgorithm::Legacy),
        ..user
    }
}
// ANCHOR_END: legacy

// ANCHOR: create
/// Creates a user, or finds the one with the same address. Returns the id in Logto, and whether the user is new.
async fn create(logto: &Client, old: &OldUser) -> Result<(String, bool)> {
    // Email addresses are unique, so repeating a creation after a lost answer creates no second user.
    let conflict = match logto.users().create(converted(old)).idempotent(true).await {
        Ok(user) => return Ok((user.id, true)),
        Err(error) if error.is_conflict() => error,
        Err(error) => return Err(error),
    };
    let same_address = logto.users().list().search_member(UserSearchMember::PrimaryEmail, &old.email);
    let found = same_address.match_mode(MatchMode::Exact).await?;
    found.first().map(|user| (user.id.clone(), false)).ok_or(conflict)
}
// ANCHOR_END: create

// ANCHOR: journal
/// The users that are in Logto. The file has one line per user, such as `[7,"8yrtxfqcf2ut"]`.
struct Journal {
    file: File,
    /// The ids in Logto, by the ids in the old system.
    done: HashMap<u64, String>,
}

impl Journal {
    /// Opens the journal, or creates it. Removes an incomplete line at its end.
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        // A crash can cut the last line. Complete lines end with a line break.
        let complete = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        bytes.truncate(complete);
        file.set_len(complete as u64)?;
        file.seek(SeekFrom::End(0))?;
        let lines = bytes.split(|byte| *byte == b'\n');
        Ok(Self { file, done: lines.filter_map(|line| serde_json::from_slice(line).ok()).collect() })
    }

    fn add(&mut self, old_id: u64, id: String) -> io::Result<()> {
        let mut line = serde_json::to_vec(&(old_id, &id))?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.done.insert(old_id, id);
        Ok(())
    }
}
// ANCHOR_END: journal

// ANCHOR: import
#[derive(Debug, Default)]
struct Report {
    created: usize,
    existing: usize,
    /// Users that were in the journal already.
    skipped: usize,
    failed: Vec<(String, Error)>,
}

/// Imports the users, eight at a time. Running it again with the same journal continues an interrupted import.
async fn import(logto: &Client, users: Vec<OldUser>, journal: &mut Journal) -> io::Result<Report> {
    let total = users.len();
    let remaining: Vec<_> = users.into_iter().filter(|user| !journal.done.contains_key(&user.id)).collect();
    let mut report = Report { skipped: total - remaining.len(), ..Default::default() };
    let mut outcomes = stream::iter(remaining)
        .map(|user| async move {
            let outcome = create(logto, &user).await;
            (user, outcome)
        })
        .buffer_unordered(8);

    while let Some((user, outcome)) = outcomes.next().await {
        match outcome {
            Ok((id, is_new)) => {
                journal.add(user.id, id)?;
                report.created += usize::from(is_new);
                report.existing += usize::from(!is_new);
            }
            // Not in the journal, so the next run tries again.
            Err(error) => report.failed.push((user.email, error)),
        }
    }
    Ok(report)
}
// ANCHOR_END: import

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// The digest of a password, as the old system stored it.
const BCRYPT: &str = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

fn old_user(id: u64, email: &str) -> OldUser {
    OldUser { id, email: email.to_owned(), name: format!("User {id}"), bcrypt: BCRYPT.to_owned() }
}

fn old_users() -> Vec<OldUser> {
    let addresses = ["ada@example.com", "grace@example.com", "not an address"];
    (1..).zip(addresses).map(|(id, email)| old_user(id, email)).collect()
}

/// Returns the path of a journal that does not exist yet.
fn new_path(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("import-users-{name}.jsonl"));
    let _ = fs::remove_file(&path);
    path
}

#[tokio::test]
async fn users_are_created_once_and_failures_are_reported() -> TestResult {
    let logto = Emulator::new().client()?;
    let path = new_path("failures");
    let report = import(&logto, old_users(), &mut Journal::open(&path)?).await?;
    assert_eq!((report.created, report.existing, report.skipped, report.failed.len()), (2, 0, 0, 1));
    let (email, error) = &report.failed[0];
    assert!(email == "not an address" && error.is_invalid_input(), "{error}");

    let mut journal = Journal::open(&path)?;
    let again = import(&logto, old_users(), &mut journal).await?;
    assert_eq!((again.created, again.existing, again.skipped, again.failed.len()), (0, 0, 2, 1));

    // Without its journal, an import finds the same users.
    let mut lost = Journal::open(&new_path("lost"))?;
    let anew = import(&logto, old_users(), &mut lost).await?;
    assert_eq!((anew.created, anew.existing, anew.skipped, anew.failed.len()), (0, 2, 0, 1));
    assert_eq!(lost.done, journal.done);
    assert_eq!(logto.users().list().await?.total, Some(2));
    Ok(())
}

#[tokio::test]
async fn users_keep_their_passwords_and_old_ids() -> TestResult {
    let logto = Emulator::new().client()?;
    let mut journal = Journal::open(&new_path("passwords"))?;
    import(&logto, old_users(), &mut journal).await?;
    let ada = logto.users().get(&journal.done[&1]).include_password_hash(true).await?;
    assert_eq!(ada.primary_email.as_deref(), Some("ada@example.com"));
    assert_eq!((ada.name.as_deref(), &ada.custom_data["oldId"]), (Some("User 1"), &json!(1)));
    assert_eq!(ada.password_digest.as_deref(), Some(BCRYPT));
    assert_eq!(ada.password_algorithm.value(), Some(&PasswordAlgorithm::Bcrypt));
    Ok(())
}

#[tokio::test]
async fn salted_hashes_are_kept_with_their_salt() -> Result<()> {
    // The password is `password123`.
    const HASH: &str = "c465f66c6ac481a7a17e9ed5b4e2e7e7288d892f12bf1c95c140901e9a70436e";
    let logto = Emulator::new().client()?;
    let ada = with_salted_sha256(converted(&old_user(1, "ada@example.com")), "salt123", HASH);
    let ada = logto.users().create(ada).await?;
    let ada = logto.users().get(&ada.id).include_password_hash(true).await?;
    let expected = format!(r#"["sha256",["salt123","@"],"{HASH}"]"#);
    assert_eq!(ada.password_digest.as_deref(), Some(expected.as_str()));
    assert_eq!(ada.password_algorithm.value(), Some(&PasswordAlgorithm::Legacy));
    Ok(())
}

/// A transport that loses the answers of all API calls after the first ones. It reports the first loss to `crash`.
fn crashing(emulator: &Emulator, answered: usize, crash: &Arc<Notify>) -> ScriptedTransport {
    let (emulator, crash) = (emulator.clone(), Arc::clone(crash));
    let calls = AtomicUsize::new(0);
    ScriptedTransport::new(move |request, options| {
        let is_lost = !options.token_call && calls.fetch_add(1, Ordering::SeqCst) >= answered;
        let (emulator, crash) = (emulator.clone(), Arc::clone(&crash));
        async move {
            let answer = emulator.send(request, &options).await;
            if is_lost {
                crash.notify_one();
                return std::future::pending().await;
            }
            answer
        }
    })
}

#[tokio::test]
async fn an_interrupted_import_goes_on_where_it_stopped() -> TestResult {
    let emulator = Emulator::new();
    let path = new_path("interrupted");
    let users = || (1..=20).map(|id| old_user(id, &format!("user{id}@example.com"))).collect::<Vec<_>>();

    // The process ends after two users, while further ones are created. It has written a part of the third line.
    let crash = Arc::new(Notify::new());
    let logto = builder(&emulator, crashing(&emulator, 2, &crash)).build()?;
    let mut journal = Journal::open(&path)?;
    tokio::select! {
        report = import(&logto, users(), &mut journal) => panic!("the import should not end: {report:?}"),
        () = crash.notified() => {}
    }
    journal.file.write_all(b"[3,\"8yrt")?;
    drop(journal);
    assert_eq!(fs::read_to_string(&path)?.lines().count(), 3);

    let logto = emulator.client()?;
    let before = logto.users().list().await?.total;
    assert!(before > Some(2), "a user that is not in the journal should exist: {before:?}");
    let mut journal = Journal::open(&path)?;
    assert_eq!(journal.done.len(), 2);
    let report = import(&logto, users(), &mut journal).await?;
    assert_eq!((report.skipped, report.created + report.existing, report.failed.len()), (2, 18, 0));
    assert!(report.existing > 0, "{report:?}");
    assert_eq!(logto.users().list().await?.total, Some(20));

    // Everything is done: the next run sends nothing.
    let transport = recorded(&emulator);
    let logto = builder(&emulator, transport.clone()).build()?;
    let report = import(&logto, users(), &mut Journal::open(&path)?).await?;
    assert_eq!((report.skipped, transport.seen().len()), (20, 0));
    Ok(())
}

#[test]
fn the_last_line_can_be_cut_anywhere() -> io::Result<()> {
    let path = new_path("cut");
    let text = "[1,\"aaa\"]\n[2,\"bbb\"]\n";
    for length in 0..=text.len() {
        let cut = &text[..length];
        fs::write(&path, cut)?;
        let complete = cut.matches('\n').count();
        let mut journal = Journal::open(&path)?;
        assert_eq!(journal.done.len(), complete, "{cut:?}");
        journal.add(3, "ccc".into())?;
        let journal = Journal::open(&path)?;
        assert_eq!(journal.done.len(), complete + 1, "{cut:?}");
        assert_eq!(journal.done.get(&3).map(String::as_str), Some("ccc"), "{cut:?}");
    }
    Ok(())
}
