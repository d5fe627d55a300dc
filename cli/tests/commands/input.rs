//! The files of an import: formats, columns, and what is wrong with them.

use std::fs;

use crate::import::{USERS, count, many};
use crate::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_country_code_is_a_usage_error() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    for code in ["x", "0", "1234", ""] {
        let refused = program.run(&["users", "import", &file, "--country-code", code]).await;
        assert!(refused.code == 2 && refused.err.contains("expected 1 to 3 digits"), "{refused:?}");
    }
    program.run(&["users", "import", &file, "--country-code", "+49"]).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_and_mapped_columns_are_read() {
    let program = Program::new().await;
    let text = "mail,full name,team\nada@example.com,Ada,red\n";
    let import = [
        "users",
        "import",
        "-",
        "--from",
        "csv",
        "--map",
        "mail=primaryEmail",
        "--map",
        "full name=name",
        "--map",
        "team=customData.team",
    ];
    let imported = program.run_with_input(&import, text).await.done();
    assert_eq!(imported.json()["created"], 1);
    let ada = program.run(&["users", "get", "ada@example.com"]).await.done().json();
    assert_eq!((ada["name"].as_str(), ada["customData"]["team"].as_str()), (Some("Ada"), Some("red")));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_content_of_standard_input_has_a_journal_of_its_own() {
    let program = Program::new().await;
    let import = async |text: &str| program.run_with_input(&["users", "import", "-"], text).await.done();
    let (one, other) = (import(USERS).await, import("{ \"username\": \"alan\" }\n").await);
    assert_eq!((one.json()["created"].as_u64(), other.json()["created"].as_u64()), (Some(2), Some(1)));
    assert_eq!(import(USERS).await.json()["journaled"], 2);
    // The name is printed for an undo.
    let journal = other.err.lines().find_map(|line| line.strip_prefix("journal: ")).unwrap();
    assert!(journal.starts_with("logto-import-"), "{other:?}");
    program.run(&["users", "import", "undo", journal, "--yes"]).await.done();
    assert_eq!(count(&program).await, 2);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_content_of_another_pipe_continues_an_import() {
    let program = Program::new().await;
    let import = async |input: &str| program.run_with_input(&["users", "import", input], USERS).await.done().json();
    assert_eq!(import("-").await["created"], 2);
    for input in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        assert_eq!(import(input).await["journaled"], 2, "{input}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_archive_is_an_error_before_anything_is_sent() {
    let program = Program::new().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, many(500).as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    let path = program.path("users.ndjson.gz");
    fs::write(&path, &bytes).unwrap();
    assert_eq!(program.run(&["users", "import", &path, "--dry-run"]).await.done().json()["created"], 500);
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let truncated = program.run(&["users", "import", &path]).await;
    assert_eq!((truncated.code, count(&program).await), (2, 0), "{truncated:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_would_overwrite_each_other_are_rejected() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    let same = [["--report", file.as_str()], ["--journal", file.as_str()], ["--report", "users.ndjson"]];
    for flags in same {
        let refused = program.run(&[&["users", "import", &file], &flags[..]].concat()).await;
        assert!(refused.code == 2 && refused.err.contains("is also an input file"), "{refused:?}");
    }
    #[cfg(unix)]
    {
        fs::hard_link(&file, program.folder.join("link")).unwrap();
        let refused = program.run(&["users", "import", &file, "--report", "link", "--dry-run"]).await;
        assert!(refused.code == 2 && refused.err.contains("is also an input file"), "{refused:?}");
        program.file("notes.txt", "mine");
        let refused = program.run(&["users", "import", &file, "--report", "notes.txt", "--dry-run"]).await;
        assert!(refused.code == 2 && refused.err.contains("not a report"), "{refused:?}");
        assert_eq!(fs::read_to_string(program.folder.join("notes.txt")).unwrap(), "mine");
    }
    // Neither exists.
    for report in ["x", "./x", &program.path("x")] {
        let both = program.run(&["users", "import", &file, "--report", report, "--journal", "x"]).await;
        assert!(both.code == 2 && both.err.contains("the same file"), "{both:?}");
    }
    assert_eq!((fs::read_to_string(&file).unwrap().as_str(), count(&program).await), (USERS, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_without_users_is_an_error() {
    let program = Program::new().await;
    let empty = program.run_with_input(&["users", "import", "-"], "").await;
    assert!(empty.code == 2 && empty.err.contains("no users"), "{empty:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_is_read_once_and_imported() {
    let program = Program::new().await;
    let pipe = program.path("pipe");
    std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    for (source, text, created) in [("logto", USERS, 2), ("csv", "username\nalan\n", 1)] {
        // The name of a pipe is not that of a journal: `<(command)` has one in /dev.
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::write(pipe, text).unwrap()
        });
        let imported = program.run(&["users", "import", &pipe, "--from", source]).await.done();
        writer.join().unwrap();
        assert_eq!(imported.json()["created"], created);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_input_without_an_end_is_an_error() {
    let program = Program::new().await;
    for device in ["/dev/zero", "/dev/urandom"] {
        let named = program.run(&["users", "import", device]).await;
        assert_eq!((named.code, named.err), (2, format!("error: cannot read {device}: it is a device\n")));
        let import = ["-c", "exec \"$@\" < \"$0\"", device];
        let command = program.started_by("sh", &import, &["users", "import", "-"]);
        let piped = crate::program::ended(command, "").await;
        assert_eq!((piped.code, piped.err.as_str()), (2, "error: cannot read standard input: it is a device\n"));
    }
    // A pipe is not a device, so its content shows it.
    let endless = ["-c", "tr '\\0' x < /dev/zero | \"$@\"", "sh"];
    let command = program.started_by("sh", &endless, &["users", "import", "-"]);
    let piped = crate::program::ended(command, "").await;
    let message = "error: cannot read standard input: it has a line of more than 64 MiB\n";
    assert_eq!((piped.code, piped.err.as_str()), (2, message));
    // This one is empty.
    let empty = program.run(&["users", "import", "/dev/null"]).await;
    assert!(empty.code == 2 && empty.err.ends_with("the input has no users\n"), "{empty:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hyphen_is_no_file_to_write() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    for arguments in [
        &["users", "import", &file, "--report", "-"][..],
        &["users", "import", &file, "--journal", "-"],
        &["users", "import", "undo", "-", "--yes"],
        &["config", "export", "-", "--yes"],
        &["man-pages", "-"],
    ] {
        let refused = program.run(arguments).await;
        let message = "standard streams cannot be used here; write `./-` for a path of that name";
        assert!(refused.code == 2 && refused.err.contains(message), "{refused:?}");
        assert!(!program.folder.join("-").exists(), "{arguments:?}");
    }
    program.run(&["users", "import", &file, "--report", "./-"]).await.done();
    assert_eq!(fs::read_to_string(program.folder.join("-")).unwrap().lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_columns_are_reported_once() {
    let program = Program::new().await;
    let file = program.file("people.csv", "username,phone,hobby\nada,,chess\ngrace,,go\n");
    let refused = program.run(&["users", "import", &file, "--from", "csv"]).await;
    assert_eq!((refused.code, refused.err.matches("hobby: unknown column").count()), (2, 1), "{refused:?}");
    assert!(refused.err.contains("phone=primaryPhone"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_of_a_file_without_header_are_not_shown() {
    let program = Program::new().await;
    for text in ["ada,Secr3t-Pw\nalan,other\n", "ada@example.com,Secr3t-Pw\nalan@example.com,other\n"] {
        let file = program.file("people.csv", text);
        let from_file = program.run(&["users", "import", &file, "--from", "csv"]).await;
        let piped = program.run_with_input(&["users", "import", "-", "--from", "csv"], text).await;
        for refused in [from_file, piped] {
            assert!(refused.code == 2 && refused.err.contains("first row must"), "{refused:?}");
            assert!(!refused.err.contains("Secr3t"), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_another_system_are_recognized() {
    let program = Program::new().await;
    let record =
        r#"{ "user_id": "auth0|1", "email": "a@example.com", "nickname": "a", "created_at": "x", "picture": "y" }"#;
    let file = program.file("export.ndjson", record);
    let refused = program.run(&["users", "import", &file]).await;
    let expected = "export.ndjson:1: the members are those of auth0, not of logto\nhint: pass `--from auth0`\n";
    assert!(refused.code == 2 && refused.err.ends_with(expected), "{refused:?}");
    let file = program.file("users.ndjson", r#"{ "a": 1, "b": 2, "c": 3, "d": 4, "e": 5 }"#);
    let refused = program.run(&["users", "import", &file]).await;
    assert!(refused.code == 2 && refused.err.contains("; 2 more\n"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_values_are_cut_in_messages() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", &format!("{{ \"username\": \"no name {}\" }}\n", "x".repeat(100_000)));
    let refused = program.run(&["users", "import", &file]).await;
    assert!(refused.code == 2 && refused.err.contains("users.ndjson:1: "), "{}", refused.err.len());
    assert!(refused.err.len() < 1000, "{}", refused.err.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_about_password_hashes_are_left_out_if_the_import_has_them() {
    let program = Program::new().await;
    let csv = program.file("clerk.csv", "id,username\nuser_1,ada\n");
    let json = program.file("clerk.json", r#"[{ "id": "user_1", "username": "ada" }]"#);
    for (file, is_shown) in [(&csv, false), (&json, true)] {
        let foreseen = program.run(&["users", "import", file, "--from", "clerk", "--dry-run"]).await.done();
        assert_eq!(foreseen.err.contains("only the CSV export"), is_shown, "{foreseen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_line_of_any_length_is_a_record() {
    let program = Program::new().await;
    let long = "x".repeat(100_000);
    let text =
        format!("{{ \"username\": \"ada\", \"customData\": {{ \"a\": \"{long}\" }} }}\n{{ \"username\": \"alan\" }}\n");
    let file = program.file("users.ndjson", &text);
    assert_eq!(program.run(&["users", "import", &file]).await.done().json()["created"], 2);
    let broken = program.file("broken.ndjson", &format!("{text}{{ broken\n"));
    let refused = program.run(&["users", "import", &broken]).await;
    assert!(refused.code == 2 && refused.err.contains("broken.ndjson:3: "), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_whose_name_others_have_is_refused() {
    let program = Program::new().await;
    for _ in 0..2 {
        program.run(&["orgs", "create", "Acme"]).await.done();
    }
    let file = program.file("users.ndjson", r#"{ "username": "ada", "organizations": [{ "name": "Acme" }] }"#);
    let refused = program.run(&["users", "import", &file]).await;
    assert!(refused.code == 2 && refused.err.contains("several organizations are called `Acme`"), "{refused:?}");
    assert_eq!(count(&program).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_whose_only_identifier_is_invalid_is_reported_for_it() {
    let program = Program::new().await;
    let file = program.file("export.ndjson", r#"{ "user_id": "auth0|1", "email": "ada@" }"#);
    let refused = program.run(&["users", "import", &file, "--from", "auth0"]).await;
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("auth0|1: email \"ada@\": Logto rejects this email address; "), "{refused:?}");
    assert!(!refused.err.contains("kept in custom data"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_the_password_hashes_of_other_users_is_an_error() {
    let program = Program::new().await;
    let users: String =
        (1..4).map(|id| format!("{{ \"user_id\": \"auth0|{id}\", \"email\": \"{id}@example.com\" }}\n")).collect();
    let file = program.file("export.ndjson", &users);
    let hash = |id: &str| {
        let hash = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
        program
            .file("hashes.ndjson", &format!("{{ \"_id\": {{ \"$oid\": \"{id}\" }}, \"passwordHash\": \"{hash}\" }}\n"))
    };
    let import = ["users", "import", &file, "--from", "auth0", "--auth0-hashes", "hashes.ndjson"];
    hash("other");
    let refused = program.run(&import).await;
    assert!(refused.code == 2 && refused.err.contains("it has none for 3 users of the database"), "{refused:?}");
    program.file("hashes.ndjson", "");
    let empty = program.run(&import).await;
    assert!(empty.code == 2 && empty.err.contains("hashes.ndjson has no password hashes"), "{empty:?}");
    assert_eq!(count(&program).await, 0);
    hash("1");
    let imported = program.run(&import).await.done();
    assert!(imported.json()["created"] == 3 && imported.err.contains("(2 records, "), "{imported:?}");
    // The user with the hash cannot be imported, and is a user of the file all the same.
    let first = "{ \"user_id\": \"auth0|1\", \"email\": \"1@example.com\", \"email_verified\": false }\n";
    program.file("export.ndjson", &(first.to_owned() + users.split_inclusive('\n').nth(1).unwrap()));
    let options = ["--unverified", "custom-data", "--skip-invalid", "--journal", "other.journal"];
    let partly = program.run(&[&import[..], &options].concat()).await;
    assert!(partly.code == 4 && partly.json()["invalid"] == 1, "{partly:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_about_records_do_not_change_the_terminal() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", "{ \"id\": \"\\u001b[2Jx\", \"\\u001b]0;y\\u0007\": 1, \"name\": 1 }\n");
    let refused = program.run(&["users", "import", &file]).await;
    assert!(refused.code == 2 && refused.err.contains(r"\u{1b}]0;y\u{7}: unknown member"), "{refused:?}");
    assert!(!refused.err.contains(['\u{1b}', '\u{7}']), "{refused:?}");
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let file = program.file("exists.ndjson", "{ \"id\": \"\\u001b[2Jx\", \"username\": \"ada\" }\n");
    let failed = program.run(&["users", "import", &file, "--on-conflict", "fail"]).await;
    assert!(failed.code == 1 && failed.err.contains(r"\u{1b}[2Jx: the user exists"), "{failed:?}");
    assert!(!failed.err.contains('\u{1b}'), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_of_json_has_each_key_once() {
    let program = Program::new().await;
    let file =
        program.file("users.csv", "username,customData\nada,\"{\"\"a\"\":1,\"\"b\"\":[{\"\"c\"\":1,\"\"c\"\":2}]}\"\n");
    let refused = program.run(&["users", "import", &file, "--from", "csv"]).await;
    let expected = "invalid JSON in column \"customData\": the key \"c\" occurs twice in an object";
    assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
    assert_eq!(count(&program).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_columns_that_set_the_same_member_are_rejected_once() {
    let program = Program::new().await;
    for (header, maps, other) in [
        ("username,User-Name,name", &[][..], "username"),
        ("username,team,group", &["team=customData.team", "group=customData.team"], "customData.team"),
        ("username,team,group", &["team=customData.team", "group=customData.team.name"], "customData.team"),
    ] {
        let file = program.file("users.csv", &format!("{header}\nada,a,b\nalan,c,d\n"));
        let maps: Vec<&str> = maps.iter().flat_map(|map| ["--map", *map]).collect();
        let refused = program.run(&[&["users", "import", &file, "--from", "csv"], &maps[..]].concat()).await;
        assert_eq!((refused.code, refused.err.matches("another column sets").count()), (2, 1), "{refused:?}");
        assert!(refused.err.contains(&format!("another column sets {other:?} too")), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_an_own_identifier_are_told_apart_by_their_identities() {
    let program = Program::new().await;
    let line = |id: u32| format!("{{ \"identities\": {{ \"google\": {{ \"userId\": \"{id}\" }} }} }}\n");
    let file = program.file("users.ndjson", &format!("{}{}", line(1), line(2)));
    let import = ["users", "import", file.as_str()];
    assert_eq!(program.run(&import).await.done().json()["created"], 2);
    // A record before the others moves them to other lines.
    program.file("users.ndjson", &format!("{}{}{}", line(3), line(1), line(2)));
    let again = program.run(&import).await.done().json();
    assert_eq!((&again["created"], &again["journaled"], count(&program).await), (&1.into(), &2.into(), 3), "{again}");

    program.file("users.ndjson", &format!("{}{}", line(4), line(4)));
    let twice = program.run(&import).await;
    assert!(twice.code == 2 && twice.err.contains("identities.google \"4\": another record has the same"), "{twice:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_is_an_error_that_names_csv() {
    let program = Program::new().await;
    let path = program.path("people.xlsx");
    fs::write(&path, b"PK\x03\x04\x14\x00\x06\x00\xff").unwrap();
    let refused = program.run(&["users", "import", &path, "--from", "csv"]).await;
    assert!(refused.code == 2 && refused.err.contains("save the spreadsheet as CSV"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_of_a_column_that_no_file_has_is_an_error() {
    let program = Program::new().await;
    let files = [program.file("a.csv", "Mail\na@example.com\n"), program.file("b.csv", "Mail,Team\nb@example.com,x\n")];
    let import = ["users", "import", &files[0], &files[1], "--from", "csv", "--map", "mail=primaryEmail"];
    let import = [&import[..], &["--map", "team=customData.team"]].concat();
    let refused = program.run(&[&import[..], &["--map", "Fullname=name"]].concat()).await;
    assert_eq!(
        (refused.code, refused.err.as_str()),
        (2, "error: --map names the column \"Fullname\", which no file has\n")
    );
    program.run(&import).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn usernames_that_are_the_same_for_the_tenant_are_found_before_anything_is_sent() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", "{ \"username\": \"Ada\" }\n{ \"username\": \"ada\" }\n");
    let import = ["users", "import", &file];
    let dry = [&import[..], &["--dry-run"]].concat();
    assert_eq!(program.run(&dry).await.done().json()["created"], 2);
    program.ignore_username_case().await;
    for command in [&dry[..], &import] {
        let refused = program.run(command).await;
        let expected = "users.ndjson:2: ada: username \"ada\": another record has the same value: ";
        assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
    }
    assert_eq!(count(&program).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_another_record_has_comes_with_the_place_of_that_record() {
    let program = Program::new().await;
    let files = [
        program.file("a.csv", "username,name\ngrace,G\nada,A\n"),
        program.file("b.json", "[{ \"username\": \"alan\" }, { \"username\": \"ada\" }, { \"username\": \"alan\" }]"),
    ];
    let refused = program.run(&["users", "import", &files[0], &files[1]]).await;
    for (element, name, other) in [(2, "ada", "a.csv:3"), (3, "alan", "b.json: element 1")] {
        let line = format!("element {element}: {name}: username \"{name}\": another record has the same value: ");
        let line = refused.err.lines().find_map(|shown| shown.split_once(&line)).unwrap_or_default().1;
        assert!(refused.code == 2 && line.ends_with(other), "{refused:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_private_also_if_the_earlier_one_was_not() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    let report = program.file("report.ndjson", "{\"location\":\"users.ndjson:1\"}\n");
    fs::set_permissions(&report, PermissionsExt::from_mode(0o644)).unwrap();
    for report in [&report, &program.path("new.ndjson")] {
        program.run(&["users", "import", &file, "--dry-run", "--report", report]).await.done();
        assert_eq!(fs::read_to_string(report).unwrap().lines().count(), 2);
        assert_eq!(fs::metadata(report).unwrap().permissions().mode() & 0o777, 0o600, "{report}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_to_a_pipe_that_a_program_reads_and_does_not_wait_for_one() {
    use std::io::{BufRead, BufReader};
    let program = Program::new().await;
    let (file, pipe) = (program.file("users.ndjson", USERS), program.path("pipe"));
    std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    let import = ["users", "import", &file, "--dry-run", "--report", &pipe];
    let refused = program.run(&import).await;
    let expected = format!("error: cannot write {pipe}: no program reads the pipe\n");
    assert!(refused.code == 2 && refused.err.ends_with(&expected), "{refused:?}");
    // Opened for both, because opening it for reading waits for a writer.
    let reader = fs::File::options().read(true).write(true).open(&pipe).unwrap();
    program.run(&import).await.done();
    let lines: Vec<String> = BufReader::new(reader).lines().take(2).map(Result::unwrap).collect();
    assert!(lines.iter().all(|line| line.starts_with("{\"location\":")), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_with_numbers_of_more_than_64_bits_is_imported_again() {
    const LOSSY: &str = "1234567890123456789012";
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada", "--set", "customData.n=1e21"]).await.done();
    let ids = program.run(&["users", "get", "ada"]).await.done().json();
    for format in ["ndjson", "csv", "json"] {
        let file = program.path(&format!("users.{format}"));
        let of_export = if format == "json" { "ndjson" } else { format };
        program.run(&["users", "export", "--to", &file, "--format", of_export]).await.done();
        if format == "json" {
            let lines = fs::read_to_string(&file).unwrap();
            fs::write(&file, format!("[{}]", lines.trim())).unwrap();
        }
        program.run(&["users", "delete", "ada", "--yes"]).await.done();
        program.run(&["users", "import", &file]).await.done();
        let ada = program.run(&["users", "get", "ada"]).await.done().json();
        assert_eq!(ada["customData"], ids["customData"], "{format}");
        // Other digits are lost.
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("1e21") || text.contains("1e+21"), "{text}");
        fs::write(&file, text.replace("1e21", LOSSY).replace("1e+21", LOSSY)).unwrap();
        let refused = program.run(&["users", "import", &file, "--dry-run", "--journal", "other"]).await;
        let expected = "customData: a number has more than 64 bits and would be rounded";
        assert!(refused.code == 2 && refused.err.contains(expected), "{format}: {refused:?}");
    }
}
