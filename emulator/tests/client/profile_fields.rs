use logto_admin::Result;
use logto_admin::models::{
    CreateCustomProfileField, CustomProfileField, CustomProfileFieldConfig, CustomProfileFieldOrder,
    CustomProfileFieldType, UpdateCustomProfileField, UpdateCustomProfileFieldsSieOrder,
};

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{self, Post, Put};

use crate::{client, refused};

fn text(name: &str) -> CreateCustomProfileField {
    CreateCustomProfileField::new(name, CustomProfileFieldType::Text, false)
}

fn names(fields: &[CustomProfileField]) -> Vec<&str> {
    fields.iter().map(|field| field.name.as_str()).collect()
}

#[tokio::test]
async fn profile_fields_are_stored_in_order() -> Result<()> {
    let client = client();
    let fields = client.custom_profile_fields();
    let first = fields.create(text("company")).await?;
    assert_eq!((first.label.as_str(), first.sie_order), ("", 1));
    let batch = fields.create_batch(vec![text("seats"), text("color")]).await?;
    assert_eq!(batch.iter().map(|field| field.sie_order).collect::<Vec<_>>(), [2, 3]);

    let order = vec![CustomProfileFieldOrder::new("color", 1), CustomProfileFieldOrder::new("company", 3)];
    let reordered = fields.update_sie_order(UpdateCustomProfileFieldsSieOrder::new(order)).await?;
    assert_eq!(names(&reordered), ["color", "company"]);
    assert_eq!(names(&fields.list().await?), ["color", "seats", "company"]);

    let change = UpdateCustomProfileField {
        label: Some("Employer".into()),
        ..UpdateCustomProfileField::new(CustomProfileFieldType::Number, true)
    };
    fields.update("company", change).await?;
    let shown = fields.get("company").await?;
    assert_eq!((shown.id, shown.label.as_str(), shown.required), (first.id, "Employer", true));
    let shown = client.operation("GetSignInExperienceConfig")?.await?;
    assert_eq!(shown["customProfileFields"][2]["label"], "Employer");
    fields.delete("company").await?;
    assert_eq!(names(&fields.list().await?), ["color", "seats"]);
    Ok(())
}

#[tokio::test]
async fn names_of_profile_fields_follow_rules() -> Result<()> {
    let client = client();
    let fields = client.custom_profile_fields();
    fields.create(text("company")).await?;
    assert_eq!(refused(fields.create(text("company")).await), (422, "custom_profile_fields.name_exists".into()));
    assert_eq!(refused(fields.create(text("bad name")).await), (400, "custom_profile_fields.invalid_name".into()));
    let reserved = (400, "custom_profile_fields.name_conflict_sign_in_identifier".to_owned());
    assert_eq!(refused(fields.create(text("primaryEmail")).await), reserved);
    Ok(())
}

#[tokio::test]
async fn a_batch_of_profile_fields_is_created_completely_or_not_at_all() -> Result<()> {
    let client = client();
    let fields = client.custom_profile_fields();
    let repeated = fields.create_batch(vec![text("a"), text("a")]).await;
    assert_eq!(refused(repeated), (422, "custom_profile_fields.name_exists".into()));
    assert!(fields.list().await?.is_empty());
    assert!(fields.create_batch(Vec::new()).await?.is_empty());
    let many = (0..21).map(|number| text(&format!("field{number}"))).collect::<Vec<_>>();
    assert_eq!(refused(fields.create_batch(many).await), (400, "guard.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn settings_of_profile_fields_are_checked() {
    let client = client();
    let config = CustomProfileFieldConfig { min_length: Some(5), max_length: Some(1), ..Default::default() };
    let crossed = CreateCustomProfileField { config: Some(config), ..text("company") };
    let refusal = (400, "custom_profile_fields.invalid_min_max_input".to_owned());
    assert_eq!(refused(client.custom_profile_fields().create(crossed).await), refusal);
    for (name, code) in [("preferredUsername", "built_in_prop"), ("guideRequests", "custom_data")] {
        let reserved = (400, format!("custom_profile_fields.name_conflict_{code}"));
        assert_eq!(refused(client.custom_profile_fields().create(text(name)).await), reserved);
    }
}

#[tokio::test]
async fn changes_of_profile_fields_are_checked_strictly() -> Result<()> {
    let client = client();
    let set = async |method: Method, kind: &str, config: Value| -> Result<Value> {
        let mut field = json!({ "name": kind, "type": kind, "required": false });
        if !config.is_null() {
            field["config"] = config;
        }
        let path = if method == Put {
            format!("/api/custom-profile-fields/{kind}")
        } else {
            "/api/custom-profile-fields".into()
        };
        client.request(method, &path).json(&field).await
    };
    let part = |kind: &str| json!({ "parts": [{ "enabled": true, "name": "country", "type": kind, "required": false, "config": { "options": [] } }] });
    for (kind, config, code) in [
        ("Select", json!({ "options": [] }), "invalid_options"),
        ("Regex", json!({ "format": "(" }), "invalid_regex_format"),
        ("Checkbox", Value::Null, "invalid_default_value"),
        ("Address", part("Select"), "invalid_options"),
    ] {
        set(Post, kind, config.clone()).await?;
        assert_eq!(refused(set(Put, kind, config).await), (400, format!("custom_profile_fields.{code}")), "{kind}");
    }
    set(Put, "Regex", json!({ "format": "^[A-Z]{3}$" })).await?;
    let nested = set(Put, "Address", part("Fullname")).await;
    assert_eq!(refused(nested), (400, "custom_profile_fields.invalid_sub_component_type".into()));
    let twice = json!({ "order": [{ "name": "Regex", "sieOrder": 1 }, { "name": "Regex", "sieOrder": 2 }] });
    let path = "/api/custom-profile-fields/properties/sie-order";
    let repeated = client.request(Post, path).json(&twice).await;
    assert_eq!(refused(repeated), (400, "request.invalid_input".into()));
    let nothing = client.request(Post, path).json(&json!({ "order": [] })).await;
    assert_eq!(refused(nothing), (422, "entity.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn unknown_profile_fields_are_not_found() {
    let client = client();
    let fields = client.custom_profile_fields();
    assert_eq!(refused(fields.get("nope").await), (404, "entity.not_found".into()));
    let change = UpdateCustomProfileField::new(CustomProfileFieldType::Text, false);
    assert_eq!(refused(fields.update("nope", change).await), (404, "entity.not_exists".into()));
    assert_eq!(refused(fields.delete("nope").await), (404, "entity.not_found".into()));
    let order = UpdateCustomProfileFieldsSieOrder::new(vec![CustomProfileFieldOrder::new("nope", 1)]);
    let unknown = (400, "custom_profile_fields.entity_not_exists_with_names".to_owned());
    assert_eq!(refused(fields.update_sie_order(order).await), unknown);
}
