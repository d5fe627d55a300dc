//! Export all users as lines of JSON.

use std::collections::HashSet;
use std::error::Error;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::TryStreamExt;
use logto_admin::models::User;
use logto_admin::transport::HttpTransport;
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;

use crate::{builder, recorded, sign_up};

// ANCHOR: export
/// Writes each user as a line of JSON. Returns the number of users.
async fn export(logto: &Client, mut out: impl Write) -> Result<usize, Box<dyn Error>> {
    let mut seen = HashSet::new();
    let mut users = logto.users().list().stream();
    while let Some(user) = users.try_next().await? {
        // New users shift the pages of a list that is being read, so a user can come twice.
        if seen.insert(user.id.clone()) {
            serde_json::to_writer(&mut out, &user)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(seen.len())
}
// ANCHOR_END: export

async fn tenant() -> Result<Emulator> {
    let emulator = Emulator::new();
    let logto = emulator.client()?;
    for number in 0..250 {
        sign_up(&logto, &format!("user{number}@example.com")).await?;
    }
    Ok(emulator)
}

fn parsed(lines: &[u8]) -> Vec<User> {
    let lines = std::str::from_utf8(lines).unwrap().lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn every_user_is_written_and_can_be_read_back() -> Result<(), Box<dyn Error>> {
    let emulator = tenant().await?;
    let transport = recorded(&emulator);
    let mut lines = Vec::new();
    assert_eq!(export(&builder(&emulator, transport.clone()).build()?, &mut lines).await?, 250);
    let users: Vec<User> = emulator.client()?.users().list().stream().try_collect().await?;
    assert_eq!(parsed(&lines), users);
    assert_eq!(transport.api_calls().len(), 3, "there should be 100 users per page");
    Ok(())
}

/// A transport that lets a user sign up after the first page.
fn busy(emulator: &Emulator) -> Result<ScriptedTransport> {
    let (emulator, admin) = (emulator.clone(), emulator.client()?);
    let done = AtomicBool::new(false);
    Ok(ScriptedTransport::new(move |request, options| {
        let signs_up = !options.token_call && !done.swap(true, Ordering::SeqCst);
        let (emulator, admin) = (emulator.clone(), admin.clone());
        async move {
            let answer = emulator.send(request, &options).await;
            if signs_up {
                sign_up(&admin, "new@example.com").await.expect("the address is new");
            }
            answer
        }
    }))
}

#[tokio::test]
async fn nobody_is_written_twice_if_users_sign_up_meanwhile() -> Result<(), Box<dyn Error>> {
    let emulator = tenant().await?;
    let logto = builder(&emulator, busy(&emulator)?).build()?;
    let mut lines = Vec::new();
    assert_eq!(export(&logto, &mut lines).await?, 250);
    let ids: HashSet<String> = parsed(&lines).into_iter().map(|user| user.id).collect();
    assert_eq!((parsed(&lines).len(), ids.len()), (250, 250));
    assert_eq!(emulator.client()?.users().list().await?.total, Some(251));
    Ok(())
}
