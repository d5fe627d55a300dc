use logto_admin::Result;
use logto_admin::models::StringOrObject;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin_emulator::Emulator;

use crate::{client, refused};

#[tokio::test]
async fn phrases_of_a_language_are_replaced_as_a_whole() -> Result<()> {
    let client = client();
    let first = json!({ "action": { "sign_in": "Entrar" }, "input": { "username": "Utilizador" } });
    let created = client.custom_phrases().replace("pt-BR", object(&first)).await?;
    let second = json!({ "action": { "sign_in": "Iniciar", "create": "" }, "mfa": { "totp": "" } });
    let replaced = client.custom_phrases().replace("pt-BR", object(&second)).await?;
    assert_eq!(replaced.id, created.id);
    let kept = client.custom_phrases().get("pt-BR").await?.translation;
    assert_eq!(Value::Object(kept), json!({ "action": { "sign_in": "Iniciar" } }), "empty phrases are dropped");
    Ok(())
}

fn object(value: &Value) -> logto_admin::serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[tokio::test]
async fn phrases_are_listed_by_language() -> Result<()> {
    let client = client();
    for language in ["pt-BR", "en", "de"] {
        client.custom_phrases().replace(language, object(&json!({}))).await?;
    }
    let listed = client.custom_phrases().list().await?;
    assert_eq!(listed.iter().map(|phrases| phrases.language_tag.as_str()).collect::<Vec<_>>(), ["de", "en", "pt-BR"]);
    Ok(())
}

#[tokio::test]
async fn phrases_must_have_known_keys_and_a_known_language() {
    let client = client();
    let unknown = client.custom_phrases().replace("de", object(&json!({ "nope": { "x": "y" } }))).await;
    assert_eq!(refused(unknown), (422, "localization.invalid_translation_structure".into()));
    let shallow = client.custom_phrases().replace("de", object(&json!({ "action": "Anmelden" }))).await;
    assert_eq!(refused(shallow), (422, "localization.invalid_translation_structure".into()));
    let number = client.custom_phrases().replace("de", object(&json!({ "action": { "sign_in": 5 } }))).await;
    assert_eq!(refused(number), (400, "guard.invalid_input".into()));
    let language = client.custom_phrases().replace("qq", object(&json!({}))).await;
    assert_eq!(refused(language), (400, "guard.invalid_input".into()));
}

#[tokio::test]
async fn phrases_of_the_default_language_cannot_be_deleted() -> Result<()> {
    let client = client();
    client.custom_phrases().replace("en", object(&json!({}))).await?;
    client.custom_phrases().replace("fr", object(&json!({}))).await?;
    let default = client.custom_phrases().delete("en").await;
    assert_eq!(refused(default), (409, "localization.cannot_delete_default_language".into()));
    let french = json!({ "languageInfo": { "autoDetect": false, "fallbackLanguage": "fr" } });
    client.operation("UpdateSignInExp")?.json(&french).await?;
    let default = client.custom_phrases().delete("fr").await;
    assert_eq!(refused(default), (409, "localization.cannot_delete_default_language".into()));
    client.custom_phrases().delete("en").await?;
    let english = json!({ "languageInfo": { "autoDetect": true, "fallbackLanguage": "en" } });
    client.operation("UpdateSignInExp")?.json(&english).await?;
    client.custom_phrases().delete("fr").await?;
    assert_eq!(refused(client.custom_phrases().delete("fr").await), (404, "entity.not_found".into()));
    assert_eq!(refused(client.custom_phrases().get("fr").await), (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn the_sign_in_experience_shows_custom_phrases() -> Result<()> {
    let client = client();
    let phrases = object(&json!({ "action": { "sign_in": "Anmelden" } }));
    client.custom_phrases().replace("de", phrases).await?;
    let shown = client.well_known().get_sign_in_experience_phrases().language("de").await?;
    let StringOrObject::Object(translation) = &shown["translation"] else { panic!("{shown:?}") };
    assert_eq!(translation["action"]["sign_in"], "Anmelden");
    assert_eq!(translation["action"]["create_account"], "Create account", "all others are English");
    let accepted =
        client.well_known().get_sign_in_experience_phrases().header("accept-language", "xx, de;q=0.5").await?;
    assert!(accepted.contains_key("languageTag"));
    let other = client.well_known().get_sign_in_experience_phrases().language("xx").await?;
    assert_eq!(other.keys().collect::<Vec<_>>(), ["translation"]);
    Ok(())
}

#[tokio::test]
async fn the_language_is_the_best_one_with_phrases() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    client.custom_phrases().replace("sv", object(&json!({}))).await?;
    let language = |query: &str, accepted: &str| {
        let mut request = HttpRequest::new(Method::Get, format!("http://h/api/.well-known/phrases{query}"));
        request.headers.set("accept-language", accepted.to_owned());
        emulator.handle(&request).headers.get("content-language").unwrap().to_owned()
    };
    for (query, accepted, expected) in [
        ("", "xx, de;q=0.5", "de"),
        ("", "fr;q=0.5,DE-at;q=0.8", "de"),
        ("", "pt_AO", "pt-PT"),
        ("", "sv-SE", "sv"),
        ("?lng=xx%20ja", "de", "ja"),
        ("?locale=ja", "de", "ja"),
        ("", "*,x", "en"),
    ] {
        assert_eq!(language(query, accepted), expected, "{query} {accepted}");
    }
    let fixed = json!({ "languageInfo": { "autoDetect": false, "fallbackLanguage": "fr" } });
    client.operation("UpdateSignInExp")?.json(&fixed).await?;
    assert_eq!([language("", "de"), language("?lng=ja", "de")], ["fr", "ja"]);
    Ok(())
}
