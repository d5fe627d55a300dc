use logto_admin::serde_json::Value;

use super::{Rules, Shape, View};
use crate::call::Call;
use crate::collections::{MANAGEMENT_RESOURCE_ID, RESOURCES, SCOPES};
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record};

pub(super) static RULES: Rules = Rules {
    prepare: |_, draft| {
        let id = if draft.creates { "" } else { draft.members.text("id") };
        refuse_management_api(id, "resource.cannot_modify_management_api")
    },
    deletable: |_, resource| refuse_management_api(&resource.id, "resource.cannot_delete_management_api"),
    present: |view, resource, members| {
        let with_scopes = view.shape == Shape::Listed && view.query.is_true("includeScopes");
        if with_scopes || view.shape == Shape::Created {
            members.insert("scopes".to_owned(), scopes(view, resource));
        }
    },
    ..Rules::NONE
};

pub(super) static SCOPE_RULES: Rules = Rules {
    admit: admit_scope,
    present: |view, scope, members| {
        if view.info.path == "/api/roles/{id}/scopes" && view.shape == Shape::Linked {
            members.insert("resource".to_owned(), resource(view, scope));
        }
    },
    ..Rules::NONE
};

/// Checks a scope before it is created or found.
///
/// The name of a new scope is checked before the resource, and that of an existing one after it.
fn admit_scope(call: &Call<'_>) -> Outcome<()> {
    let (id, name) = (call.parameter(1), call.text("name"));
    let creates = id.is_empty();
    if creates {
        refuse_spaces(name)?;
    }
    let resource = call.record(&RESOURCES, call.parameter(0))?;
    refuse_management_api(&resource.id, "resource.cannot_modify_management_api")?;
    if !creates {
        refuse_spaces(name)?;
    }
    let same = |scope: &Record| scope.id != id && scope.text("resourceId") == resource.id && scope.text("name") == name;
    if !name.is_empty() && call.state.store.all(&SCOPES).any(same) {
        return Err(Refusal::new(422, "scope.name_exists", format!("The scope name {name} is already in use")));
    }
    Ok(())
}

fn refuse_spaces(name: &str) -> Outcome<()> {
    if name.contains(char::is_whitespace) {
        return Err(Refusal::new(400, "scope.name_with_space", "The name of the scope cannot contain any spaces."));
    }
    Ok(())
}

/// Rejects changes to the Management API.
fn refuse_management_api(resource: &str, code: &str) -> Outcome<()> {
    if resource != MANAGEMENT_RESOURCE_ID {
        return Ok(());
    }
    Err(Refusal::new(400, code, "The Management API and its scopes cannot be changed."))
}

fn scopes(view: &View<'_>, resource: &Record) -> Value {
    let scopes = view.state.store.all(&SCOPES).filter(|scope| scope.text("resourceId") == resource.id);
    let mut scopes: Vec<&Record> = scopes.collect();
    SCOPES.order.sort(&mut scopes);
    scopes.into_iter().map(|scope| scope.members.to_value()).collect()
}

fn resource(view: &View<'_>, scope: &Record) -> Value {
    let resource = view.state.store.get(&RESOURCES, scope.text("resourceId"));
    resource.map_or_else(|| Value::Object(Members::new()), |resource| resource.members.to_value())
}
