//! Conditional requests: the server does not send an unchanged answer again.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use logto_admin::models::CreateUser;
use logto_admin::{Client, Conditional};
use logto_admin_emulator::Emulator;

/// A list that is refreshed from time to time.
#[derive(Default)]
struct Cache {
    names: Vec<String>,
    etag: Option<String>,
}

impl Cache {
    async fn refresh(&mut self, client: &Client) -> logto_admin::Result<&'static str> {
        // An empty tag matches nothing.
        let tag = self.etag.as_deref().unwrap_or("\"\"");
        match client.users().list().if_none_match(tag).await? {
            Conditional::NotModified => Ok("unchanged"),
            Conditional::Modified { value, etag } => {
                self.names = value.into_iter().filter_map(|user| user.username).collect();
                self.etag = etag;
                Ok("new")
            }
        }
    }
}

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let client = Emulator::new().client()?;
    let mut cache = Cache::default();
    for name in [None, Some("ada"), None, None, Some("grace")] {
        if let Some(name) = name {
            client.users().create(CreateUser { username: Some(name.into()), ..Default::default() }).await?;
        }
        let outcome = cache.refresh(&client).await?;
        println!("{outcome:<10} {:?}", cache.names);
    }
    Ok(())
}
