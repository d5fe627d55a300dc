//! Tests of the emulator as a transport.

use logto_admin::models::CreateUser;
use logto_admin_emulator::Emulator;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn users_are_created_listed_and_deleted() {
    let client = Emulator::new().client().unwrap();
    let named = |name: &str| CreateUser { username: Some(name.to_owned()), ..CreateUser::default() };
    let ada = client.users().create(named("ada")).await.unwrap();
    client.users().create(named("bob")).await.unwrap();
    assert!(client.users().create(named("ada")).await.unwrap_err().is_conflict());
    let found = client.users().list().search("%ad%").await.unwrap();
    assert_eq!((found.len(), found[0].id.as_str()), (1, ada.id.as_str()));
    client.users().delete(&ada.id).await.unwrap();
    assert!(client.users().get(&ada.id).await.unwrap_err().is_not_found());
}
