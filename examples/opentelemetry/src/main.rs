//! Exports the spans of calls with OpenTelemetry. Sends their ids to Logto in the header `traceparent`.
//!
//! Run it with the address of a collector in `OTEL_EXPORTER_OTLP_ENDPOINT`.

mod current;
mod export;
#[path = "../../../tests/cookbook/traceparent.rs"]
mod traceparent;

use std::error::Error;

use logto_admin::Client;
use logto_admin_emulator::Emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let provider = export::start()?;
    let logto = client(&Emulator::new())?;
    logto.users().list().await?;
    // The last spans are exported now.
    provider.shutdown()?;
    Ok(())
}

/// Builds a client whose requests have the ids of their spans.
fn client(emulator: &Emulator) -> logto_admin::Result<Client> {
    // For a real server: Client::builder("https://id.example.com")?
    let builder = Client::builder(emulator.endpoint())
        .client_credentials(emulator.app_id(), emulator.app_secret())
        .transport(emulator.clone());
    traceparent::propagating(builder, current::current)
}
