//! Servers with a private authority, or with another scheme than their URL.

use logto_admin_test_server::{Answer, Authority, Script, TestServer, Tls};

use crate::program::{Program, ended};

const HINT: &str =
    "check the certificate; to trust a private authority, pass `--ca-bundle FILE` or set LOGTO_CA_BUNDLE";

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_trusted_by_the_flag_the_variable_or_the_profile() {
    let program = Program::new().await;
    let authority = Authority::new();
    let server = TestServer::start_tls(&authority, Tls::default()).await;
    let session = server.session(Script::default());
    let list = ["users", "list", "--endpoint", session.url()];
    let bundle = program.file("ca.pem", &authority.pem());

    let untrusted = program.run(&list).await;
    assert!(untrusted.code == 1 && untrusted.err.ends_with(&format!("\nhint: {HINT}\n")), "{untrusted:?}");
    let start = format!(": server {}: the server certificate is not trusted", server.url());
    assert!(untrusted.err.contains(&start) && !untrusted.err.contains("ReqwestTransport"), "{untrusted:?}");
    assert!(session.seen().is_empty());

    program.run(&[&list[..], &["--ca-bundle", "ca.pem"]].concat()).await.done();
    let mut command = program.command(&list);
    command.env("LOGTO_CA_BUNDLE", &bundle);
    ended(command, "").await.done();
    let add = ["profile", "add", "own", "--endpoint", session.url(), "--app-id", "a", "--app-secret", "s"];
    program.run(&[&add[..], &["--ca-bundle", "ca.pem"]].concat()).await.done();
    let mut command = program.command(&["users", "list", "--profile", "own"]);
    // The path of the profile does not depend on the folder.
    command.current_dir("/");
    ended(command, "").await.done();
    assert_eq!(session.api_calls().len(), 3);

    // The authorities of the system are not trusted, either.
    let other = program.file("other.pem", &Authority::new().pem());
    let mut command = program.command(&[&list[..], &["--ca-bundle", &other]].concat());
    command.env("SSL_CERT_FILE", &bundle);
    let untrusted = ended(command, "").await;
    assert!(untrusted.code == 1 && untrusted.err.contains(HINT), "{untrusted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_cannot_be_used_is_named() {
    let program = Program::new().await;
    let empty = program.file("empty.pem", "");
    for (bundle, expected) in [
        ("missing.pem", "error: cannot read the CA bundle missing.pem: "),
        (&empty, &format!("error: {empty}: the CA bundle contains no certificate: ")),
    ] {
        let refused = program.run(&["users", "list", "--ca-bundle", bundle]).await;
        assert!(refused.code == 2 && refused.err.starts_with(expected), "{refused:?}");
    }
}

/// Elsewhere, the system itself verifies certificates, and has no variables.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_certificates_of_the_system_can_be_replaced_by_a_variable() {
    let program = Program::new().await;
    let authority = Authority::new();
    let server = TestServer::start_tls(&authority, Tls::default()).await;
    let session = server.session(Script::default());
    let list = |file: &str| {
        let mut command = program.command(&["users", "list", "--endpoint", session.url()]);
        command.env("SSL_CERT_FILE", file);
        ended(command, "")
    };
    list(&program.file("ca.pem", &authority.pem())).await.done();
    let lacking = list("/nowhere").await;
    assert!(lacking.code == 1 && lacking.err.contains("or set a bundle with `--ca-bundle FILE`"), "{lacking:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_an_untrusted_certificate() {
    let program = Program::new().await;
    let server = TestServer::start_tls(&Authority::new(), Tls::default()).await;
    let examined = program.run(&["doctor", "--endpoint", server.url()]).await;
    let network = &examined.json()[1];
    assert_eq!((examined.code, &network["check"], &network["advice"]), (1, &"network".into(), &HINT.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_the_other_scheme() {
    let program = Program::new().await;
    let authority = Authority::new();
    let server = TestServer::start_tls(&authority, Tls::default()).await;
    let session = server.session(Script { api: vec![Answer::status(204)], ..Script::default() });
    let bundle = program.file("ca.pem", &authority.pem());
    let (tls, plain) = (session.url(), program.url());
    let swapped = |url: &str| match url.strip_prefix("https") {
        Some(rest) => format!("http{rest}"),
        None => url.replacen("http", "https", 1),
    };
    let uses_tls = format!("write {tls}: the server uses TLS on this port");
    for (url, more, advice) in [
        (swapped(tls), &["--ca-bundle", &bundle][..], uses_tls.clone()),
        // The certificate is not trusted, but it is one.
        (swapped(tls), &[], uses_tls),
        (swapped(&plain), &[], format!("write {plain}: the server does not use TLS on this port")),
    ] {
        let examined = program.run(&[&["doctor", "--endpoint", &url], more].concat()).await;
        let findings = examined.json();
        let network = findings.as_array().unwrap().iter().find(|finding| finding["check"] == "network").unwrap();
        assert_eq!((examined.code, &network["advice"]), (1, &advice.into()), "{examined:?}");
    }
    assert!(session.token_calls().is_empty());
}
