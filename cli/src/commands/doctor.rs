//! `doctor`: finds out why a connection does not work.

use std::time::{Duration, Instant, SystemTime};

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;
use logto_admin::{Client, Error, RetryPolicy};

use crate::context::Context;
use crate::failure::{Exit, Result};
use crate::output::Format;

/// Checks the connection step by step, with advice about each problem.
#[derive(clap::Args, Debug)]
pub struct Arguments {}

/// The longest difference of the clocks that goes unnoticed. The server accepts no token from the future.
const SKEW: Duration = Duration::from_secs(5);

/// The result of one check.
#[derive(Debug)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    message: String,
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Good,
    Warning,
    Wrong,
}

impl Finding {
    fn good(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Good, message: message.into(), advice: None }
    }

    fn wrong(check: &'static str, error: &Error) -> Self {
        let advice = error.hint().map(str::to_owned);
        let message = error.message();
        let status = error.status().map(|status| format!("{status} ")).unwrap_or_default();
        let code = error.code().map(|code| format!("{code}: ")).unwrap_or_default();
        // The message of a token error already contains status and code.
        let message = if !code.is_empty() && message.contains(&code) {
            message.to_owned()
        } else {
            format!("{status}{code}{message}")
        };
        Self { check, verdict: Verdict::Wrong, message, advice }
    }

    fn warning(check: &'static str, message: impl Into<String>, advice: &str) -> Self {
        Self { check, verdict: Verdict::Warning, message: message.into(), advice: Some(advice.to_owned()) }
    }

    fn to_json(&self) -> Value {
        let verdict = match self.verdict {
            Verdict::Good => "ok",
            Verdict::Warning => "warning",
            Verdict::Wrong => "error",
        };
        json!({ "check": self.check, "result": verdict, "message": self.message, "advice": self.advice })
    }

    /// Returns the finding for people.
    fn line(&self) -> String {
        let (sign, style) = match self.verdict {
            Verdict::Good => ("ok  ", anstyle::AnsiColor::Green),
            Verdict::Warning => ("warn", anstyle::AnsiColor::Yellow),
            Verdict::Wrong => ("FAIL", anstyle::AnsiColor::Red),
        };
        let style = style.on_default();
        let advice = self.advice.as_ref().map(|advice| format!("\n                  → {advice}")).unwrap_or_default();
        format!("{style}{sign}{style:#}  {:<11} {}{advice}", self.check, self.message)
    }
}

pub(crate) async fn run(context: &mut Context, _: &Arguments) -> Result<Exit> {
    let connection = match context.client() {
        Ok(client) => Ok(client),
        Err(failure) => Err(Finding {
            check: "settings",
            verdict: Verdict::Wrong,
            message: failure.message().to_owned(),
            advice: failure.hint().map(str::to_owned),
        }),
    };
    let findings = match connection {
        Ok(client) => examine(&client).await,
        Err(finding) => vec![finding],
    };
    match context.printer.format {
        Format::Table => {
            let lines: String = findings.iter().map(|finding| finding.line() + "\n").collect();
            context.printer.text(&lines)?;
        }
        _ => context.printer.list(&[], &findings.iter().map(Finding::to_json).collect::<Vec<_>>())?,
    }
    let is_wrong = findings.iter().any(|finding| finding.verdict == Verdict::Wrong);
    Ok(if is_wrong { Exit::Failed } else { Exit::Done })
}

/// Checks one thing after the other. Stops where the next checks would only repeat the failure.
async fn examine(client: &Client) -> Vec<Finding> {
    let endpoint = client.endpoint();
    let mut findings =
        vec![Finding::good("settings", format!("server {}, resource {}", endpoint.url(), endpoint.resource()))];
    let before = Instant::now();
    let status = client.status().get().retry(RetryPolicy::NEVER).raw().await;
    match status {
        Ok(response) => {
            findings.push(reached(&response, before.elapsed()));
            findings.extend(clock(&response));
        }
        Err(error) => {
            findings.push(Finding::wrong("network", &error));
            return findings;
        }
    }
    let is_encrypted = endpoint.url().starts_with("https://");
    findings.push(match is_encrypted {
        true => Finding::good("TLS", "the certificate is valid"),
        false => Finding::warning("TLS", "the connection is not encrypted", "use https outside of this machine"),
    });
    // Any read needs the token, the scope and the role.
    let read = client.users().list().page_size(1).retry(RetryPolicy::NEVER).detailed().await;
    match read {
        Err(error) => {
            findings.push(Finding::wrong("token", &error));
            return findings;
        }
        Ok(answer) => {
            findings.push(Finding::good("token", "the token endpoint accepts the application and the resource"));
            findings.push(match answer.into_result() {
                Ok(page) => Finding::good("permission", format!("read {} users", page.total.unwrap_or_default())),
                Err(error) => Finding::wrong("permission", &error),
            });
        }
    }
    findings.push(match client.server_release().await {
        Ok(range) if range.start() == range.end() => Finding::good("release", format!("Logto {}", range.start())),
        Ok(range) => Finding::good("release", format!("Logto {} to {}", range.start(), range.end())),
        Err(error) => Finding::warning("release", error.message(), "the API document of the server is not available"),
    });
    findings
}

fn reached(response: &HttpResponse, time: Duration) -> Finding {
    let message = format!("the server responded in {} ms", time.as_millis());
    let is_logto = response.headers.get("logto-core-request-id").is_some() || response.status == 204;
    if is_logto {
        return Finding::good("network", message);
    }
    let message = format!("{message}, but with status {} and not like Logto", response.status);
    let advice = "check that the endpoint is the root of a Logto server, without a path such as /api or /console";
    Finding { verdict: Verdict::Wrong, ..Finding::warning("network", message, advice) }
}

/// Compares the clock of the server with that of this machine.
fn clock(response: &HttpResponse) -> Option<Finding> {
    let date = httpdate::parse_http_date(response.headers.get("date")?).ok()?;
    let now = SystemTime::now();
    let skew = now.duration_since(date).or_else(|error| Ok::<_, ()>(error.duration())).ok()?;
    Some(match skew > SKEW {
        true => Finding::warning(
            "clock",
            format!("the clocks differ by {} s", skew.as_secs()),
            "set the clock of this machine: tokens depend on the time",
        ),
        false => Finding::good("clock", "the clocks agree"),
    })
}
