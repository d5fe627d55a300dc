use logto_admin::serde_json::Value;
use logto_admin::transport::Method;

use super::{Rules, Shape, application_checks, protected_apps, refuse_past};
use crate::call::Call;
use crate::collections::{ADMIN_ROLE_ID, APPLICATIONS};
use crate::errors::constraint_violated;
use crate::record::Record;

pub(super) static RULES: Rules = Rules {
    prepare: application_checks::check,
    created,
    deletable: |_, application| {
        if application.text("type") == "SAML" {
            return Err(application_checks::use_saml_api());
        }
        protected_apps::check_deletion(application)
    },
    changed: |call, application| {
        let row = vec![application.id.clone(), ADMIN_ROLE_ID.to_owned()];
        match call.body.get("isAdmin") {
            Some(Value::Bool(true)) => {
                call.state.store.links.add("applications_roles", row);
            }
            Some(_) => {
                let conditions = [("applications", application.id.as_str()), ("roles", ADMIN_ROLE_ID)];
                call.state.store.links.remove("applications_roles", &conditions);
            }
            None => {}
        }
    },
    present: |view, application, members| {
        if view.shape == Shape::Got {
            let row = [application.id.clone(), ADMIN_ROLE_ID.to_owned()];
            members.insert("isAdmin".to_owned(), view.state.store.links.has("applications_roles", &row).into());
        }
    },
    ..Rules::NONE
};

pub(super) static SECRET_RULES: Rules = Rules {
    admit: |call| if call.info.method == Method::Post { refuse_past(call) } else { Ok(()) },
    prepare: |call, draft| {
        if !draft.creates {
            return Ok(());
        }
        let application = call.state.store.get(&APPLICATIONS, draft.members.text("applicationId"));
        if application.is_some_and(|application| !is_confidential(application)) {
            return Err(constraint_violated());
        }
        draft.members.insert("value".to_owned(), call.state.ids.secret(32).into());
        Ok(())
    },
    ..Rules::NONE
};

/// Whether an application can keep a secret.
fn is_confidential(application: &Record) -> bool {
    matches!(application.text("type"), "MachineToMachine" | "Traditional" | "Protected")
}

/// Adds the default secret to a new application that can keep one.
fn created(call: &mut Call<'_>, application: &Record) {
    if is_confidential(application) {
        let value = call.state.presets.secret.take().unwrap_or_else(|| call.state.ids.secret(32));
        call.state.add_secret(&application.id, "Default secret", &value, call.now);
    }
}
