use std::time::Duration;

use logto_admin::models::{
    CleanupDomains, CreateDomain, DomainStatus, DomainVerificationFile, DomainVerificationFileType,
    ReplaceDomainVerificationFiles,
};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::{Client, Result};
use logto_admin_emulator::{Emulator, Service};

use crate::{call, client, refused};

fn with_domains() -> Client {
    Emulator::builder().service(Service::Domains).build().client().unwrap()
}

#[tokio::test]
async fn custom_domains_require_their_service() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let missing = (400, "domain.not_configured".to_owned());
    assert_eq!(refused(client.domains().create(CreateDomain::new("auth.example.com")).await), missing);
    assert_eq!(refused(client.domains().delete("nope").await), missing);
    assert_eq!(refused(client.domains().cleanup(CleanupDomains::new(30)).await), missing);
    assert!(client.domains().list().await?.is_empty());
    emulator.configure(Service::Domains);
    assert!(client.domains().create(CreateDomain::new("auth.example.com")).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_domain_waits_for_its_dns_records() -> Result<()> {
    let client = with_domains();
    let waiting = client.domains().create(CreateDomain::new("auth.example.com")).await?;
    assert_eq!((waiting.status, waiting.error_message), (DomainStatus::PendingVerification, None));
    assert_eq!(waiting.dns_records.len(), 1);
    let active = client.domains().create(CreateDomain::new("active.example.com")).await?;
    let listed = client.domains().list().await?;
    assert!(listed[0].error_message.is_some() && listed[0].status == DomainStatus::PendingVerification);
    assert_eq!(client.domains().get(&active.id).await?.status, DomainStatus::Active);
    let again = client.domains().create(CreateDomain::new("auth.example.com")).await;
    assert_eq!(refused(again), (422, "domain.domain_in_use".into()));
    client.domains().delete(&waiting.id).await?;
    assert_eq!(refused(client.domains().get(&waiting.id).await), (404, "entity.not_exists_with_id".into()));
    Ok(())
}

#[tokio::test]
async fn verification_files_belong_to_a_domain() -> Result<()> {
    let emulator = Emulator::builder().service(Service::Domains).build();
    let client = emulator.client()?;
    let id = client.domains().create(CreateDomain::new("auth.example.com")).await?.id;
    assert!(client.domains().get_verification_files(&id).await?.is_empty());
    let file = |path: &str| DomainVerificationFile::new(path, "content", DomainVerificationFileType::TextPlain);
    let files = |paths: &[&str]| ReplaceDomainVerificationFiles::new(paths.iter().map(|path| file(path)).collect());
    client.domains().replace_verification_files(&id, files(&["/verify.txt", "/.well-known/a/b"])).await?;
    assert_eq!(client.domains().get_verification_files(&id).await?.len(), 2);
    let served = |host: &str| {
        let response = emulator.handle(&HttpRequest::new(Method::Get, format!("https://{host}/verify.txt")));
        response.headers.get("content-type").map(str::to_owned)
    };
    assert_eq!(served("auth.example.com").as_deref(), Some("text/plain"));
    assert_eq!(served("other.example.com").as_deref(), Some("text/html; charset=utf-8"), "the sign-in page");
    for bad in ["/nested/file.txt", "verify.txt", "/verify", "/.well-known/", "/.txt", "/a b.txt", "/.well-known/a//b"]
    {
        let result = client.domains().replace_verification_files(&id, files(&[bad])).await;
        assert_eq!(refused(result), (400, "guard.invalid_input".into()), "{bad}");
    }
    let replace = async |files: Value| call(&client, "ReplaceDomainVerificationFiles", &[("id", &id)], files).await;
    let file = |kind: &str, content: &str| json!({ "path": "/a.json", "content": content, "contentType": kind });
    let json = file("application/json", "{}");
    for bad in [
        json!([json.clone(), json.clone()]),
        json!([file("application/json", "no")]),
        json!([file("text/html", "a")]),
        json!([file("text/plain", "")]),
        Value::Array(
            (0..11)
                .map(|number| json!({ "path": format!("/{number}.txt"), "content": "a", "contentType": "text/plain" }))
                .collect(),
        ),
    ] {
        let result = replace(json!({ "verificationFiles": bad })).await;
        assert_eq!(refused(result), (400, "guard.invalid_input".into()), "{bad}");
    }
    replace(json!({ "verificationFiles": [json] })).await?;
    let unknown = client.domains().get_verification_files("nope").await;
    assert_eq!(refused(unknown), (404, "entity.not_exists_with_id".into()));
    Ok(())
}

#[tokio::test]
async fn stale_domains_are_cleaned_up() -> Result<()> {
    let emulator = Emulator::builder().service(Service::Domains).build();
    let client = emulator.client()?;
    for domain in ["auth.example.com", "active.example.com"] {
        client.domains().create(CreateDomain::new(domain)).await?;
    }
    emulator.advance(Duration::from_secs(31 * 86_400));
    for domain in ["new.example.com", "active.new.example.com"] {
        client.domains().create(CreateDomain::new(domain)).await?;
    }
    let counts = client.domains().cleanup(CleanupDomains::new(30)).await?;
    assert_eq!((counts.scanned_count, counts.deleted_count, counts.skipped_active_count), (4, 1, 2));
    assert_eq!(client.domains().list().await?.len(), 3);
    for days in [json!(0), json!(1.5)] {
        let result = call(&client, "CleanupDomains", &[], json!({ "staleDays": days })).await;
        assert_eq!(refused(result), (400, "guard.invalid_input".into()), "{days}");
    }
    Ok(())
}

#[tokio::test]
async fn the_domain_of_protected_applications_requires_their_service() -> Result<()> {
    let refusal = refused(client().systems().get_application_config().await);
    assert_eq!(refusal, (501, "application.protected_app_not_configured".into()));
    let client = Emulator::builder().service(Service::ProtectedApps).build().client()?;
    let config = client.systems().get_application_config().await?;
    assert_eq!(config.protected_apps.default_domain, "protected.example");
    client.status().get().await?;
    Ok(())
}
