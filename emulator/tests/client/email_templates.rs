use logto_admin::models::{
    EmailTemplateDetails, ReplaceEmailTemplate, ReplaceEmailTemplates, TemplateType, UpdateEmailTemplateDetails,
};
use logto_admin::{Client, Result};

use crate::{client, refused};

fn template(language: &str, kind: TemplateType, subject: &str) -> ReplaceEmailTemplate {
    ReplaceEmailTemplate::new(language, kind, EmailTemplateDetails::new(subject, "{{code}}"))
}

async fn filled() -> Result<Client> {
    let client = client();
    let templates = vec![
        template("en", TemplateType::SignIn, "Sign in"),
        template("de", TemplateType::SignIn, "Anmelden"),
        template("en", TemplateType::Generic, "Code"),
    ];
    client.email_templates().replace(ReplaceEmailTemplates::new(templates)).await?;
    Ok(client)
}

#[tokio::test]
async fn there_is_one_email_template_for_each_language_and_type() -> Result<()> {
    let client = filled().await?;
    let all = client.email_templates().list().await?;
    let places = all.iter().map(|template| (template.language_tag.as_str(), template.template_type.as_str()));
    assert_eq!(places.collect::<Vec<_>>(), [("de", "SignIn"), ("en", "Generic"), ("en", "SignIn")]);
    let again = ReplaceEmailTemplates::new(vec![template("de", TemplateType::SignIn, "Einloggen")]);
    let replaced = client.email_templates().replace(again).await?;
    assert_eq!((replaced[0].id.as_str(), replaced[0].created_at), (all[0].id.as_str(), all[0].created_at));
    assert_eq!(client.email_templates().list().await?.len(), 3);
    let signing_in = client.email_templates().list().language_tag("en").template_type("SignIn").await?;
    assert_eq!(signing_in.iter().map(|template| template.details.subject.as_str()).collect::<Vec<_>>(), ["Sign in"]);
    Ok(())
}

#[tokio::test]
async fn details_of_an_email_template_are_merged() -> Result<()> {
    let client = filled().await?;
    let id = client.email_templates().list().await?[0].id.clone();
    let change = UpdateEmailTemplateDetails { subject: Some("Neu".into()), ..Default::default() };
    client.email_templates().update_details(&id, change).await?;
    let details = client.email_templates().get(&id).await?.details;
    assert_eq!((details.subject.as_str(), details.content.as_str()), ("Neu", "{{code}}"));
    Ok(())
}

#[tokio::test]
async fn email_templates_are_deleted_by_id_or_by_filter() -> Result<()> {
    let client = filled().await?;
    let templates = client.email_templates();
    let id = templates.list().await?[0].id.clone();
    templates.delete(&id).await?;
    assert_eq!(refused(templates.get(&id).await), (404, "entity.not_exists_with_id".into()));
    assert_eq!(refused(templates.delete(&id).await), (404, "entity.not_exists_with_id".into()));
    let without_filter = (422, "connector.email_connector.bulk_deletion_no_filter".to_owned());
    assert_eq!(refused(templates.delete_many().await), without_filter);
    assert_eq!(templates.delete_many().language_tag("fr").await?.row_count, 0);
    assert_eq!(templates.delete_many().language_tag("en").template_type("Generic").await?.row_count, 1);
    assert_eq!(templates.list().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn at_least_one_email_template_is_replaced() {
    let none = client().email_templates().replace(ReplaceEmailTemplates::new(Vec::new())).await;
    assert_eq!(refused(none), (400, "guard.invalid_input".into()));
}
