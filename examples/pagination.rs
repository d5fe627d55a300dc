//! Lists: one page, every page, every item.

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use futures_util::{StreamExt, TryStreamExt};
use logto_admin::models::{CreateUser, User};
use logto_admin_emulator::Emulator;

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let client = Emulator::new().client()?;
    for number in 0..250 {
        let user = CreateUser { username: Some(format!("user_{number:03}")), ..Default::default() };
        client.users().create(user).await?;
    }

    // One page: it dereferences to its items.
    let page = client.users().list().page(2).page_size(50).await?;
    let total = page.total.unwrap_or_default();
    println!("page 2 holds {} of {total} users; is there another? {}", page.len(), page.has_next());

    // A search: `%` is any text. What is not set is not sent.
    let found = client.users().list().search("%_00%").await?;
    println!("{} users match", found.len());

    // Every page, 100 items each, asked for when the one before is used up.
    let mut pages = client.users().list().pages();
    while let Some(page) = pages.try_next().await? {
        println!("page {} with {} users", page.page.unwrap_or_default(), page.len());
    }

    // Every item; two pages are fetched ahead.
    let all: Vec<User> = client.users().list().prefetch(2).stream().try_collect().await?;
    println!("{} users in all", all.len());

    // A stream can be left at any time; nothing more is asked for.
    let some: Vec<_> = client.users().list().page_size(10).stream().take(3).collect().await;
    println!("{} users, and one request", some.len());
    Ok(())
}
