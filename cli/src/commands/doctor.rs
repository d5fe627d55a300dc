//! `doctor`: finds out why a connection does not work.

use std::time::{Duration, Instant, SystemTime};

use logto_admin::serde_json::{Value, json};
use logto_admin::token::AccessToken;
use logto_admin::transport::HttpResponse;
use logto_admin::{Client, Error, RetryPolicy};

use super::other_scheme::{self, is_logto};
use crate::connection::Connection;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result, even_if_unread};
use crate::named_server::hint;
use crate::output::{Format, counted};

/// Checks the connection step by step, with advice about each problem.
#[derive(clap::Args, Debug)]
pub struct Arguments {}

/// The longest difference of the clocks that goes unnoticed. The server accepts no token from the future.
const SKEW: Duration = Duration::from_secs(5);

/// Time limit for the first answer of the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// Advice about a server that accepts a connection, and then does not answer.
const SILENT: &str = "check that the port is that of Logto, and the log of the server, or of the proxy in front of it: it accepts the \
     connection, but does not answer";

/// Advice about an application that is not allowed to call the Management API.
const ACCESS: &str =
    "assign the role \"Logto Management API access\" to the application, or another one with its permission";

/// Where the resource is set.
const RESOURCE: &str = "LOGTO_RESOURCE, `--resource` or the profile sets it, and it is rarely needed";

/// The result of one check.
#[derive(Debug)]
struct Diagnostic {
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

impl Diagnostic {
    fn good(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Good, message: message.into(), advice: None }
    }

    fn wrong(check: &'static str, error: &Error) -> Self {
        let advice = Some(hint(error).unwrap_or("check the log of the server; `-v` shows each request").to_owned());
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

    fn settings(failure: &Failure) -> Self {
        let advice = failure.hint().unwrap_or("correct the flags, the variables or the profile of the connection");
        let (message, advice) = (failure.message().to_owned(), Some(advice.to_owned()));
        Self { check: "settings", verdict: Verdict::Wrong, message, advice }
    }

    fn warning(check: &'static str, message: impl Into<String>, advice: &str) -> Self {
        Self { check, verdict: Verdict::Warning, message: message.into(), advice: Some(advice.to_owned()) }
    }

    /// Replaces the advice, if there is another one.
    fn or_rather(self, advice: Option<String>) -> Self {
        Self { advice: advice.or(self.advice), ..self }
    }

    /// Adds where the resource is set to the advice about something wrong. Another resource can be the cause.
    fn about_resource(self, resource: Option<&str>) -> Self {
        match (&self.advice, resource) {
            (Some(advice), Some(resource)) if self.verdict == Verdict::Wrong => {
                let advice = format!("{advice}; or correct the resource {resource}: {RESOURCE}");
                Self { advice: Some(advice), ..self }
            }
            _ => self,
        }
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
    let findings = match context.client() {
        Ok(client) => examine(&client, context.connection()?).await,
        Err(failure) => vec![Diagnostic::settings(&failure)],
    };
    even_if_unread(match context.printer.format {
        Format::Table => {
            let lines: String = findings.iter().map(|finding| finding.line() + "\n").collect();
            context.printer.text(&lines)
        }
        _ => context.printer.list(&[], &findings.iter().map(Diagnostic::to_json).collect::<Vec<_>>()),
    })?;
    let is_wrong = findings.iter().any(|finding| finding.verdict == Verdict::Wrong);
    Ok(if is_wrong { Exit::Failed } else { Exit::Done })
}

/// Checks one thing after the other. Stops where the next checks would only repeat the failure.
async fn examine(client: &Client, connection: &Connection) -> Vec<Diagnostic> {
    let resource = connection.resource.as_deref();
    let endpoint = client.endpoint();
    let mut findings =
        vec![Diagnostic::good("settings", format!("server {}, resource {}", endpoint.url(), endpoint.resource()))];
    let before = Instant::now();
    let status = client.status().get().retry(RetryPolicy::NEVER).timeout(PATIENCE).raw().await;
    match status {
        Ok(response) => {
            let network = reached(&response, before.elapsed());
            let is_good = network.verdict == Verdict::Good;
            let advice = if is_good { None } else { other_scheme::advice(connection, PATIENCE).await };
            findings.push(network.or_rather(advice));
            findings.extend(clock(&response));
        }
        Err(error) => {
            let network = Diagnostic::wrong("network", &error);
            findings.push(network.or_rather(match error.is_timeout() {
                true => Some(SILENT.to_owned()),
                false => other_scheme::advice(connection, PATIENCE).await,
            }));
            return findings;
        }
    }
    let is_encrypted = endpoint.url().starts_with("https://");
    findings.push(match is_encrypted {
        true => Diagnostic::good("TLS", "the certificate is valid"),
        false => Diagnostic::warning("TLS", "the connection is not encrypted", "use https outside of this machine"),
    });
    let scope = match client.access_token().await {
        Ok(token) => scope(&token),
        Err(error) => {
            findings.push(token_failure(&error, resource));
            return findings;
        }
    };
    findings.push(Diagnostic::good("token", "the token endpoint accepts the application and the resource"));
    // Without the permission, both calls fail, for the same reason.
    let role = role(client, &connection.app_id).await;
    let (has_scope, is_allowed) = (scope.verdict != Verdict::Wrong, role.verdict != Verdict::Wrong);
    findings.push(scope.about_resource(resource));
    if has_scope || is_allowed {
        findings.push(role.about_resource(resource));
    }
    if is_allowed {
        findings.push(read(client).await);
    }
    findings.push(match client.server_release().await {
        Ok(range) if range.start() == range.end() => Diagnostic::good("release", format!("Logto {}", range.start())),
        Ok(range) => Diagnostic::good("release", format!("Logto {} to {}", range.start(), range.end())),
        Err(error) => {
            Diagnostic::warning("release", error.message(), "the API document of the server is not available")
        }
    });
    findings
}

/// Returns the finding for a failed token call. The server refuses applications of another type in many ways.
fn token_failure(error: &Error, resource: Option<&str>) -> Diagnostic {
    const TYPE: &str = "machine-to-machine";
    let found = Diagnostic::wrong("token", error);
    match found.advice {
        Some(advice) if error.code() == Some("invalid_client") && !advice.contains(TYPE) => {
            let advice = Some(format!("{advice}; check that the application is of type {TYPE}"));
            Diagnostic { advice, ..found }
        }
        Some(advice) if error.code() == Some("invalid_target") && resource.is_some() => {
            Diagnostic { advice: Some(format!("{advice}; {RESOURCE}")), ..found }
        }
        _ => found,
    }
}

/// Compares the granted scope with the requested one.
fn scope(token: &AccessToken) -> Diagnostic {
    let granted = token.granted_scope().unwrap_or_default();
    let Some(missing) = token.missing_scope() else {
        return Diagnostic::good("scope", format!("the server granted `{granted}`"));
    };
    let granted = if granted.is_empty() { "nothing".to_owned() } else { format!("`{granted}`") };
    let message = format!("the server granted {granted}, and not `{missing}`");
    Diagnostic { verdict: Verdict::Wrong, ..Diagnostic::warning("scope", message, ACCESS) }
}

/// Reads the roles of the application.
async fn role(client: &Client, app_id: &str) -> Diagnostic {
    let roles = client.applications().list_roles(app_id).page_size(100).retry(RetryPolicy::NEVER).await;
    match roles {
        Ok(page) => {
            let names: Vec<String> = page.items.iter().map(|role| format!("\"{}\"", role.name)).collect();
            Diagnostic::good("role", format!("the roles of the application: {}", names.join(", ")))
        }
        Err(error) => {
            let wrong = Diagnostic::wrong("role", &error);
            // The hint of the client is about tokens, which the program requests.
            let is_refused = matches!(error.status(), Some(401 | 403));
            let advice = if is_refused { Some(ACCESS.to_owned()) } else { wrong.advice };
            Diagnostic { advice, ..wrong }
        }
    }
}

async fn read(client: &Client) -> Diagnostic {
    match client.users().list().page_size(1).retry(RetryPolicy::NEVER).await {
        Ok(page) => {
            Diagnostic::good("read", format!("the tenant has {}", counted(page.total.unwrap_or_default(), "user")))
        }
        Err(error) => Diagnostic::wrong("read", &error),
    }
}

fn reached(response: &HttpResponse, time: Duration) -> Diagnostic {
    let message = format!("the server responded in {} ms", time.as_millis());
    if is_logto(response) {
        return Diagnostic::good("network", message);
    }
    let message = format!("{message}, but with status {} and not like Logto", response.status);
    let advice = "check that the endpoint is the root of a Logto server, without a path such as /api or /console";
    Diagnostic { verdict: Verdict::Wrong, ..Diagnostic::warning("network", message, advice) }
}

/// Compares the clock of the server with that of this machine.
fn clock(response: &HttpResponse) -> Option<Diagnostic> {
    let date = httpdate::parse_http_date(response.headers.get("date")?).ok()?;
    let now = SystemTime::now();
    let skew = now.duration_since(date).or_else(|error| Ok::<_, ()>(error.duration())).ok()?;
    Some(match skew > SKEW {
        true => Diagnostic::warning(
            "clock",
            format!("the clocks differ by {} s", skew.as_secs()),
            "set the clock of this machine: tokens depend on the time",
        ),
        false => Diagnostic::good("clock", "the clocks agree"),
    })
}

#[cfg(test)]
mod tests {
    use logto_admin::transport::{TransportError, transport_fn};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_server_is_given_up_with_advice() {
        let transport =
            transport_fn(|_, _| std::future::pending::<std::result::Result<HttpResponse, TransportError>>());
        let endpoint = Some("http://127.0.0.1:3001".to_owned());
        let connection =
            Connection { endpoint, app_id: "a".to_owned(), app_secret: "s".to_owned(), ..Connection::default() };
        let client = connection.client_over(transport, RetryPolicy::default()).unwrap();
        let findings = examine(&client, &connection).await;
        let [_, network] = &findings[..] else { panic!("{findings:?}") };
        assert_eq!((network.check, network.verdict), ("network", Verdict::Wrong));
        assert!(network.message.contains("took longer than 10000 ms"), "{network:?}");
        assert_eq!(network.advice.as_deref(), Some(SILENT));
    }
}
