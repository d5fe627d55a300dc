//! The events that operations trigger, as data.

/// An event of an operation.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) operation: &'static str,
    pub(super) name: &'static str,
    pub(super) content: Content,
}

/// Content of a delivery about the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The body of the response, if it is JSON.
    Answer,
    /// The user before the deletion.
    Deleted,
    /// The user after the change. These events do not describe the request.
    User,
    /// The id and the scopes of a new role, if the request lists scopes.
    RoleScopes,
    /// The id of a new organization role, if the request lists scopes.
    OrganizationRoleScopes,
    /// The organization, and who joined and left it.
    Members,
    /// The same, if the request accepted an invitation.
    AcceptedMembers,
    /// The caller, who changed their own account. These events do not describe the request.
    Caller,
}

const fn event(operation: &'static str, name: &'static str, content: Content) -> Event {
    Event { operation, name, content }
}

const fn answer(operation: &'static str, name: &'static str) -> Event {
    event(operation, name, Content::Answer)
}

const fn members(operation: &'static str) -> Event {
    event(operation, "Organization.Membership.Updated", Content::Members)
}

const fn caller(operation: &'static str) -> Event {
    event(operation, "User.Data.Updated", Content::Caller)
}

pub(super) static EVENTS: &[Event] = &[
    answer("CreateUser", "User.Created"),
    event("DeleteUser", "User.Deleted", Content::Deleted),
    answer("UpdateUser", "User.Data.Updated"),
    answer("UpdateUserCustomData", "User.Data.Updated"),
    answer("UpdateUserProfile", "User.Data.Updated"),
    answer("UpdateUserPassword", "User.Data.Updated"),
    event("UpdateUserLogtoConfigs", "User.Data.Updated", Content::User),
    answer("UpdateUserIsSuspended", "User.SuspensionStatus.Updated"),
    answer("CreateRole", "Role.Created"),
    event("CreateRole", "Role.Scopes.Updated", Content::RoleScopes),
    answer("DeleteRole", "Role.Deleted"),
    answer("UpdateRole", "Role.Data.Updated"),
    answer("CreateRoleScope", "Role.Scopes.Updated"),
    answer("DeleteRoleScope", "Role.Scopes.Updated"),
    answer("CreateResourceScope", "Scope.Created"),
    answer("DeleteResourceScope", "Scope.Deleted"),
    answer("UpdateResourceScope", "Scope.Data.Updated"),
    answer("CreateOrganization", "Organization.Created"),
    answer("DeleteOrganization", "Organization.Deleted"),
    answer("UpdateOrganization", "Organization.Data.Updated"),
    members("AddOrganizationUsers"),
    members("ReplaceOrganizationUsers"),
    members("DeleteOrganizationUser"),
    members("AddOrganizationApplications"),
    members("ReplaceOrganizationApplications"),
    members("DeleteOrganizationApplication"),
    event("ReplaceOrganizationInvitationStatus", "Organization.Membership.Updated", Content::AcceptedMembers),
    answer("CreateOrganizationRole", "OrganizationRole.Created"),
    event("CreateOrganizationRole", "OrganizationRole.Scopes.Updated", Content::OrganizationRoleScopes),
    answer("DeleteOrganizationRole", "OrganizationRole.Deleted"),
    answer("UpdateOrganizationRole", "OrganizationRole.Data.Updated"),
    answer("CreateOrganizationRoleScope", "OrganizationRole.Scopes.Updated"),
    answer("ReplaceOrganizationRoleScopes", "OrganizationRole.Scopes.Updated"),
    answer("DeleteOrganizationRoleScope", "OrganizationRole.Scopes.Updated"),
    answer("CreateOrganizationScope", "OrganizationScope.Created"),
    answer("DeleteOrganizationScope", "OrganizationScope.Deleted"),
    answer("UpdateOrganizationScope", "OrganizationScope.Data.Updated"),
    caller("UpdateProfile"),
    caller("UpdateOtherProfile"),
    caller("UpdatePassword"),
    caller("UpdatePrimaryEmail"),
    caller("DeletePrimaryEmail"),
    caller("UpdatePrimaryPhone"),
    caller("DeletePrimaryPhone"),
    caller("AddUserIdentities"),
    caller("ReplaceMyAccountIdentity"),
    caller("DeleteIdentity"),
    caller("AddMfaVerification"),
    caller("DeleteMfaVerification"),
    caller("CreateOrReplaceTotpMfaVerification"),
    caller("UpdateMfaVerificationName"),
    caller("UpdateMfaSettings"),
    caller("UpdateLogtoConfig"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::models::HookEvent;
    use logto_admin::operation::find;
    use logto_admin::serde_json::{Value, from_value};

    #[test]
    fn operations_and_events_exist() {
        for event in EVENTS {
            assert!(find(event.operation).is_some(), "{}", event.operation);
            let known: HookEvent = from_value(Value::from(event.name)).unwrap();
            assert!(!format!("{known:?}").contains("Unknown"), "{known:?}");
        }
    }

    #[test]
    fn every_data_event_has_an_operation() {
        let kinds = ["User", "Role", "Scope", "Organization", "OrganizationRole", "OrganizationScope"];
        for kind in kinds {
            for change in ["Created", "Deleted", "Data.Updated"] {
                let name = format!("{kind}.{change}");
                assert!(EVENTS.iter().any(|event| event.name == name), "{name}");
            }
        }
    }
}
