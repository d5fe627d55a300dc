//! Calls from code that is not async: scripts, migrations, your own threads. Requires the feature `blocking`.
//!
//! ```console
//! $ cargo run --example blocking --features blocking
//! ```

#![allow(clippy::print_stdout, reason = "examples print their results")]

use logto_admin::models::CreateUser;
use logto_admin_emulator::Emulator;

fn main() -> logto_admin::Result<()> {
    let client = Emulator::new().client()?;
    for name in ["ada", "grace", "edith"] {
        client.users().create(CreateUser { username: Some(name.into()), ..Default::default() }).blocking()?;
    }
    // The iterator fetches the pages one after the other.
    for user in client.users().list().page_size(2).blocking_iter() {
        println!("{:?}", user?.username);
    }
    Ok(())
}
