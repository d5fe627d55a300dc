//! The HTTP calls of `users import` and `users export`, made with bare reqwest.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// Concurrent calls, as those of the command line.
const CREATIONS: usize = 32;
const SEARCHES: usize = 2;
const PAGES: usize = 4;
/// Users per search.
const SEARCHED: usize = 20;
/// Users per page.
const PAGE: u64 = 100;

/// Runs one of the programs. `one` thread is the runtime of the command line, `two` that of most programs.
pub(crate) fn measure(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["users", file, count] => users(file, count.parse()?),
        ["create", threads, file] => runtime(threads)?.block_on(async { Bare::new().await?.create(file).await }),
        ["read", threads, file] => runtime(threads)?.block_on(async { Bare::new().await?.read(file).await }),
        other => bail!("unknown program {other:?}"),
    }
}

fn runtime(threads: &str) -> Result<Runtime> {
    let mut builder = match threads {
        "one" => Builder::new_current_thread(),
        "two" => Builder::new_multi_thread(),
        other => bail!("unknown number of threads {other:?}"),
    };
    Ok(builder.worker_threads(2).enable_all().build()?)
}

/// Writes users to a file, one per line.
fn users(file: &str, count: u64) -> Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for number in 0..count {
        let user = json!({
            "username": format!("user_{number}"),
            "primaryEmail": format!("user{number}@example.com"),
            "name": format!("User {number}"),
            "customData": { "oldId": number, "plan": "free" },
            "passwordAlgorithm": "Bcrypt",
            "passwordDigest": "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        });
        writeln!(out, "{user}")?;
    }
    Ok(out.flush()?)
}

/// reqwest with the same headers as the client.
struct Bare {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Bare {
    /// Gets a token with the credentials in the environment.
    async fn new() -> Result<Self> {
        let [endpoint, id, secret] = ["LOGTO_ENDPOINT", "LOGTO_APP_ID", "LOGTO_APP_SECRET"].map(std::env::var);
        let (endpoint, mut form) = (endpoint?, "grant_type=client_credentials&scope=all".to_owned());
        write!(form, "&client_id={}&client_secret={}&resource=https://default.logto.app/api", id?, secret?)?;
        let http = reqwest::Client::builder().user_agent("bare").build()?;
        let request = http.post(format!("{endpoint}/oidc/token")).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let token = answer.get("access_token").and_then(Value::as_str).context("the server issued no token")?;
        Ok(Self { http, token: token.to_owned(), url: format!("{endpoint}/api/users") })
    }

    fn request(&self, method: Method, url: String) -> reqwest::RequestBuilder {
        self.http.request(method, url).header("accept", "application/json").bearer_auth(&self.token)
    }

    /// Creates the users of a file. Before that, looks for the users that exist.
    async fn create(&self, file: &str) -> Result<()> {
        let lines = stream::iter(BufReader::new(File::open(file)?).lines());
        let chunks = lines.try_chunks(SEARCHED).map_err(anyhow::Error::from);
        let absent = chunks.map_ok(|chunk| self.absent(chunk)).try_buffered(SEARCHES);
        let lines = absent.map_ok(|chunk| stream::iter(chunk.into_iter().map(anyhow::Ok))).try_flatten();
        let created = lines.map(|line| async {
            let request = self.request(Method::POST, self.url.clone()).header("content-type", "application/json");
            let answer = request.body(line?).send().await?.error_for_status()?.bytes().await?;
            serde_json::from_slice::<IgnoredAny>(&answer)?;
            anyhow::Ok(())
        });
        created.buffer_unordered(CREATIONS).try_collect().await
    }

    /// Fails if a user of these lines exists. Returns the lines.
    async fn absent(&self, lines: Vec<String>) -> Result<Vec<String>> {
        let mut url = format!("{}?page=1&page_size={PAGE}&mode=exact", self.url);
        for line in &lines {
            let user: Value = serde_json::from_str(line)?;
            for member in ["primaryEmail", "username"] {
                let value = user.get(member).and_then(Value::as_str).context("the user has no such member")?;
                write!(url, "&search.{member}={value}")?;
            }
        }
        let answer = self.request(Method::GET, url).send().await?.error_for_status()?.bytes().await?;
        let found: Vec<Value> = serde_json::from_slice(&answer)?;
        ensure!(found.is_empty(), "{} users exist", found.len());
        Ok(lines)
    }

    /// Writes all users to a file, one per line.
    async fn read(&self, file: &str) -> Result<()> {
        let mut out = BufWriter::new(File::create(file)?);
        let total = self
            .page(1, 1)
            .await?
            .headers()
            .get("total-number")
            .context("the list has no total")?
            .to_str()?
            .parse::<u64>()?;
        let pages = stream::iter(1..=total.div_ceil(PAGE))
            .map(|page| async move { anyhow::Ok(self.page(page, PAGE).await?.bytes().await?) });
        let mut pages = pages.buffered(PAGES);
        let mut count = 0;
        while let Some(page) = pages.try_next().await? {
            let users: Vec<Value> = serde_json::from_slice(&page)?;
            count += users.len() as u64;
            for user in users {
                serde_json::to_writer(&mut out, &user)?;
                out.write_all(b"\n")?;
            }
        }
        ensure!(count == total, "{count} of {total} users were read");
        Ok(out.flush()?)
    }

    async fn page(&self, page: u64, size: u64) -> Result<reqwest::Response> {
        let url = format!("{}?page={page}&page_size={size}", self.url);
        Ok(self.request(Method::GET, url).send().await?.error_for_status()?)
    }
}
