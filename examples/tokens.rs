//! Sources of access tokens: credentials, a fixed token, a closure, an exchange. And a store that shares tokens.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::Client;
use logto_admin::models::{AccountCenterFieldControl, AccountCenterFields, CreateUser, UpdateAccountCenterSettings};
use logto_admin::token::{
    AccessToken, ClientAuthentication, ClientCredentials, StoreError, TokenExchange, TokenStore, token_fn,
};
use logto_admin_emulator::Emulator;

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let emulator = Emulator::new();
    let builder = || Client::builder(emulator.endpoint()).transport(emulator.clone());

    // A machine-to-machine application. `client_credentials(id, secret)` is the short form.
    let application = ClientCredentials::new(emulator.app_id(), emulator.app_secret());
    let admin = builder().token_source(application.clone()).build()?;
    let token = admin.access_token().await?;
    println!("credentials: scope {:?} for {:?}", token.granted_scope(), token.lifetime());

    // The secret in the form, for a proxy that strips the `Authorization` header.
    let form = application.clone().authentication(ClientAuthentication::Form);
    builder().token_source(form).build()?.users().list().await?;

    // A token from elsewhere. The client does not renew it.
    let fixed = builder().access_token(token.secret()).build()?;
    println!("fixed: {} users", fixed.users().list().await?.len());

    // A closure, called when there is no valid token.
    let vault = token_fn(move || {
        let token = token.clone();
        async move { Ok(AccessToken::new(token.secret()).expires_in(Duration::from_secs(600))) }
    });
    let by_vault = builder().token_source(vault).build()?;
    println!("closure: {} users", by_vault.users().list().await?.len());

    // Impersonation: a user's token, for the user's own account. Each renewal exchanges a subject token.
    let ada = CreateUser { username: Some("ada".into()), ..Default::default() };
    let ada = admin.users().create(ada).await?;
    let fields = AccountCenterFields { username: Some(AccountCenterFieldControl::ReadOnly), ..Default::default() };
    let settings = UpdateAccountCenterSettings { enabled: Some(true), fields: Some(fields), ..Default::default() };
    admin.account_center().update_settings(settings).await?;
    let exchange = TokenExchange::impersonating(admin, &ada.id, application).scope("openid profile");
    let as_ada = builder().token_source(exchange).build()?;
    let profile = as_ada.operation("GetProfile")?.await?; // my_account().get_profile() with the feature `account`
    println!("exchange: acting as {:?}", profile.get("username"));

    // A store lets processes share a token: the second client does not request one.
    let store = Shelf::default();
    for _ in 0..2 {
        let builder = builder().client_credentials(emulator.app_id(), emulator.app_secret());
        builder.token_store(store.clone()).build()?.users().list().await?;
    }
    println!("store: {} token", store.len());
    Ok(())
}

/// A minimal store. A real one is Redis (feature `redis`), a database or a Workers KV.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<HashMap<String, String>>>);

impl Shelf {
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[async_trait]
impl TokenStore for Shelf {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    async fn set(&self, key: &str, value: &str, _ttl: Option<Duration>) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        Ok(())
    }
}
