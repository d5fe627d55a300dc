use serde_json::json;

use crate::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_by_whatever_is_known_of_them() {
    let program = Program::new().await;
    let create = ["users", "create", "--username", "ada", "--email", "ada@example.com", "--phone", "+1 (202) 555-0100"];
    let id = program.run(&create).await.done().json()["id"].as_str().unwrap().to_owned();
    for who in [id.as_str(), "ada", "ada@example.com", "+12025550100", "1 202 555 0100"] {
        assert_eq!(program.run(&["users", "get", who]).await.done().json()["id"], id, "{who}");
    }
    let nobody = program.run(&["users", "get", "grace"]).await;
    assert!(nobody.code == 1 && nobody.err.contains("`grace`"), "{nobody:?}");
    let other = program.run(&["users", "get", "ADA"]).await;
    assert!(other.code == 1 && other.err.contains("hint: did you mean `ada`?"), "{other:?}");
    for command in [&["users", "get", ""][..], &["users", "delete", " ", "--yes"]] {
        let nobody = program.run(command).await;
        assert!(nobody.code == 1 && nobody.err.contains("error: no user has the id, email"), "{nobody:?}");
    }
    let table = program.run(&["users", "list", "ada", "-o", "table"]).await.done();
    assert!(table.out.starts_with("ID") && table.out.contains("ada@example.com"), "{table:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_without_case_if_the_tenant_ignores_it() {
    let program = Program::new().await;
    let id = program.run(&["users", "create", "--username", "Ada"]).await.done().json()["id"].clone();
    program.ignore_username_case().await;
    for name in ["Ada", "ada", "ADA"] {
        assert_eq!(program.run(&["users", "get", name]).await.done().json()["id"], id, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_username_that_is_the_id_of_another_user_is_ambiguous() {
    let program = Program::new().await;
    // Ids that begin with a digit cannot be usernames.
    let id = loop {
        let user = program.run(&["api", "CreateUser", "--body", "{}"]).await.done().json();
        let id = user["id"].as_str().unwrap().to_owned();
        if id.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            break id;
        }
    };
    let other = program.run(&["users", "create", "--username", &id]).await.done().json();
    for command in [["users", "delete", &id, "--yes"], ["users", "suspend", &id, "--quiet"]] {
        let refused = program.run(&command).await;
        assert_eq!(refused.code, 2, "{refused:?}");
        let hint = format!(
            "hint: for the user with the id, call `logto-admin api GetUser --path userId={id}` or another operation; for the \
             other, pass its id `{}`\n",
            other["id"].as_str().unwrap()
        );
        let expected = format!("error: `{id}` is the id of a user and the username of another\n{hint}");
        assert_eq!(refused.err, expected);
    }
    let user = program.run(&["api", "GetUser", "--path", &format!("userId={id}")]).await.done().json();
    assert_eq!(program.run(&["users", "get", other["id"].as_str().unwrap()]).await.done().json(), other);
    // With an email address, the user can be named like others.
    program
        .run(&["api", "UpdateUser", "--path", &format!("userId={id}"), "--set", "primaryEmail=a@e.com"])
        .await
        .done();
    let refused = program.run(&["users", "get", &id]).await;
    assert!(refused.err.contains("hint: for the user with the id, pass `a@e.com`; for the other, "), "{refused:?}");
    assert_eq!(program.run(&["users", "get", "a@e.com"]).await.done().json()["id"], user["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_keeps_the_other_members_of_custom_data() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada", "--set", "customData.plan=pro"]).await.done();
    let changed = program.run(&["users", "update", "ada", "--set", "customData.seats=3", "--name", "Ada"]).await.done();
    assert_eq!(changed.json()["customData"], json!({ "plan": "pro", "seats": 3 }));
    let nothing = program.run(&["users", "update", "ada"]).await;
    assert!(nothing.code == 2 && nothing.err.contains("nothing to change"), "{nothing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_two_options_set_is_an_error() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    for (arguments, expected) in [
        ("update ada --name A --set name=B", "--name and `--set name` set the same member"),
        ("update ada --email a@b.co --set primaryEmail=c@d.co", "--email and `--set primaryEmail` set the same member"),
        ("create --username x --set username=y", "--username and `--set username` set the same member"),
        ("create --phone 15551234567 --set primaryPhone=1", "--phone and `--set primaryPhone` set the same member"),
        ("create --username x --password-stdin --set password=y", "--password-stdin and `--set password` set the same"),
    ] {
        let refused = program.run(&[&["users"], &arguments.split(' ').collect::<Vec<_>>()[..]].concat()).await;
        assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
    }
    assert_eq!(program.run(&["users", "list"]).await.done().json().as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_are_texts_where_the_api_expects_texts() {
    let program = Program::new().await;
    let phone = ["--set", "primaryPhone=4915112345"];
    let called = program.run(&[&["api", "CreateUser", "--set", "username=ada"], &phone[..]].concat()).await.done();
    assert_eq!(called.json()["primaryPhone"], "4915112345");
    let path = format!("/api/users/{}", called.json()["id"].as_str().unwrap());
    let called = program.run(&["api", "PATCH", &path, "--set", "name=2024"]).await.done();
    assert_eq!(called.json()["name"], "2024");
    let create = ["users", "create", "--username", "bob", "--set", "password=12345678", "--set", "name=2024"];
    assert_eq!(program.run(&create).await.done().json()["name"], "2024");
    let change = ["users", "update", "bob", "--set", "name=null", "--set", "primaryPhone=4915112346"];
    let changed = program.run(&change).await.done().json();
    assert_eq!((&changed["name"], &changed["primaryPhone"]), (&json!(null), &json!("4915112346")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_read_without_the_marks_of_an_editor() {
    let program = Program::new().await;
    let create = ["users", "create", "--username", "ada", "--password-stdin"];
    let refused = program.run_with_input(&create, "s3cret\0Passw0rd").await;
    assert!(refused.code == 2 && refused.err.contains("the password contains a null character"), "{refused:?}");
    let created = program.run_with_input(&create, "\u{feff}s3cret-Passw0rd\r\n").await.done().json();
    let id = created["id"].as_str().unwrap();
    program.client().users().verify_password(id, "s3cret-Passw0rd").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_one_line() {
    let program = Program::new().await;
    let create = ["users", "create", "--username", "ada", "--password-stdin"];
    for several in ["s3cret\nPassw0rd", "s3cret-Passw0rd\n\n", "\ns3cret-Passw0rd", "s3cret\rPassw0rd\n"] {
        let refused = program.run_with_input(&create, several).await;
        let message = "error: standard input has several lines, and a password has one\n";
        assert_eq!((refused.code, refused.err.as_str()), (2, message), "{several:?}");
    }
    let created = program.run_with_input(&create, " s3cret-Passw0rd \n").await.done().json();
    let id = created["id"].as_str().unwrap();
    program.client().users().verify_password(id, " s3cret-Passw0rd ").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_are_confirmed_and_go_on_after_an_unknown_user() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let unconfirmed = program.run(&["users", "delete", "ada"]).await;
    assert!(unconfirmed.code == 2 && unconfirmed.err.contains("--yes"), "{unconfirmed:?}");
    let unknown = program.run(&["users", "delete", "grcae", "alna", "--yes"]).await;
    assert!(unknown.code == 1 && unknown.err.contains("`grcae`") && unknown.err.contains("`alna`"), "{unknown:?}");
    assert_eq!(program.client().users().list().await.unwrap().total, Some(1));
    let unconfirmed = program.run(&["users", "delete", "grcae", "ada"]).await;
    assert!(unconfirmed.code == 2 && unconfirmed.err.contains("Delete ada?"), "{unconfirmed:?}");
    let partly = program.run(&["users", "delete", "grcae", "ada", "--yes"]).await;
    assert!(partly.code == 4 && partly.err.contains("`grcae`\ndeleted ada"), "{partly:?}");
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
    assert_eq!(program.run(&["users", "delete", "ada", "--yes"]).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn suspensions_are_lifted() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    program.run(&["users", "suspend", "ada"]).await.done();
    assert_eq!(program.run(&["users", "get", "ada"]).await.done().json()["isSuspended"], true);
    program.run(&["users", "suspend", "ada", "--lift"]).await.done();
    assert_eq!(program.run(&["users", "get", "ada"]).await.done().json()["isSuspended"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_and_roles_are_changed_by_name() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    program.run(&["organizations", "create", "Acme"]).await.done();
    program.run(&["api", "CreateOrganizationRole", "--set", "name=editor"]).await.done();
    program.run(&["organizations", "add-member", "Acme", "ada", "--role", "editor"]).await.done();
    let members = program.run(&["orgs", "members", "Acme"]).await.done().json();
    assert_eq!(program.run(&["orgs", "roles"]).await.done().json()[0]["name"], "editor");
    assert_eq!((members[0]["username"].as_str(), members[0]["roles"][0].as_str()), (Some("ada"), Some("editor")));
    program.run(&["api", "CreateRole", "--set", "name=staff", "--set", "description=all"]).await.done();
    program.run(&["roles", "assign", "staff", "ada"]).await.done();
    assert_eq!(program.run(&["roles", "users", "staff"]).await.done().json()[0]["username"], "ada");
    let unconfirmed = [
        program.run(&["roles", "remove", "staff", "ada"]).await,
        program.run(&["orgs", "remove-member", "Acme", "ada"]).await,
        program.run(&["api", "DELETE", "/api/users/nobody"]).await,
        program.run(&["api", "DeleteUser", "--path", "userId=nobody"]).await,
    ];
    for refused in unconfirmed {
        assert!(refused.code == 2 && refused.err.contains("--yes"), "{refused:?}");
    }
    program.run(&["roles", "remove", "staff", "ada", "--yes"]).await.done();
    assert_eq!(program.run(&["roles", "users", "staff"]).await.done().out, "[]\n");
    let refused = program.run(&["roles", "remove", "staff", "ada", "--yes"]).await;
    assert!(refused.code == 1 && refused.err == "error: ada does not have the role staff\n", "{refused:?}");
    program.run(&["orgs", "remove-member", "Acme", "ada", "--yes"]).await.done();
    let refused = program.run(&["orgs", "remove-member", "Acme", "ada", "--yes"]).await;
    assert!(refused.code == 1 && refused.err == "error: ada is not a member of Acme\n", "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_event_of_a_webhook_has_a_suggestion() {
    let program = Program::new().await;
    let create = ["hooks", "create", "https://example.com/hook", "--event", "User.Deleted", "--event", "User.Creatd"];
    let refused = program.run(&create).await;
    let expected = "error: `--event` cannot be `User.Creatd`; did you mean `User.Created`?\n";
    assert_eq!((refused.code, refused.err.as_str()), (2, expected), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_effect_or_cannot_work_is_refused() {
    let program = Program::new().await;
    let machine = ["apps", "create", "Job", "--type", "MachineToMachine", "--redirect-uri", "https://a.example"];
    let url = "error: the URL of a webhook must start with https:// or http://\n";
    for (command, expected) in [
        (&machine[..], "error: --redirect-uri has no effect for an application of type MachineToMachine\n"),
        (&["hooks", "create", "ftp://x", "--event", "User.Created"], url),
        (&["hooks", "create", "example.com/hook", "--event", "User.Created"], url),
    ] {
        let refused = program.run(command).await;
        assert_eq!((refused.code, refused.err.as_str()), (2, expected), "{command:?}");
    }
    assert_eq!(program.run(&["hooks", "list"]).await.done().out, "[]\n");
    assert!(!program.run(&["apps", "list"]).await.done().out.contains("Job"));
    program.run(&["hooks", "create", "HTTP://a.example/hook", "--event", "User.Created"]).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_shown_once() {
    let program = Program::new().await;
    let created = program.run(&["apps", "create", "backend", "--type", "machinetomachine"]).await.done();
    let secret = created.json()["secret"].as_str().unwrap().to_owned();
    assert!(!secret.is_empty());
    assert!(!program.run(&["apps", "list"]).await.done().out.contains(&secret));
    let hook = program
        .run(&["hooks", "create", "https://me:s3cret@example.com/hook?token=s3cret", "--event", "User.Created"])
        .await
        .done();
    let key = hook.json()["signingKey"].as_str().unwrap().to_owned();
    let header = json!({ "name": "Headed", "events": ["User.Created"],
        "config": { "url": "https://example.com/other", "headers": { "Authorization": "s3cret" } } });
    program.run(&["api", "CreateHook", "--body", &header.to_string()]).await.done();
    let listed = program.run(&["hooks", "list"]).await.done().out;
    assert!(!key.is_empty() && !listed.contains(&key) && !listed.contains("s3cret"), "{listed}");
    assert!(listed.contains("https://[redacted]@example.com/hook?token=[redacted]"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn output_has_four_formats() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let starts = [("json", "["), ("ndjson", "{"), ("yaml", "- "), ("table", "ID")];
    for (format, start) in starts {
        let listed = program.run(&["users", "list", "-o", format]).await.done();
        assert!(listed.out.starts_with(start), "{format}: {listed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_are_printed() {
    let program = Program::new().await;
    let script = program.run(&["completions", "bash"]).await.done();
    // As the shell calls the function, with the words of a line, whose last one is being typed.
    let complete = r#"
        typed() {
            local command=$(complete -p logto-admin) at=$(($# - 1))
            local function=${command#*-F }
            COMP_WORDS=("$@") COMP_CWORD=$at COMPREPLY=()
            # Outside of the shell's completion, one of its settings fails.
            "${function%% *}" "$1" "${COMP_WORDS[at]}" "${COMP_WORDS[at - 1]}" 2> /dev/null
            printf '%s;' "${COMPREPLY[@]}"
            echo
        }
    "#;
    program.file("my users.csv", "");
    for name in ["prod", "preview", "$(touch run)"] {
        let add = ["profile", "add", name, "--tenant", "t", "--app-id", "a", "--secret-variable", "SECRET"];
        program.run(&add).await.done();
    }
    let start = format!("logto-admin() {{ '{}' \"$@\"; }}\n", env!("CARGO_BIN_EXE_logto-admin"));
    let mut script = start + &script.out + complete;
    let lines = [
        ("us", "users;"),
        ("config pl", "plan;"),
        ("users import --auth0", "--auth0-hashes;"),
        ("users import --from ke", "keycloak;"),
        ("users import --from = ke", "keycloak;"),
        ("users import -o nd", "ndjson;"),
        ("-o json us", "users;"),
        ("users import --on-conflict ''", "skip;update;fail;"),
        ("users export --with p", "password-hashes;"),
        ("users import --report my", "my users.csv;"),
        ("completions z", "zsh;"),
        ("api GetSwaggerJ", "GetSwaggerJson;"),
        ("operations show GetSwaggerJ", "GetSwaggerJson;"),
        ("--profile pr", "preview;prod;"),
        ("users list --profile = pro", "prod;"),
        ("profile remove pr", "preview;prod;"),
        ("config plan --only appl", "applications;"),
        ("config export --exclude = appl", "applications;"),
    ];
    for (line, _) in lines {
        script += &format!("typed logto-admin {line}\n");
    }
    let mut shell = std::process::Command::new("bash");
    shell.arg(program.file("complete.bash", &script)).current_dir(&program.folder);
    let output = shell.env("LOGTO_CONFIG", program.path("profiles.yaml")).output().unwrap();
    let expected: String = lines.iter().map(|(_, expected)| format!("{expected}\n")).collect();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert!(!program.folder.join("run").exists(), "the shell has run the name of a profile");
    program.run(&["man-pages", &program.path("man")]).await.done();
    assert!(program.folder.join("man/logto-admin-users.1").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_has_wildcards() {
    let program = Program::new().await;
    for name in ["ada_lovelace", "adaxlovelace"] {
        program.run(&["users", "create", "--username", name]).await.done();
    }
    for (search, count) in [("lovelace", 2), ("a_lovelace", 2), ("ada%lace", 2), ("ada__lovelace", 0), ("axlove", 1)] {
        let found = program.run(&["users", "list", search]).await.done().json();
        assert_eq!(found.as_array().unwrap().len(), count, "{search}");
    }
    let help = program.run(&["users", "list", "--help"]).await.done().out;
    assert!(help.contains("`%` stands for any characters, and `_` for one"), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_requires_an_identifier() {
    let program = Program::new().await;
    let refused = program.run(&["users", "create", "--name", "Nobody"]).await;
    assert!(refused.code == 2 && refused.err.contains("--username"), "{refused:?}");
    program.run(&["users", "create", "--username", "ada"]).await.done();
    // An empty variable of a shell.
    let emptied = program.run(&["users", "update", "ada", "--username", ""]).await;
    assert!(emptied.code == 2 && emptied.err.contains("--username is empty"), "{emptied:?}");
    program.run(&["users", "get", "ada"]).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn null_is_a_text_except_where_it_removes_a_member() {
    let program = Program::new().await;
    let created = program.run(&["users", "create", "--username", "null", "--name", "null"]).await.done().json();
    assert_eq!((&created["username"], &created["name"]), (&json!("null"), &json!("null")));
    let set = program.run(&["users", "create", "--set", "username=null2", "--set", "name=null"]).await.done().json();
    assert_eq!(set["name"], "null", "a new user has no name to remove");
    let updated = program.run(&["users", "update", "null", "--set", "name=null"]).await.done().json();
    assert_eq!((&updated["username"], &updated["name"]), (&json!("null"), &json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_page_of_users_names_the_next_one() {
    let program = Program::new().await;
    for name in ["ada", "grace"] {
        program.run(&["users", "create", "--username", name]).await.done();
    }
    let full = program.run(&["users", "list", "--limit", "1"]).await.done();
    assert_eq!(full.err, "there might be more: pass --page 2, or a larger --limit\n");
    assert_eq!(program.run(&["users", "list"]).await.done().err, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_did_nothing_has_failed() {
    let program = Program::new().await;
    assert_eq!(program.run(&["users", "suspend", "nobody", "noone"]).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_goes_on_after_an_unknown_user() {
    let program = Program::new().await;
    for name in ["ada", "grace"] {
        program.run(&["users", "create", "--username", name]).await.done();
    }
    let partly = program.run(&["users", "suspend", "ada", "nobody", "grace", "--quiet"]).await;
    assert!(partly.code == 4 && partly.err.contains("`nobody`"), "{partly:?}");
    for name in ["ada", "grace"] {
        assert_eq!(program.run(&["users", "get", name]).await.done().json()["isSuspended"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_role_is_an_error_before_anybody_is_added() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    program.run(&["organizations", "create", "Acme"]).await.done();
    let refused = program.run(&["organizations", "add-member", "Acme", "ada", "--role", "nope"]).await;
    assert!(refused.code == 1 && refused.err.contains("`nope`"), "{refused:?}");
    assert_eq!(program.run(&["organizations", "members", "Acme"]).await.done().out, "[]\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_to_set_are_checked() {
    let program = Program::new().await;
    let create = ["users", "create", "--username", "ada", "--set"];
    for (member, expected) in [
        ("customdata.plan=pro", "did you mean \"customData\"?"),
        ("foo=bar", "expected one of username"),
        ("isSuspended=true", "users suspend"),
        ("roles=staff", "roles assign"),
    ] {
        let refused = program.run(&[&create[..], &[member]].concat()).await;
        assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
    }
    program.run(&[&create[..], &["customData.plan=pro"]].concat()).await.done();
    let refused = program.run(&["users", "update", "ada", "--set", "password=x"]).await;
    assert!(refused.code == 2 && refused.err.contains("--password-stdin"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_show_names_and_dates() {
    let program = Program::new().await;
    let id = program.run(&["organizations", "create", "Acme"]).await.done().json()["id"].clone();
    let client = program.client();
    let role = client.operation("CreateOrganizationRole").unwrap().json(&serde_json::json!({ "name": "editor" }));
    let role = role.await.unwrap()["id"].clone();
    let invitation = serde_json::json!({
        "organizationId": id, "invitee": "ada@example.com", "expiresAt": 4_102_444_800_000_i64,
        "organizationRoleIds": [role], "messagePayload": false,
    });
    client.operation("CreateOrganizationInvitation").unwrap().json(&invitation).await.unwrap();
    let table = program.run(&["organizations", "invitations", "-o", "table"]).await.done();
    for expected in ["Acme", "editor", "2100-01-01T00:00:00Z"] {
        assert!(table.out.contains(expected), "{table:?}");
    }
    let json = program.run(&["organizations", "invitations"]).await.done().json();
    assert!(json[0].get("organization").is_none() && json[0]["organizationId"] == id, "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_are_created_and_revoked() {
    let program = Program::current().await;
    program.run(&["organizations", "create", "Acme"]).await.done();
    program.run(&["organizations", "create", "Other"]).await.done();
    program.run(&["api", "CreateOrganizationRole", "--set", "name=editor"]).await.done();
    let invite = async |arguments: &[&str]| {
        program.run(&[&["organizations", "invitations", "create"], arguments].concat()).await
    };
    let now = logto_admin::Timestamp::now().as_millis();
    let created = invite(&["Acme", "ada@example.com", "--role", "editor"]).await.done().json();
    assert_eq!((&created["status"], &created["organizationRoles"][0]["name"]), (&json!("Pending"), &json!("editor")));
    let day = 24 * 60 * 60 * 1000;
    let lasts = |invitation: &serde_json::Value| (invitation["expiresAt"].as_i64().unwrap() - now) / day;
    assert_eq!(lasts(&created), 7);
    let other = invite(&["Other", "ada@example.com", "--expires-in", "2w"]).await.done().json();
    assert_eq!(lasts(&other), 14);
    for (arguments, code, expected) in [
        (&["Acme", "grace@example.com", "--role", "edtor"][..], 1, "no organization role has the id or name `edtor`"),
        (&["Nowhere", "grace@example.com"], 1, "no organization has the id or name `Nowhere`"),
        (&["Acme", "grace@example.com", "--expires-in", "7"], 2, "such as `12h` or `7d`"),
    ] {
        let refused = invite(arguments).await;
        assert!(refused.code == code && refused.err.contains(expected), "{refused:?}");
    }

    let revoke = async |arguments: &[&str]| {
        program.run(&[&["organizations", "invitations", "revoke"], arguments].concat()).await
    };
    let several = revoke(&["ada@example.com", "--yes"]).await;
    assert!(several.code == 2 && several.err.contains("pass the organization before"), "{several:?}");
    let unconfirmed = revoke(&["ada@example.com", "--organization", "Acme"]).await;
    assert!(unconfirmed.code == 2 && unconfirmed.err.contains("--yes"), "{unconfirmed:?}");
    // An organization is an argument, as with other commands, or an option.
    for list in [&["Acme"][..], &["--organization", "Acme"]] {
        let listed = program.run(&[&["organizations", "invitations"], list].concat()).await.done().json();
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["id"]), (1, &created["id"]));
    }
    let both = revoke(&["Acme", "ada@example.com", "--organization", "Acme"]).await;
    assert!(both.code == 2 && both.err.contains("cannot be used with"), "{both:?}");
    let missing = invite(&["ada@example.com"]).await;
    assert!(missing.code == 2 && missing.err.contains("missing the organization"), "{missing:?}");
    invite(&["alan@example.com", "--organization", "Acme"]).await.done();
    revoke(&["Acme", "alan@example.com", "--yes"]).await.done();
    revoke(&["Ada@example.com", "--organization", "Acme", "--yes"]).await.done();
    revoke(&[other["id"].as_str().unwrap(), "--yes"]).await.done();
    let listed = program.run(&["organizations", "invitations"]).await.done().json();
    assert!(listed.as_array().unwrap().iter().all(|invitation| invitation["status"] == "Revoked"), "{listed}");
    let gone = revoke(&["ada@example.com", "--yes"]).await;
    assert!(gone.code == 1 && gone.err.contains("no pending invitation"), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_email_of_an_invitation_has_a_link() {
    let program = Program::current().await;
    program.run(&["organizations", "create", "Acme"]).await.done();
    let invite = ["organizations", "invitations", "create", "Acme", "ada@example.com"];
    program.run(&invite).await.done();
    assert!(program.emulator.messages().is_empty());
    let connector = json!({ "connectorId": "http-email", "config": { "endpoint": "https://example.com/emails" } });
    program.run(&["api", "CreateConnector", "--body", &connector.to_string()]).await.done();
    let mut invite = invite;
    invite[4] = "grace@example.com";
    program.run(&[&invite[..], &["--email-link", "https://example.com/join"]].concat()).await.done();
    assert_eq!(program.emulator.messages()[0].payload["link"], "https://example.com/join");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_as_json_has_the_members_of_the_api() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let users = program.run(&["users", "list"]).await.done().json();
    assert!(users[0].get("created").is_none() && users[0]["createdAt"].is_i64(), "{users}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_is_named_twice_does_not_keep_the_others() {
    let program = Program::new().await;
    for name in ["ada", "grace"] {
        let email = format!("{name}@example.com");
        program.run(&["users", "create", "--username", name, "--email", &email]).await.done();
    }
    let suspended = program.run(&["users", "suspend", "ada", "ada", "ada@example.com"]).await.done();
    assert_eq!(suspended.err, "suspended ada\n");
    let unknown = program.run(&["users", "suspend", "ada", "nobody", "nobody"]).await;
    assert!(unknown.code == 4 && unknown.err.matches("nobody").count() == 1, "{unknown:?}");
    let deleted = program.run(&["users", "delete", "ada", "ada@example.com", "ada", "grace", "--yes"]).await.done();
    assert_eq!(deleted.err, "deleted ada\ndeleted grace\n");
    assert_eq!(program.run(&["users", "list"]).await.done().json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_of_an_unknown_user_are_an_error() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    program.run(&["logs", "list", "--user", "ada"]).await.done();
    let unknown = program.run(&["logs", "list", "--user", "grace"]).await;
    assert!(unknown.code == 1 && unknown.err.contains("`grace`"), "{unknown:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_tail_prints_new_entries_below_one_header_until_an_interrupt() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let program = Program::new().await;
    program.run(&["users", "list"]).await.done();
    let mut command = program.command(&["logs", "tail", "--interval", "1", "-o", "table"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The header comes when the earlier entries are known.
    let (header, mut lines) =
        tokio::task::spawn_blocking(move || (lines.next().unwrap().unwrap(), lines)).await.unwrap();
    assert!(header.starts_with("TIME"), "{header}");
    program.run(&["users", "list"]).await.done();
    let entry = tokio::task::spawn_blocking(move || lines.next().unwrap().unwrap()).await.unwrap();
    assert_eq!(entry.find("ExchangeTokenBy"), header.find("KEY"), "{header}\n{entry}");
    crate::interrupt::interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shell_has_completions() {
    let program = Program::new().await;
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = program.run(&["completions", shell]).await.done();
        assert!(script.out.contains("logto-admin") && script.out.contains("suspend"), "{shell}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_commands_print_data_and_errors_only() {
    let program = Program::new().await;
    for (user, flags, is_quiet) in [("ada", &[][..], false), ("grace", &["--quiet"], true)] {
        program.run(&["users", "create", "--username", user]).await.done();
        let deleted = program.run(&[&["users", "delete", user, "--yes"][..], flags].concat()).await.done();
        assert_eq!(deleted.err.is_empty(), is_quiet, "{deleted:?}");
    }
    let listed = program.run(&["users", "list", "--quiet"]).await.done();
    assert_eq!(listed.out, "[]\n");
    let unknown = program.run(&["users", "get", "nobody", "--quiet"]).await;
    assert!(unknown.code == 1 && !unknown.err.is_empty(), "{unknown:?}");
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let file = program.file("users.ndjson", "{\"username\":\"ada\"}\n{\"username\":\"grace\"}\n{\"usernme\":\"x\"}\n");
    let import = ["users", "import", &file, "--on-conflict", "fail", "--skip-invalid", "--quiet"];
    let partly = program.run(&import).await;
    let problems: Vec<&str> = partly.err.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!((partly.code, &problems[..]), (4, &["invalid", "failed"][..]), "{partly:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_without_the_other_members_is_partly_done() {
    let program = Program::new().await;
    for name in ["ada", "bob"] {
        program.run(&["users", "create", "--username", name]).await.done();
    }
    let taken = ["users", "update", "ada", "--username", "bob"];
    let refused = program.run(&taken).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    let partly = program.run_with_input(&[&taken[..], &["--password-stdin"]].concat(), "s3cret-Passw0rd").await;
    let message = "error: changed the password, but cannot change the other members: ";
    assert!(partly.code == 4 && partly.err.starts_with(message), "{partly:?}");
    assert_eq!(program.run(&["users", "get", "ada"]).await.done().json()["hasPassword"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_have_roles_for_machines_only() {
    let program = Program::new().await;
    program.run(&["roles", "create", "clerk"]).await.done();
    for (kind, message) in [
        ("MachineToMachine", "the role `clerk` is for users, and not for applications"),
        ("SPA", "only applications of the type MachineToMachine can have roles, and not SPA"),
    ] {
        let refused = program.run(&["applications", "create", "new", "--type", kind, "--role", "clerk"]).await;
        assert!(refused.code == 2 && refused.err.contains(message), "{refused:?}");
    }
    let listed = program.run(&["applications", "list"]).await.done();
    assert!(!listed.out.contains("new"), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_that_runs_the_command_deletes_others_only() {
    let program = Program::new().await;
    let refused = program.run(&["applications", "delete", "emulator-app", "--yes"]).await;
    let message = "the application emulator-app is not deleted: it runs this command";
    assert!(refused.code == 2 && refused.err.contains(message), "{refused:?}");
    program.run(&["applications", "create", "other", "--type", "SPA"]).await.done();
    program.run(&["applications", "delete", "other", "--yes"]).await.done();
}
