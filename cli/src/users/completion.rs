//! Adds to a user what a creation cannot set.

use logto_admin::serde_json::{Value, json};

use super::record::{Factor, ImportedUser};
use super::record_result::RecordError;
use super::write::Writer;

impl Writer {
    /// Adds the data that a creation cannot set. Each step can be repeated. Returns the kinds of second factors that were left
    /// out, because the user has such a factor.
    pub(super) async fn complete(&self, id: &str, record: &ImportedUser) -> Result<Vec<&'static str>, RecordError> {
        let mut kept = Vec::new();
        if self.is_dry_run {
            return Ok(kept);
        }
        // The first step, because it can fail for good.
        for (target, identity) in &record.identities {
            let link = self.request("ReplaceUserIdentity")?.path("userId", id).path("target", target);
            let linked = link.json(identity).await.map_err(RecordError::from);
            linked.map_err(|problem| RecordError { field: Some(format!("identities.{target}")), ..problem })?;
        }
        if record.is_suspended {
            let suspend = self.request("UpdateUserIsSuspended")?.path("userId", id);
            suspend.json(&json!({ "isSuspended": true })).await?;
        }
        for factor in &record.mfa {
            let Some(body) = factor_body(factor) else { continue };
            match self.request("CreateUserMfaVerification")?.path("userId", id).json(&body).await {
                // The server shows no secrets, so it is unknown whether it is the same factor.
                Err(error) if error.is_conflict() => kept.push(factor.name()),
                added => drop(added?),
            }
        }
        let roles: Vec<&str> = record.roles.iter().filter_map(|name| self.names.role(name)).collect();
        if !roles.is_empty() {
            let assign = self.request("AssignUserRoles")?.path("userId", id);
            assign.json(&json!({ "roleIds": roles })).await?;
        }
        for membership in &record.organizations {
            let Some(organization) = self.names.organization(&membership.name) else { continue };
            let add = self.request("AddOrganizationUsers")?.path("id", organization);
            add.json(&json!({ "userIds": [id] })).await?;
            if !membership.roles.is_empty() {
                let assign = self.request("AssignOrganizationRolesToUser")?.path("id", organization).path("userId", id);
                assign.json(&json!({ "organizationRoleNames": membership.roles })).await?;
            }
        }
        Ok(kept)
    }
}

/// Whether a record has what a creation cannot set.
pub(super) fn has_more(record: &ImportedUser) -> bool {
    record.is_suspended
        || !record.mfa.is_empty()
        || !record.identities.is_empty()
        || !record.roles.is_empty()
        || !record.organizations.is_empty()
}

/// Returns the request for a factor. An export lacks the secrets, so such a factor cannot be created.
fn factor_body(factor: &Factor) -> Option<Value> {
    match factor {
        Factor::Totp { secret: Some(secret) } => Some(json!({ "type": "Totp", "secret": secret })),
        Factor::BackupCode { codes: Some(codes) } => Some(json!({ "type": "BackupCode", "codes": codes })),
        _ => None,
    }
}
