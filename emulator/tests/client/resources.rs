use logto_admin::models::{CreateResource, CreateResourceScope};
use logto_admin::serde_json::json;
use logto_admin::{Client, Result};

use crate::{call, client, refused};

async fn scope(client: &Client, resource: &str, name: &str) -> Result<String> {
    Ok(client.resources().create_scope(resource, CreateResourceScope::new(name)).await?.id)
}

#[tokio::test]
async fn the_name_of_a_new_scope_is_checked_before_its_resource() -> Result<()> {
    let client = client();
    let spaces = (400, "scope.name_with_space".to_owned());
    assert_eq!(refused(scope(&client, "nope", "read it").await), spaces);
    assert_eq!(refused(scope(&client, "management-api", "read it").await), spaces);
    assert_eq!(refused(scope(&client, "nope", "read").await), (404, "entity.not_exists_with_id".into()));
    let fixed = (400, "resource.cannot_modify_management_api".to_owned());
    assert_eq!(refused(scope(&client, "management-api", "all").await), fixed);
    Ok(())
}

#[tokio::test]
async fn a_change_of_a_scope_is_checked_before_the_scope_is_found() -> Result<()> {
    let client = client();
    let resource = client.resources().create(CreateResource::new("Orders", "https://orders.example")).await?.id;
    scope(&client, &resource, "read").await?;
    let rename = async |resource: &str, name: &str| {
        let path = [("resourceId", resource), ("scopeId", "nope")];
        refused(call(&client, "UpdateResourceScope", &path, json!({ "name": name })).await)
    };
    assert_eq!(rename("nope", "read it").await, (404, "entity.not_exists_with_id".into()));
    let fixed = (400, "resource.cannot_modify_management_api".to_owned());
    assert_eq!(rename("management-api", "read it").await, fixed);
    assert_eq!(refused(client.resources().delete_scope("management-api", "nope").await), fixed);
    assert_eq!(rename(&resource, "read it").await, (400, "scope.name_with_space".into()));
    assert_eq!(rename(&resource, "read").await, (422, "scope.name_exists".into()));
    assert_eq!(rename(&resource, "write").await, (404, "entity.not_exists".into()));
    Ok(())
}
