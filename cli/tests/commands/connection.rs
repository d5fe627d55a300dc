use std::fs;

use crate::program::{Program, bare, ended};

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_replaces_the_environment() {
    let program = Program::new().await;
    let add = ["profile", "add", "test", "--endpoint", &program.url(), "--app-id", program.emulator.app_id()];
    let added = ended(bare(&add, &program.folder), &format!("{}\n", program.emulator.app_secret())).await.done();
    assert!(
        added.err.contains("saved the profile `test`")
            && added.err.contains("doctor --profile test")
            && !added.err.contains(program.emulator.app_secret())
    );
    let listed = ended(bare(&["users", "list", "--profile", "test"], &program.folder), "").await.done();
    assert_eq!(listed.out, "[]\n");
    let profiles = ended(bare(&["profile", "list"], &program.folder), "").await.done();
    assert_eq!(profiles.json()[0]["secret"], "file");
    assert!(!profiles.out.contains(program.emulator.app_secret()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(program.folder.join("profiles.yaml")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let unconfirmed = ended(bare(&["profile", "remove", "test"], &program.folder), "").await;
    assert!(unconfirmed.code == 2 && unconfirmed.err.contains("--yes"), "{unconfirmed:?}");
    ended(bare(&["profile", "remove", "test", "--yes"], &program.folder), "").await.done();
    let unknown = ended(bare(&["users", "list", "--profile", "test"], &program.folder), "").await;
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("unknown profile `test`"), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_replaced_on_demand() {
    let program = Program::new().await;
    let add = async |tenant: &str, more: &[&str]| {
        let add = ["profile", "add", "test", "--tenant", tenant, "--app-id", "a", "--secret-variable", "SECRET"];
        ended(bare(&[&add[..], more].concat(), &program.folder), "").await
    };
    add("one", &[]).await.done();
    let refused = add("two", &[]).await;
    let expected = "error: \"Replace the profile test?\" needs an answer, and standard input is not a terminal: nothing was \
                    changed\nhint: pass `--yes` to answer with yes\n";
    assert_eq!((refused.code, refused.err.as_str()), (2, expected));
    let saved = || fs::read_to_string(program.folder.join("profiles.yaml")).unwrap();
    assert!(saved().contains("one") && !saved().contains("two"));
    add("two", &["--yes"]).await.done();
    assert!(saved().contains("two"));
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_about_a_profile_name_the_flags_that_answer_them() {
    let program = Program::new().await;
    let tenant = ["--tenant", "t"];
    for (arguments, hint) in [
        (&[][..], "hint: pass --endpoint or --tenant\n"),
        (&tenant, "hint: pass --app-id\n"),
        (&["--tenant", "t", "--app-id", "a"], "or pass --secret-variable or --secret-command\n"),
    ] {
        let refused = ended(bare(&[&["profile", "add"], arguments].concat(), &program.folder), "").await;
        assert!(refused.code == 2 && refused.err.contains(": nothing was saved\nhint: "), "{refused:?}");
        assert!(refused.err.ends_with(hint) && !program.folder.join("profiles.yaml").exists(), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_a_name_and_a_secret_of_one_line() {
    let program = Program::new().await;
    let server = ["--tenant", "t", "--app-id", "a"];
    for (arguments, input, message) in [
        (&["", "--secret-variable", "SECRET"][..], "", "a value is required for '[NAME]'"),
        (&["p", "--secret-variable", ""], "", "a value is required for '--secret-variable <NAME>'"),
        (&["p", "--secret-command", ""], "", "a value is required for '--secret-command <COMMAND>'"),
        (
            &["p", "--app-secret", "b", "--secret-variable", "SECRET"],
            "",
            "error: --secret-variable cannot be used with --app-secret\n",
        ),
        (
            &["p", "--secret-command", "pass x", "--app-secret", "b"],
            "",
            "error: --secret-command cannot be used with --app-secret\n",
        ),
        (&["p"], "two\nlines\n", "standard input has several lines, and a secret has one"),
    ] {
        let add = [&["profile", "add"], arguments, &server[..]].concat();
        let refused = ended(bare(&add, &program.folder), input).await;
        assert!(refused.code == 2 && refused.err.contains(message), "{refused:?}");
        assert!(!program.folder.join("profiles.yaml").exists(), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_option_that_selects_a_profile_does_not_name_a_new_one() {
    let program = Program::new().await;
    let add = ["profile", "add", "--profile", "p", "--tenant", "t", "--app-id", "a", "--secret-variable", "SECRET"];
    let refused = ended(bare(&add, &program.folder), "").await;
    assert!(refused.code == 2 && refused.err.contains("hint: write `logto-admin profile add p`"), "{refused:?}");
    assert!(!program.folder.join("profiles.yaml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_that_are_added_at_the_same_time_are_all_kept() {
    let program = Program::new().await;
    let names: Vec<String> = (0..8).map(|number| format!("profile{number}")).collect();
    let added: Vec<_> = names
        .iter()
        .map(|name| {
            let add = ["profile", "add", name, "--tenant", "t", "--app-id", "a", "--secret-variable", "SECRET"];
            tokio::spawn(ended(bare(&add, &program.folder), ""))
        })
        .collect();
    for added in added {
        added.await.unwrap().done();
    }
    let listed = ended(bare(&["profile", "list"], &program.folder), "").await.done().json();
    let listed: Vec<&str> = listed.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(listed, names);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn profiles_behind_a_link_are_written_to_its_target() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let program = Program::new().await;
    let target = program.folder.join("dotfiles/profiles.yaml");
    fs::create_dir(program.folder.join("dotfiles")).unwrap();
    symlink("dotfiles/profiles.yaml", program.folder.join("profiles.yaml")).unwrap();
    // The target does not exist, and then it does.
    for name in ["one", "two"] {
        let add = ["profile", "add", name, "--tenant", "t", "--app-id", "a", "--app-secret", "s"];
        ended(bare(&add, &program.folder), "").await.done();
        assert!(fs::read_to_string(&target).unwrap().contains(name));
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(fs::symlink_metadata(program.folder.join("profiles.yaml")).unwrap().is_symlink());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_gets_its_secret_from_a_variable_or_a_command() {
    let program = Program::new().await;
    let (url, id, secret) =
        (program.url(), program.emulator.app_id().to_owned(), program.emulator.app_secret().to_owned());
    let server = ["--endpoint", &url, "--app-id", &id];
    let command = format!("echo {secret}");
    for (name, source) in
        [("variable", ["--secret-variable", "MY_SECRET"]), ("command", ["--secret-command", &command])]
    {
        let add = [&["profile", "add", name], &server[..], &source[..]].concat();
        ended(bare(&add, &program.folder), "").await.done();
        let mut list = bare(&["users", "list", "--profile", name], &program.folder);
        list.env("MY_SECRET", &secret);
        ended(list, "").await.done();
    }
    let failing = [&["profile", "add", "failing", "--secret-command", "echo locked >&2; exit 1"], &server[..]].concat();
    ended(bare(&failing, &program.folder), "").await.done();
    let failed = ended(bare(&["users", "list", "--profile", "failing"], &program.folder), "").await;
    assert!(failed.code == 2 && failed.err.starts_with("locked\n") && !failed.err.contains("echo"), "{failed:?}");
    let unset = ended(bare(&["users", "list", "--profile", "variable"], &program.folder), "").await;
    assert!(unset.code == 2 && unset.err.contains("MY_SECRET of the profile is not set"), "{unset:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_not_utf_8_is_an_error_with_its_name() {
    use std::os::unix::ffi::OsStrExt;
    let invalid = std::ffi::OsStr::from_bytes(b"\xff");
    let program = Program::new().await;
    let add = ["profile", "add", "test", "--tenant", "t", "--app-id", "a", "--secret-variable", "MY_SECRET"];
    ended(bare(&add, &program.folder), "").await.done();
    for (name, arguments) in [
        ("LOGTO_ENDPOINT", &["users", "list"][..]),
        ("LOGTO_APP_SECRET", &["users", "list"]),
        ("LOGTO_ALLOW_HTTP", &["users", "list"]),
        ("LOGTO_CONFIG", &["profile", "list"]),
        ("MY_SECRET", &["users", "list", "--profile", "test"]),
    ] {
        let mut command = program.command(arguments);
        command.env(name, invalid);
        let refused = ended(command, "").await;
        let expected = format!("error: the value of the environment variable {name} is not valid UTF-8\n");
        assert_eq!((refused.code, &refused.err), (2, &expected));
    }
    // Variables of the connection are ignored with a profile, and a flag overrides one.
    let mut command = program.command(&["users", "list", "--endpoint", &program.url()]);
    command.env("LOGTO_ENDPOINT", invalid);
    ended(command, "").await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_of_a_secret_runs_once() {
    let program = Program::new().await;
    let command = format!("echo run >> runs; echo {}", program.emulator.app_secret());
    let url = program.url();
    let id = program.emulator.app_id();
    let add = ["profile", "add", "test", "--secret-command", &command, "--endpoint", &url, "--app-id", id];
    ended(bare(&add, &program.folder), "").await.done();
    let config = program.folder.join("config");
    fs::create_dir(&config).unwrap();
    fs::write(config.join("roles.yaml"), "- name: staff\n  description: Staff\n").unwrap();
    let apply = ["config", "apply", "config", "--prune", "--yes", "--profile", "test"];
    ended(bare(&apply, &program.folder), "").await.done();
    assert_eq!(fs::read_to_string(program.folder.join("runs")).unwrap(), "run\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_what_is_wrong() {
    let program = Program::new().await;
    let healthy = program.run(&["doctor"]).await.done();
    let checks: Vec<String> =
        healthy.json().as_array().unwrap().iter().map(|line| line["check"].as_str().unwrap().to_owned()).collect();
    let expected = ["settings", "network", "clock", "TLS", "token", "scope", "role", "read", "release"];
    assert_eq!(checks, expected, "{healthy:?}");
    assert!(
        healthy.out.contains("granted `all`") && healthy.out.contains("Logto Management API access"),
        "{healthy:?}"
    );

    let wrong_secret = program.run(&["doctor", "--app-secret", "wrong", "-o", "table"]).await;
    assert_eq!(wrong_secret.code, 1);
    assert!(
        wrong_secret.out.contains("FAIL  token") && wrong_secret.out.contains("compare the application secret"),
        "{wrong_secret:?}"
    );
    assert!(!wrong_secret.out.contains('\u{1b}'), "no colours outside of a terminal");
    assert_eq!(wrong_secret.out.matches("invalid_client").count(), 1, "{wrong_secret:?}");

    let listed = program.run(&["users", "list", "--app-secret", "wrong"]).await;
    assert!(listed.code == 1 && listed.err.contains("\nhint: compare the application secret"), "{listed:?}");

    let wrong_resource = program.run(&["doctor", "--resource", "https://other.example/api"]).await;
    assert!(wrong_resource.out.contains("check the resource"), "{wrong_resource:?}");

    let nowhere = program.run(&["doctor", "--endpoint", "http://127.0.0.1:9"]).await;
    assert!(nowhere.code == 1 && nowhere.out.contains("check that the server is running"), "{nowhere:?}");
    assert!(nowhere.out.contains("server http://127.0.0.1:9: cannot connect: "), "{nowhere:?}");
    let failed = program.run(&["users", "list", "--endpoint", "http://127.0.0.1:9"]).await;
    assert!(failed.err.contains(": server http://127.0.0.1:9: cannot connect: "), "{failed:?}");

    let nothing = ended(bare(&["doctor"], &program.folder), "").await;
    assert!(nothing.code == 1 && nothing.out.contains("LOGTO_APP_ID"), "{nothing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_has_advice_about_wrong_settings_and_ends_with_1() {
    let program = Program::new().await;
    let (url, id) = (program.url(), program.emulator.app_id());
    let add = ["profile", "add", "unset", "--endpoint", &url, "--app-id", id, "--secret-variable", "UNSET"];
    ended(bare(&add, &program.folder), "").await.done();
    for (arguments, advice) in [
        (&["--endpoint", &format!("{url}/console")][..], "correct the flags"),
        (&["--endpoint", "id.example.com"], "correct the flags"),
        (&["--endpoint", "http://id.example.com"], "use https"),
        (&["--profile", "unset"], "set the variable"),
        (&["--profile", "unknown"], "correct the flags"),
    ] {
        let examined = program.run(&[&["doctor"], arguments].concat()).await;
        let finding = &examined.json()[0];
        assert_eq!((examined.code, &finding["check"], &finding["result"]), (1, &"settings".into(), &"error".into()));
        assert!(finding["advice"].as_str().is_some_and(|text| text.contains(advice)), "{arguments:?}: {examined:?}");
    }
}

/// A server that fails, in a way that has no hint of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_has_advice_about_every_failure() {
    let (url, server) = crate::scripted_server::answering(|request| {
        let answer = match request.starts_with(b"GET /api/status") {
            true => "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
            false => "HTTP/1.1 418 Teapot\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        };
        answer.to_owned()
    })
    .await;
    let program = Program::new().await;
    let examined = program.run(&["doctor", "--endpoint", &url]).await;
    server.abort();
    let findings = examined.json();
    let last = findings.as_array().unwrap().last().unwrap();
    assert_eq!((examined.code, &last["check"], &last["result"]), (1, &"token".into(), &"error".into()), "{examined:?}");
    assert!(last["advice"].is_string(), "{examined:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_an_application_of_another_type() {
    for (status, code, description) in [
        (400, "invalid_redirect_uri", "redirect_uris must contain members"),
        (400, "unauthorized_client", "requested grant type is not allowed for this client"),
        (400, "invalid_client", "invalid client web"),
        (401, "invalid_client", "client authentication failed"),
    ] {
        let (url, server) = crate::scripted_server::answering(move |request| {
            let body = format!(r#"{{"error":"{code}","error_description":"{description}"}}"#);
            match request.starts_with(b"GET /api/status") {
                true => "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned(),
                false => format!(
                    "HTTP/1.1 {status} Refused\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: \
                     close\r\n\r\n{body}",
                    body.len()
                ),
            }
        })
        .await;
        let program = Program::new().await;
        let examined = program.run(&["doctor", "--endpoint", &url]).await;
        server.abort();
        let findings = examined.json();
        let token = findings.as_array().unwrap().iter().find(|line| line["check"] == "token").unwrap();
        assert!(token["advice"].as_str().is_some_and(|advice| advice.contains("machine-to-machine")), "{token}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_an_application_without_a_role() {
    let program = Program::new().await;
    let created = program.run(&["apps", "create", "Job", "--type", "MachineToMachine"]).await.done().json();
    let text = |member: &str| created[member].as_str().unwrap().to_owned();
    let examined = program.run(&["doctor", "--app-id", &text("id"), "--app-secret", &text("secret")]).await;
    let results: Vec<(String, String)> = examined
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["check"].as_str().unwrap().to_owned(), line["result"].as_str().unwrap().to_owned()))
        .collect();
    let wrong: Vec<&str> =
        results.iter().filter(|(_, result)| result == "error").map(|(check, _)| check.as_str()).collect();
    // The call about the role fails for the same reason.
    assert_eq!((examined.code, wrong), (1, vec!["scope"]), "{examined:?}");
    assert!(examined.out.contains("granted nothing, and not `all`"), "{examined:?}");
    assert!(examined.out.contains("assign the role") && !examined.out.contains("LOGTO_RESOURCE"), "{examined:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_the_variable_of_a_wrong_resource() {
    let program = Program::new().await;
    let other = "https://orders.example.com";
    let unknown = program.run(&["doctor", "--resource", other]).await;
    assert!(unknown.code == 1 && unknown.out.contains("LOGTO_RESOURCE"), "{unknown:?}");
    program
        .run(&["api", "CreateResource", "--set", "name=Orders", "--set", &format!("indicator={other}")])
        .await
        .done();
    let mut doctor = program.command(&["doctor"]);
    doctor.env("LOGTO_RESOURCE", other);
    let examined = ended(doctor, "").await;
    let findings = examined.json();
    let wrong: Vec<_> = findings.as_array().unwrap().iter().filter(|line| line["result"] == "error").collect();
    assert_eq!((examined.code, wrong.len(), &wrong[0]["check"]), (1, 1, &"scope".into()), "{examined:?}");
    let expected = format!("or correct the resource {other}: LOGTO_RESOURCE");
    assert!(wrong[0]["advice"].as_str().unwrap().contains(&expected), "{examined:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verbose_reports_each_request_without_secrets() {
    let program = Program::new().await;
    let quiet = program.run(&["users", "list"]).await.done();
    assert_eq!(quiet.err, "");
    for flag in ["-v", "-vv"] {
        let reported = program.run(&["users", "list", "ada@example.com", flag]).await.done();
        let millis = |line: &str, start: &str| line.strip_prefix(start)?.strip_suffix(" ms")?.parse::<u64>().ok();
        let requests: Vec<&str> = reported.err.lines().filter(|line| line.ends_with(" ms")).collect();
        let [token, users] = requests[..] else { panic!("{reported:?}") };
        assert!(millis(token, "POST /oidc/token 200 ").is_some(), "{reported:?}");
        assert!(millis(users, "GET /api/users 200 ").is_some(), "{reported:?}");
        let is_detailed = flag == "-vv";
        assert_eq!(reported.err.contains("status_code=200"), is_detailed, "{reported:?}");
        assert_eq!(reported.err.lines().count() > requests.len(), is_detailed, "{reported:?}");
        for hidden in [program.emulator.app_secret(), "ada", "Bearer", "\u{1b}"] {
            assert!(!reported.err.contains(hidden), "{hidden:?}: {reported:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_allowed_by_the_flag_or_the_variable() {
    let program = Program::new().await;
    let call = ["api", "ListUsers", "--dry-run", "--endpoint", "http://logto.internal"];
    let refused = program.run(&call).await;
    assert!(refused.code == 2 && refused.err.contains("plain http"), "{refused:?}");
    let flag = program.run(&[&call[..], &["--allow-http"]].concat()).await.done();
    let mut command = program.command(&call);
    command.env("LOGTO_ALLOW_HTTP", "1");
    for shown in [flag, ended(command, "").await.done()] {
        assert!(shown.out.starts_with("GET http://logto.internal/api/users"), "{shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_with_an_invalid_server_is_not_saved() {
    let program = Program::new().await;
    for (endpoint, expected) in [("not-a-url", "not-a-url"), ("http://id.example.com", "--allow-http")] {
        let add = ["profile", "add", "--endpoint", endpoint, "--app-id", "a", "--secret-variable", "SECRET"];
        let refused = ended(bare(&add, &program.folder), "").await;
        assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
        assert!(!program.folder.join("profiles.yaml").exists());
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_secrets_that_others_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new().await;
    let file = program.folder.join("profiles.yaml");
    let (id, secret) = (program.emulator.app_id(), program.emulator.app_secret());
    let text = format!("default:\n  endpoint: '{}'\n  appId: '{id}'\n  appSecret: '{secret}'\n", program.url());
    fs::write(&file, text).unwrap();
    for (mode, is_warned) in [(0o644, true), (0o600, false)] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let listed = ended(bare(&["users", "list"], &program.folder), "").await.done();
        assert_eq!(listed.err.contains("use mode 600"), is_warned, "{listed:?}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_profiles_has_an_end() {
    let program = Program::new().await;
    let mut list = bare(&["profile", "list"], &program.folder);
    list.env("LOGTO_CONFIG", "/dev/zero");
    let refused = ended(list, "").await;
    let message = "error: cannot read /dev/zero: the file is too large for one with profiles\n";
    assert_eq!((refused.code, refused.err.as_str()), (2, message));
}
