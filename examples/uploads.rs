//! Uploads: an image for users, and a zip with custom sign-in pages.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use logto_admin::types::Upload;
use logto_admin_emulator::{Emulator, Service};

/// The smallest PNG: one transparent pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 0x0A, b'I', b'D', b'A', b'T', 0x78, 0x9C, 0x63, 0, 1, 0, 0, 5, 0, 1,
    0x0D, 0x0A, 0x2D, 0xB4, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60, 0x82,
];

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    // A new server has no storage.
    let client = Emulator::builder().service(Service::Storage).build().client()?;

    let status = client.user_assets().get_service_status().await?;
    println!("storage: {status:?}");

    // A file has a name, a media type and bytes. The bytes of a constant, a `Vec<u8>` or `Bytes` are not copied.
    let asset = client.user_assets().upload(Upload::new("pixel.png", "image/png", PIXEL)).await?;
    println!("image: {}", asset.url);

    let pages = Upload::new("sign-in.zip", "application/zip", std::fs::read("sign-in.zip").unwrap_or_default());
    let uploaded = client.sign_in_experience().upload_custom_ui_assets(pages).await?;
    println!("sign-in pages: {}", uploaded.custom_ui_asset_id);
    Ok(())
}
