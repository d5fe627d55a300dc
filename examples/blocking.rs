//! Calls from code that is not async: scripts, migrations, a thread of your own. Needs the feature `blocking`.
//!
//! ```console
//! $ cargo run --example blocking --features blocking
//! ```

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use logto_admin::models::CreateUser;
use logto_admin_emulator::Emulator;

fn main() -> logto_admin::Result<()> {
    let client = Emulator::new().client()?;
    for name in ["ada", "grace", "edith"] {
        client.users().create(CreateUser { username: Some(name.into()), ..Default::default() }).blocking()?;
    }
    // An iterator over all pages, asked for one after the other.
    for user in client.users().list().page_size(2).blocking_iter() {
        println!("{:?}", user?.username);
    }
    Ok(())
}
