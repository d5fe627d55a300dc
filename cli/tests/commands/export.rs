use std::fs;
use std::process::Stdio;

use logto_admin::models::{CreateUser, UpdateUser};
use logto_admin::serde_json::{self, Value};

use crate::program::Program;

async fn tenant(users: usize) -> Program {
    let program = Program::new().await;
    let client = program.client();
    for number in 0..users {
        let email = format!("user{number}@example.com");
        client.users().create(CreateUser { primary_email: Some(email), ..Default::default() }).await.unwrap();
    }
    program
}

/// Writes the note of an export that was interrupted.
pub(crate) fn begun(program: &Program, file: &str, parts: &str) {
    fs::write(format!("{file}.parts"), format!("{}\n{parts}", program.url())).unwrap();
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_user_is_exported_once() {
    let program = tenant(250).await;
    let exported = program.run(&["users", "export"]).await.done();
    let mut ids: Vec<String> =
        lines(&exported.out).iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((exported.out.lines().count(), ids.len()), (250, 250));
    assert!(exported.err.contains("exported 250 users"), "{}", exported.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_list_lacks_is_added_on_demand() {
    let program = tenant(1).await;
    let client = program.client();
    let id = client.users().list().await.unwrap().items[0].id.clone();
    program.run(&["organizations", "create", "Acme"]).await.done();
    program.run(&["organizations", "add-member", "Acme", &id]).await.done();
    client.users().update_password(&id, "s3cret-Passw0rd").await.unwrap();
    let factor = ["--set", "type=Totp", "--set", "secret=JBSWY3DPEHPK3PXP"];
    let add = ["api", "CreateUserMfaVerification", "--path", &format!("userId={id}")];
    program.run(&[&add[..], &factor].concat()).await.done();
    let plain = lines(&program.run(&["users", "export"]).await.done().out);
    assert!(plain[0].get("organizations").is_none());
    let full = lines(&program.run(&["users", "export", "--with", "roles,organizations,mfa"]).await.done().out);
    assert_eq!(full[0]["organizations"][0]["name"], "Acme");
    assert_eq!((plain[0].get("mfa"), &full[0]["mfa"]), (None, &serde_json::json!([{ "type": "Totp" }])));
    assert!(plain[0].get("passwordDigest").is_none());
    let hashes = lines(&program.run(&["users", "export", "--with", "password-hashes"]).await.done().out);
    assert!(hashes[0]["passwordDigest"].as_str().is_some_and(|digest| digest.starts_with('$')), "{}", hashes[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_export_continues() {
    let program = tenant(30).await;
    let file = program.path("users.ndjson");
    program.run(&["users", "export", "--to", &file]).await.done();
    let text = fs::read_to_string(&file).unwrap();
    let again = program.run(&["users", "export", "--to", &file]).await;
    assert!(again.code == 2 && again.err.contains("--resume"), "{again:?}");
    // The process ended in the middle of a line.
    fs::write(&file, &text[..text.len() / 2]).unwrap();
    begun(&program, &file, "");
    program.run(&["users", "export", "--to", &file, "--resume"]).await.done();
    let mut resumed = lines(&fs::read_to_string(&file).unwrap());
    let mut whole = lines(&text);
    let key = |user: &Value| user["id"].as_str().unwrap().to_owned();
    resumed.sort_by_key(key);
    whole.sort_by_key(key);
    assert_eq!(resumed, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_export_to_csv_continues_wherever_it_ended() {
    let program = tenant(3).await;
    let client = program.client();
    let user = client.users().list().await.unwrap().items.swap_remove(1);
    let named = UpdateUser { name: "Two \"lines\",\nand a comma".to_owned().into(), ..Default::default() };
    client.users().update(&user.id, named).await.unwrap();
    let file = program.path("users.csv");
    let export = ["users", "export", "--format", "csv", "--to", &file];
    program.run(&export).await.done();
    let text = fs::read_to_string(&file).unwrap();
    let ends = [0, 1, text.find('\n').unwrap(), text.find('\n').unwrap() + 1, text.find("lines").unwrap()];
    for end in ends.into_iter().chain([text.find(",\nand").unwrap() + 2, text.len() - 1, text.len()]) {
        fs::write(&file, &text[..end]).unwrap();
        begun(&program, &file, "");
        program.run(&[&export[..], &["--resume"]].concat()).await.done();
        assert_eq!(fs::read_to_string(&file).unwrap(), text, "cut at {end}");
    }
    fs::write(&file, "id,name\n1,Ada\n").unwrap();
    begun(&program, &file, "");
    let refused = program.run(&[&export[..], &["--resume"]].concat()).await;
    assert!(refused.code == 2 && refused.err.contains("it has other columns"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_on_demand() {
    let program = tenant(2).await;
    let file = program.file("users.ndjson", "old\n");
    let export = ["users", "export", "--to", &file, "--overwrite"];
    for _ in 0..2 {
        program.run(&export).await.done();
        assert_eq!(lines(&fs::read_to_string(&file).unwrap()).len(), 2);
    }
    fs::write(&file, "old\n").unwrap();
    assert_eq!(program.run(&[&export[..], &["--app-secret", "wrong"]].concat()).await.code, 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "old\n");
    assert!(program.run(&[&export[..], &["--resume"]].concat()).await.code == 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_without_users_replaces_no_users() {
    let (full, empty) = (tenant(1).await, Program::new().await);
    for format in ["ndjson", "csv"] {
        let file = full.path(&format!("users.{format}"));
        let export = ["users", "export", "--to", &file, "--overwrite"];
        full.run(&export).await.done();
        let backup = fs::read_to_string(&file).unwrap();
        let refused = empty.run(&export).await;
        let message =
            format!("error: the tenant has no users, and {file} is not empty: it is kept\nhint: check the connection");
        assert!(refused.code == 1 && refused.err.contains(&message), "{refused:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), backup);
        assert!(!full.folder.join(format!("users.{format}.new")).exists());
        // One without users is replaced by another one.
        fs::remove_file(&file).unwrap();
        for _ in 0..2 {
            empty.run(&export).await.done();
        }
        fs::write(&file, "").unwrap();
        empty.run(&export).await.done();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_export_is_left_alone() {
    let program = tenant(1).await;
    let file = program.file("other.ndjson", "other\n");
    let resume = ["users", "export", "--to", &file, "--resume"];
    let refused = program.run(&resume).await;
    assert!(refused.code == 2 && refused.err.contains("is not an export that was interrupted"), "{refused:?}");
    assert!(!program.folder.join("other.ndjson.parts").exists());
    begun(&program, &file, "");
    let refused = program.run(&resume).await;
    assert!(refused.code == 2 && refused.err.contains("is not an export: expected"), "{refused:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "other\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_the_name_of_the_note_is_left_alone() {
    let program = tenant(1).await;
    let (file, other) = (program.path("users.ndjson"), program.file("users.ndjson.parts", "mine\n"));
    let export = ["users", "export", "--to", &file];
    let refused = program.run(&export).await;
    let message = format!("error: {other} exists and is not the note of an export\n");
    assert!(refused.code == 2 && refused.err.contains(&message), "{refused:?}");
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine\n");
    assert!(!program.folder.join("users.ndjson").exists());
    #[cfg(unix)]
    {
        let target = program.file("target", &format!("{}\n", program.url()));
        fs::remove_file(&other).unwrap();
        std::os::unix::fs::symlink(&target, &other).unwrap();
        let refused = program.run(&export).await;
        assert!(refused.code == 2 && refused.err.contains(&message), "{refused:?}");
    }
    // That of an interrupted export is replaced.
    fs::remove_file(&other).unwrap();
    begun(&program, &file, "roles");
    program.run(&export).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_continues_with_the_parts_that_it_was_begun_with() {
    let program = tenant(2).await;
    let file = program.path("users.ndjson");
    let export = ["users", "export", "--to", &file];
    program.run(&export).await.done();
    assert!(!program.folder.join("users.ndjson.parts").exists());
    begun(&program, &file, "roles");
    for parts in ["roles,mfa", "mfa"] {
        let other = program.run(&[&export[..], &["--resume", "--with", parts]].concat()).await;
        assert!(other.code == 2 && other.err.contains("was started with --with roles"), "{other:?}");
    }
    program.run(&[&export[..], &["--resume", "--with", "roles"]].concat()).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_continues_with_the_server_that_it_was_begun_with() {
    let (program, other) = (tenant(2).await, tenant(3).await);
    let file = program.path("users.ndjson");
    let export = ["users", "export", "--to", &file];
    program.run(&export).await.done();
    let text = fs::read_to_string(&file).unwrap();
    let resume = [&export[..], &["--resume"]].concat();
    for is_begun in [true, false] {
        if is_begun {
            begun(&program, &file, "");
        }
        let refused = other.run(&resume).await;
        let message = if is_begun { format!("not of {}", other.url()) } else { "there is no ".to_owned() };
        assert!(refused.code == 2 && refused.err.contains(&message), "{refused:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        let _ = fs::remove_file(format!("{file}.parts"));
    }
    begun(&program, &file, "");
    program.run(&resume).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_has_the_main_members_as_columns() {
    let program = tenant(1).await;
    let exported = program.run(&["users", "export", "--format", "csv"]).await.done();
    let mut lines = exported.out.lines();
    assert!(lines.next().unwrap().starts_with("id,username,primaryEmail,"));
    assert!(lines.next().unwrap().contains("user0@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_ends_quietly() {
    let program = tenant(500).await;
    let mut command = program.command(&["users", "export", "--quiet"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ended = tokio::task::spawn_blocking(move || {
        let mut child = child;
        drop(child.stdout.take());
        child.wait_with_output().unwrap()
    });
    let ended = ended.await.unwrap();
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(0), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hyphen_is_standard_output() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let exported = program.run(&["users", "export", "--to", "-"]).await.done();
    assert_eq!((exported.json()["username"].as_str(), program.folder.join("-").exists()), (Some("ada"), false));
    let refused = program.run(&["users", "export", "--to", "-", "--resume"]).await;
    assert!(refused.code == 2 && refused.err.contains("--to"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_notes_what_an_import_cannot_restore() {
    let program = Program::new().await;
    let plain = program.run(&["users", "export"]).await.done();
    assert!(plain.err.contains("--with password-hashes") && !plain.err.contains("second factors"), "{plain:?}");
    let full = program.run(&["users", "export", "--with", "password-hashes,mfa"]).await.done();
    assert!(!full.err.contains("--with password-hashes") && full.err.contains("second factors"), "{full:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_overwritten_file_is_a_regular_file_or_a_link_to_one() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let (file, link) = (program.file("users.ndjson", "old"), program.file("link", ""));
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    program.run(&["users", "export", "--to", &link, "--overwrite"]).await.done();
    assert!(std::fs::read_to_string(&file).unwrap().contains("ada"));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let folder = std::path::Path::new(&file).parent().unwrap().to_str().unwrap();
    let refused = program.run(&["users", "export", "--to", folder, "--overwrite"]).await;
    assert!(refused.code == 2 && refused.err.contains("it is not a regular file"), "{refused:?}");
    let others = std::fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".new"));
    assert_eq!(others.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_the_file_or_an_option_selects_the_format() {
    let program = tenant(1).await;
    for (name, options, start) in [
        ("a.csv", &[][..], "id,"),
        ("b.CSV", &[], "id,"),
        ("c.csv", &["--format", "ndjson"], "{"),
        ("d.txt", &["-o", "ndjson"], "{"),
        ("e.txt", &["--format", "csv"], "id,"),
    ] {
        let file = program.path(name);
        program.run(&[&["users", "export", "--to", &file], options].concat()).await.done();
        assert!(fs::read_to_string(&file).unwrap().starts_with(start), "{name}");
    }
    let (old, lines) = (program.path("a.csv"), program.path("c.csv"));
    fs::copy(&lines, &old).unwrap();
    begun(&program, &old, "");
    let refused = program.run(&["users", "export", "--to", &old, "--resume"]).await;
    assert!(refused.code == 2 && refused.err.contains("hint: pass `--format ndjson`"), "{refused:?}");
    for output in ["json", "table", "yaml"] {
        let refused = program.run(&["users", "export", "-o", output]).await;
        assert!(refused.code == 2 && refused.err.contains("--format csv") && refused.out.is_empty(), "{refused:?}");
    }
}
