//! The two sides of a comparison: the client, and careful code with bare reqwest.

use anyhow::Result;
use logto_admin::models::User;
use logto_admin::{Client, Endpoint};

use crate::data;

/// The data to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// One user.
    Get,
    /// The first page, with this number of users.
    List(u32),
}

/// The code that reads the data.
#[derive(Clone)]
pub enum Side {
    /// The client.
    Client(Client),
    /// Bare reqwest and `serde_json::from_slice`.
    Bare(Bare),
}

/// reqwest with the same headers as the client: a token, and `Accept`.
#[derive(Clone)]
pub struct Bare {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Side {
    /// Creates the client and fetches its token.
    ///
    /// # Errors
    /// Fails if the server cannot be reached.
    pub async fn client(url: &str) -> Result<Self> {
        let client = client(url)?;
        client.access_token().await?;
        Ok(Self::Client(client))
    }

    /// Creates bare reqwest with the same token.
    ///
    /// # Errors
    /// Fails if the server cannot be reached.
    pub async fn bare(url: &str) -> Result<Self> {
        let token = client(url)?.access_token().await?.secret().to_owned();
        let http = reqwest::Client::builder().user_agent("bare").build()?;
        Ok(Self::Bare(Bare { http, url: url.to_owned(), token }))
    }

    /// Does the work once and returns the number of users received.
    ///
    /// # Errors
    /// Fails if the request fails.
    pub async fn call(&self, work: Work) -> Result<usize> {
        match (self, work) {
            (Self::Client(client), Work::Get) => Ok(client.users().get(data::id(42)).await.map(|_| 1)?),
            (Self::Client(client), Work::List(size)) => Ok(client.users().list().page_size(size).await?.len()),
            (Self::Bare(bare), Work::Get) => Ok(bare.get(&data::id(42)).await.map(|_| 1)?),
            (Self::Bare(bare), Work::List(size)) => Ok(bare.list(1, size).await?.len()),
        }
    }
}

impl Bare {
    async fn get(&self, id: &str) -> Result<User> {
        self.read(format!("{}/api/users/{id}", self.url)).await
    }

    /// Reads one page.
    ///
    /// # Errors
    /// Fails if the request fails.
    pub async fn list(&self, page: u32, size: u32) -> Result<Vec<User>> {
        self.read(format!("{}/api/users?page={page}&page_size={size}", self.url)).await
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, url: String) -> Result<T> {
        let request = self.http.get(url).header("accept", "application/json").bearer_auth(&self.token);
        let bytes = request.send().await?.error_for_status()?.bytes().await?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// Creates a client with default settings.
///
/// # Errors
/// Fails if the URL is invalid.
pub fn client(url: &str) -> Result<Client> {
    let builder = Client::builder(Endpoint::self_hosted(url)).client_credentials("bench", "secret");
    Ok(builder.build()?)
}
