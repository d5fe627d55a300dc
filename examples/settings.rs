//! The settings of a client, and modified clones of it.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use std::time::Duration;

use logto_admin::{Client, Endpoint, RateLimit, RetryPolicy};

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    // The server: self-hosted, a tenant of Logto Cloud, or a tenant behind a custom domain. It determines the resource
    // for which tokens are issued.
    let own = Endpoint::self_hosted("https://id.example.com");
    let cloud = Endpoint::cloud("my-tenant");
    let branded = Endpoint::cloud("my-tenant").custom_domain("https://auth.example.com");
    for endpoint in [&own, &cloud, &branded] {
        println!("{:<28} tokens for {}", endpoint.url(), endpoint.resource());
    }

    // Building the client does no I/O. Settings that you leave out have defaults.
    let client = Client::builder(cloud)
        .client_credentials("app-id", "app-secret")
        .scope("all")
        .retry(RetryPolicy::attempts(5).total(Duration::from_secs(30)))
        .rate_limit(RateLimit::new(50, Duration::from_secs(1)))
        .timeout(Duration::from_secs(10))
        .total_timeout(Duration::from_secs(60))
        .max_response_bytes(8 << 20)
        .user_agent("my-service/1.2")
        .language("de")
        .header("x-team", "identity")
        .build()?;

    // A modified clone shares the token, the limits and the connections. The original client does not change.
    let patient = client.with_timeout(Duration::from_secs(120));
    let traced = client.with_headers([("x-request-id", "abc")])?;
    let request = traced.users().list().page_size(10).to_http()?;
    println!("{} {}\n{:?}", request.method, request.url, request.headers);
    println!("{patient:?}");

    // Invalid settings fail here, not at the first call.
    for wrong in ["id.example.com", "https://id.example.com/api", "http://id.example.com"] {
        if let Err(error) = Client::builder(Endpoint::self_hosted(wrong)).build() {
            println!("{error}");
        }
    }
    if let Err(error) = Client::from_env() {
        println!("{error}");
    }
    Ok(())
}
