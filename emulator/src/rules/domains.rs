use logto_admin::serde_json::{Value, json};

use super::{Rules, Shape, View};
use crate::record::{Members, Record};
use crate::state::services::Service;

pub(super) static RULES: Rules = Rules {
    admit: |call| call.state.services.require(Service::Domains),
    prepare: |_, draft| {
        let domain = draft.sent.get("domain").cloned().unwrap_or_default();
        let record = json!({ "name": domain, "type": "CNAME", "value": TARGET });
        draft.members.insert("dnsRecords".to_owned(), json!([record]));
        Ok(())
    },
    present,
    ..Rules::NONE
};

/// The host that the DNS records must point to.
pub(super) const TARGET: &str = "domains.emulator.localhost";

/// Returns whether the DNS records of a domain are in place.
pub(crate) fn is_active(domain: &Record) -> bool {
    domain.text("domain").starts_with("active.")
}

/// The server checks the DNS records whenever it shows a domain. Its creation is an exception.
fn present(view: &View<'_>, domain: &Record, members: &mut Members) {
    if view.shape == Shape::Created {
        return;
    }
    let (status, error) = if is_active(domain) {
        ("Active", Value::Null)
    } else {
        ("PendingVerification", "The DNS records of the domain were not found.".into())
    };
    members.insert("status".to_owned(), status.into());
    members.insert("errorMessage".to_owned(), error);
}
