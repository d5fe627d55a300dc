//! The settings of a client, and changed clones of it.

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use std::time::Duration;

use logto_admin::{Client, Endpoint, RateLimit, RetryPolicy};

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    // Where Logto lives: a server of your own, a tenant of Logto Cloud, or that behind a domain of yours. The resource
    // for which tokens are issued follows from it.
    let own = Endpoint::self_hosted("https://id.example.com");
    let cloud = Endpoint::cloud("my-tenant");
    let branded = Endpoint::cloud("my-tenant").custom_domain("https://auth.example.com");
    for endpoint in [&own, &cloud, &branded] {
        println!("{:<28} tokens for {}", endpoint.url(), endpoint.resource());
    }

    // Building sends nothing. What is not said here has a default that suits most.
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

    // A changed clone shares token, limits and connections; the first client stays as it was.
    let patient = client.with_timeout(Duration::from_secs(120));
    let traced = client.with_headers([("x-request-id", "abc")])?;
    let request = traced.users().list().page_size(10).to_http()?;
    println!("{} {}\n{:?}", request.method, request.url, request.headers);
    println!("{patient:?}");

    // Mistakes come to light here, not at the first call.
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
