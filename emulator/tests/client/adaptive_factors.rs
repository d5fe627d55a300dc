//! Second factors that only unusual sign-ins require.

use std::time::Duration;

use logto_admin::Result;
use logto_admin::models::{CreateUser, HookEvent};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::Post;

use crate::browser::{Browser, PASSWORD};
use crate::connectors::email_connector;
use crate::deliveries;

type Headers = &'static [(&'static str, &'static str)];

const BERLIN: Headers = &[
    ("x-logto-cf-country", "de"),
    ("x-logto-cf-city", "Berlin"),
    ("x-logto-cf-latitude", "52.52"),
    ("x-logto-cf-longitude", "13.41"),
];
const SYDNEY: Headers = &[
    ("x-logto-cf-country", "AU"),
    ("x-logto-cf-latitude", "-33.87"),
    ("x-logto-cf-longitude", "151.21"),
    ("x-logto-cf-bot-score", "12"),
    ("x-logto-cf-bot-verified", "true"),
];

/// An emulator with adaptive factors.
struct Stage(deliveries::Stage);

impl Stage {
    async fn new() -> Result<Self> {
        let stage = deliveries::Stage::new(Some(200));
        let admin = &stage.client;
        email_connector(admin).await?;
        let ada = CreateUser {
            username: Some("ada".into()),
            primary_email: Some("ada@example.com".into()),
            password: Some(PASSWORD.into()),
            ..Default::default()
        };
        admin.users().create(ada).await?;
        let mfa = json!({ "policy": "PromptAtSignInAndSignUpMandatory", "factors": ["EmailVerificationCode"] });
        let settings = json!({
            "mfa": mfa,
            "adaptiveMfa": { "enabled": true },
            "signUp": { "identifiers": [], "password": false, "verify": false },
        });
        admin.operation("UpdateSignInExp")?.json(&settings).await?;
        stage.hook(&[HookEvent::PostSignInAdaptiveMfaTriggered], 0).await?;
        Ok(Self(stage))
    }

    /// Signs in from a place with a password. Returns the browser and the response to the submission.
    async fn sign_in(&self, headers: Headers) -> Result<(Browser, (u16, Value))> {
        let mut browser = Browser::open(&self.0.emulator).await?;
        browser.headers = headers.to_vec();
        browser.start("SignIn", "openid");
        let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
        let id = browser.verify("password", &body);
        browser.call(Post, "/identification", &json!({ "verificationId": id }));
        let outcome = browser.experience(Post, "/submit", &Value::Null);
        Ok((browser, outcome))
    }

    /// Returns the bodies of the webhooks since the last call.
    async fn webhooks(&self) -> Vec<Value> {
        self.0.emulator.deliver().await;
        self.0.bodies()
    }

    /// Signs in, and returns the rules that this triggers.
    async fn triggered(&self, headers: Headers) -> Result<Value> {
        let (_, outcome) = self.sign_in(headers).await?;
        assert_eq!(outcome, (403, json!("session.mfa.require_mfa_verification")));
        let mut received = self.webhooks().await;
        assert_eq!(received.len(), 1, "{received:?}");
        let body = received.remove(0);
        assert_eq!((&body["interactionEvent"], &body["user"]["username"]), (&json!("SignIn"), &json!("ada")));
        assert_eq!(body["adaptiveMfaResult"]["requiresMfa"], true);
        Ok(body["adaptiveMfaResult"]["triggeredRules"].clone())
    }
}

fn names(rules: &Value) -> Vec<&str> {
    rules.as_array().unwrap().iter().filter_map(|rule| rule["rule"].as_str()).collect()
}

#[tokio::test]
async fn a_usual_sign_in_needs_no_factor() -> Result<()> {
    let stage = Stage::new().await?;
    for headers in [&[][..], BERLIN, BERLIN] {
        assert_eq!(stage.sign_in(headers).await?.1.0, 200, "{headers:?}");
    }
    assert_eq!(stage.webhooks().await, [] as [Value; 0]);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_from_another_place_needs_a_factor() -> Result<()> {
    let stage = Stage::new().await?;
    assert_eq!(stage.sign_in(BERLIN).await?.1.0, 200);
    stage.0.emulator.advance(Duration::from_secs(3600));
    let rules = stage.triggered(SYDNEY).await?;
    assert_eq!(names(&rules), ["new_country", "geo_velocity", "untrusted_ip"]);
    let country = &rules[0]["details"];
    assert_eq!((&country["currentCountry"], &country["windowDays"]), (&json!("AU"), &json!(180)));
    assert_eq!(country["recentCountries"][0]["country"], "DE");
    let speed = &rules[1]["details"];
    let kilometres = speed["distanceKm"].as_f64().unwrap();
    assert!((16_000.0..16_200.0).contains(&kilometres), "{kilometres}");
    assert_eq!((&speed["thresholdKmh"], &speed["previous"]["country"]["country"]), (&json!(900), &json!("DE")));
    let signals = json!({ "botScore": 12, "botVerified": true });
    let details = json!({ "signals": signals, "matchedSignals": ["botScore<30", "botVerified"] });
    assert_eq!(rules[2]["details"], details);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_after_a_long_pause_needs_a_factor() -> Result<()> {
    let stage = Stage::new().await?;
    assert_eq!(stage.sign_in(&[]).await?.1.0, 200);
    stage.0.emulator.advance(Duration::from_secs(31 * 86_400));
    let rules = stage.triggered(&[]).await?;
    assert_eq!(names(&rules), ["long_inactivity"]);
    assert_eq!(rules[0]["details"]["inactivityDays"], 31);
    Ok(())
}

#[tokio::test]
async fn a_proven_factor_ends_an_unusual_sign_in_and_the_log_shows_both() -> Result<()> {
    let stage = Stage::new().await?;
    let (mut browser, _) = stage.sign_in(SYDNEY).await?;
    let record = browser.verify("mfa-verification-code", &json!({ "identifierType": "email" }));
    let code = stage.0.emulator.messages().last().unwrap().code().unwrap().to_owned();
    let body = json!({ "identifierType": "email", "verificationId": record, "code": code });
    browser.verify("mfa-verification-code/verify", &body);
    browser.submit();
    let logs = stage.0.client.operation("ListLogs")?.query("logKey", "Interaction.SignIn.Submit").await?;
    let payload = &logs[0]["payload"];
    let place = json!({ "country": "AU", "latitude": -33.87, "longitude": 151.21 });
    let context = json!({ "location": place, "ipRiskSignals": { "botScore": 12, "botVerified": true } });
    assert_eq!((&payload["result"], &payload["adaptiveMfaContext"]), (&json!("Success"), &context));
    assert_eq!(names(&payload["adaptiveMfaResult"]["triggeredRules"]), ["untrusted_ip"]);
    assert_eq!(payload["signInContext"]["botScore"], "12");
    assert_eq!(payload["interaction"]["signInContext"]["country"], "AU");
    Ok(())
}
