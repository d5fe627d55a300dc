//! The rules that a username or a password breaks, according to the server.

use logto_admin::Error;
use logto_admin::serde_json::Value;

use crate::json_object;

/// A member of a user, and the rules that the server refuses it with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) member: &'static str,
    pub(crate) rules: Vec<String>,
}

impl Broken {
    /// Returns the rules of a refusal that has more about them than its code.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        let (code, data) = (error.code()?, error.data()?);
        let (member, rules) = match (code.strip_prefix("user.username_"), &data) {
            (Some(rule), Value::Object(_)) => ("username", vec![rule_of(rule, Some(&data))]),
            (None, Value::Array(issues)) if code == "password.rejected" => {
                let rule = |issue: &Value| {
                    let code = json_object::text(issue, "code");
                    rule_of(code.strip_prefix("password_rejected.").unwrap_or(&code), issue.get("interpolation"))
                };
                ("password", issues.iter().map(rule).filter(|rule| !rule.is_empty()).collect())
            }
            _ => return None,
        };
        (!rules.is_empty()).then_some(Self { member, rules })
    }

    /// Returns what the user can do.
    pub(crate) fn hint(&self) -> String {
        format!("choose another {}: the policy of the tenant refuses it with {}", self.member, self.rules.join(", "))
    }
}

/// Returns a rule with its limits, such as `too_short (min 8)`.
fn rule_of(code: &str, limits: Option<&Value>) -> String {
    let limits = limits.and_then(Value::as_object).into_iter().flatten();
    let limits: Vec<String> =
        limits.filter(|(_, value)| value.is_number()).map(|(name, value)| format!("{name} {value}")).collect();
    if limits.is_empty() { code.to_owned() } else { format!("{code} ({})", limits.join(", ")) }
}
