//! Lists: one page, all pages, all items.

#![allow(clippy::print_stdout, reason = "examples print their results")]

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

    // One page. It dereferences to its items.
    let page = client.users().list().page(2).page_size(50).await?;
    let total = page.total.unwrap_or_default();
    println!("page 2 has {} of {total} users; has next: {}", page.len(), page.has_next());

    // A search. `%` matches any text. Parameters you do not set are not sent.
    let found = client.users().list().search("%_00%").await?;
    println!("{} matching users", found.len());

    // All pages with 100 items each. Each page is fetched when the previous one is used up.
    let mut pages = client.users().list().pages();
    while let Some(page) = pages.try_next().await? {
        println!("page {} with {} users", page.page.unwrap_or_default(), page.len());
    }

    // All items, with up to two pages fetched at once.
    let all: Vec<User> = client.users().list().prefetch(2).stream().try_collect().await?;
    println!("{} users in total", all.len());

    // You can drop a stream at any time. It then fetches nothing more.
    let some: Vec<_> = client.users().list().page_size(10).stream().take(3).collect().await;
    println!("{} users from one request", some.len());
    Ok(())
}
