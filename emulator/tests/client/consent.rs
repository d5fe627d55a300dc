//! The consent of users to third-party applications.

use logto_admin::Result;
use logto_admin::models::{CreateOrganization, CreateUser};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, location};

const PASSWORD: &str = "violet-anchor-47-kettle";
const CONSENT: &str = "/api/interaction/consent";

/// Creates a user. Returns the id.
async fn ada(emulator: &Emulator) -> Result<String> {
    let ada = CreateUser { username: Some("ada".into()), password: Some(PASSWORD.into()), ..Default::default() };
    Ok(emulator.client()?.users().create(ada).await?.id)
}

/// Signs in to a third-party application, up to the page that asks for the consent.
async fn asked(emulator: &Emulator, scope: &str) -> Result<Browser> {
    let settings = json!({ "name": "Partner", "type": "Traditional", "isThirdParty": true });
    let mut browser = Browser::open_application(emulator, settings).await?;
    browser.start("SignIn", scope);
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    let target = browser.call(Method::Post, "/submit", &Value::Null)["redirectTo"].as_str().unwrap().to_owned();
    let consent = location(&browser.get(&target));
    assert_eq!(consent, "/consent");
    assert_eq!(browser.get(&consent).status, 200, "the page asks the user");
    Ok(browser)
}

/// Calls the API of the page. Returns the status and the body.
fn consent(browser: &mut Browser, method: Method, body: Option<&Value>) -> (u16, Value) {
    let response = browser.send(method, CONSENT, body);
    (response.status, serde_json::from_str(&response.body.text()).unwrap())
}

#[tokio::test]
async fn third_party_applications_need_the_consent_of_the_user() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = asked(&emulator, "openid profile offline_access").await?;
    let (_, shown) = consent(&mut browser, Method::Get, None);
    assert_eq!((&shown["application"]["name"], &shown["user"]["id"]), (&json!("Partner"), &json!(id)));
    assert_eq!(shown["missingOIDCScope"], json!(["profile"]));
    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({})));
    assert!(browser.follow(given["redirectTo"].as_str().unwrap()).contains_key("code"));
    let grants = emulator.client()?.users().list_grants(&id).await?.grants;
    assert_eq!(grants.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_consent_can_be_limited_to_some_organizations() -> Result<()> {
    let emulator = Emulator::new();
    let (admin, user) = (emulator.client()?, ada(&emulator).await?);
    let mut ids = Vec::new();
    for name in ["engines", "looms", "strangers"] {
        ids.push(admin.organizations().create(CreateOrganization::new(name)).await?.id);
    }
    let [engines, looms, strangers] = ids.as_slice() else { panic!("three organizations") };
    for id in [engines, looms] {
        admin.organizations().add_users(id, [user.clone()]).await?;
    }
    let mut browser = asked(&emulator, "openid urn:logto:scope:organizations").await?;
    let (_, shown) = consent(&mut browser, Method::Get, None);
    assert_eq!(shown["organizations"].as_array().map(Vec::len), Some(2), "{shown}");
    let (status, _) = consent(&mut browser, Method::Post, Some(&json!({ "organizationIds": [strangers] })));
    assert!(status >= 400, "the user is not a member");
    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({ "organizationIds": [engines] })));
    assert!(browser.follow(given["redirectTo"].as_str().unwrap()).contains_key("code"));
    let chosen = admin.applications().list_user_consent_organizations(&browser.application, &user).await?;
    assert_eq!(chosen.iter().map(|one| &one.id).collect::<Vec<_>>(), [engines]);
    Ok(())
}
