//! Carries out a plan.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use logto_admin::operation::find;
use logto_admin::transport::Method;
use logto_admin::{Client, Error, Request, Untyped};
use serde_json::{Value, json};

use super::call;
use super::key::Key;
use super::kinds::{Address, Body, LinkChange, Links, Part, Write};
use super::links;
use super::plan::{Action, Change, Ids, Plan};
use super::progress::Progress;
use super::request_bodies::{body, is, names};
use super::variable_values::VariableValues;
use crate::failure::{Failure, Result, is_ambiguous};
use crate::lookup::is_absent;

/// Outcome of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The change is made.
    Done,
    /// It failed. No further change is made.
    Failed,
}

/// Numbers of changed entities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The number of new entities.
    pub created: usize,
    /// The number of changed entities.
    pub updated: usize,
    /// The number of deleted entities.
    pub deleted: usize,
    /// The number of changes that were not made, because the observer ended the run.
    pub left: usize,
}

impl Applied {
    const fn done(self) -> usize {
        self.created + self.updated + self.deleted
    }
}

/// Makes the changes of a plan, in order. `observer` sees each change after it was made or has failed, and can end the
/// run.
///
/// # Errors
/// Fails at the first change that fails. The message has how many changes were made. A new plan has the others. The exit
/// code is that of [`Failure::after_changes`] if the tenant has changed, or might have.
pub async fn apply(
    client: &Client,
    plan: &Plan,
    observer: &mut dyn FnMut(&Change, Outcome) -> ControlFlow<()>,
) -> Result<Applied> {
    let progress = Progress::default();
    let (ids, variable_values) = (plan.ids.clone(), &plan.variable_values);
    let mut applier = Applier { client, ids, variable_values, might_have_written: false, progress };
    let mut applied = Applied::default();
    for change in &plan.changes {
        if let Err(error) = applier.change(change).await {
            let _ = observer(change, Outcome::Failed);
            let (done, all) = (applied.done(), plan.changes.len());
            let before = match done {
                0 => "no change was made before it".to_owned(),
                done => format!("{done} of {all} changes were made before it"),
            };
            let message = format!(
                "cannot {} the {change}: {}{}; {before}; the next plan shows what is left",
                change.action.verb(),
                error.message(),
                applier.progress.before_failure(change.action)
            );
            let failure = Failure::new(message).after_changes_if(applier.might_have_written);
            return Err(error.hint().into_iter().fold(failure, Failure::with_hint));
        }
        match change.action {
            Action::Create => applied.created += 1,
            Action::Update => applied.updated += 1,
            Action::Delete => applied.deleted += 1,
        }
        if observer(change, Outcome::Done).is_break() {
            break;
        }
    }
    applied.left = plan.changes.len() - applied.done();
    Ok(applied)
}

struct Applier<'c> {
    client: &'c Client,
    ids: Ids,
    /// The values of variables, which messages must not show.
    variable_values: &'c VariableValues,
    /// Whether a call has changed the tenant, or might have. A change can consist of several calls.
    might_have_written: bool,
    /// The calls of the current change.
    progress: Progress,
}

impl Applier<'_> {
    async fn change(&mut self, change: &Change) -> Result<()> {
        self.progress = Progress::default();
        match change.action {
            Action::Create => self.create(change).await,
            Action::Update => self.update(change).await,
            Action::Delete => self.delete(change).await,
        }
    }

    async fn create(&mut self, change: &Change) -> Result<()> {
        let kind = change.kind;
        let Some(write) = kind.create else { return Ok(()) };
        let named_by_path = kind.address == Address::Key && is(write, Method::Put);
        let sent = names(change, |member| !(member.later || member.fixed && named_by_path));
        let own = if named_by_path { change.key.own() } else { "" };
        self.progress.start(&sent);
        let answer = self.call(write.operation, &self.path(change, own)?, body(write, change, &sent)).await?;
        let id = match kind.address {
            Address::Id => answer.get("id").and_then(Value::as_str).unwrap_or_default(),
            Address::Key => change.key.own(),
        };
        self.ids.insert((kind.noun, change.key.clone()), id.to_owned());
        let later = names(change, |member| member.later);
        let later: Vec<&str> =
            later.into_iter().filter(|name| answer.get(*name) != change.members.get(*name)).collect();
        if let (Some(write), false) = (kind.update, later.is_empty()) {
            self.progress.start(&later);
            self.call(write.operation, &self.path(change, id)?, body(write, change, &later)).await?;
        }
        for part in kind.parts {
            match part {
                Part::Member { member, write } => {
                    let value = change
                        .members
                        .get(*member)
                        .filter(|value| !value.is_null() && answer.get(*member) != Some(value));
                    if value.is_some() {
                        self.write_member(change, *write, member, id).await?;
                    }
                }
                Part::Document { member, write, .. } => {
                    if change.members.get(*member).is_some_and(|value| !value.is_null()) {
                        self.write_member(change, *write, member, id).await?;
                    }
                }
                Part::Links(links) => self.link(change, links, id).await?,
            }
        }
        Ok(())
    }

    async fn update(&mut self, change: &Change) -> Result<()> {
        let (kind, id) = (change.kind, change.id.as_deref().unwrap_or_default());
        let own = |name: &String| !kind.is_part(name);
        if let (Some(write), true) = (kind.update, change.changed.iter().any(own)) {
            let names: Vec<&str> = if is(write, Method::Patch) {
                change.changed.iter().filter(|name| own(name)).map(String::as_str).collect()
            } else {
                let in_path = find(write.operation).is_some_and(|info| !info.path_parameters.is_empty());
                names(change, |member| !(member.fixed && in_path))
            };
            self.progress.start(&names);
            self.call(write.operation, &self.path(change, id)?, body(write, change, &names)).await?;
        }
        for part in kind.parts {
            match part {
                Part::Member { member, write } | Part::Document { member, write, .. }
                    if change.changed.iter().any(|name| name == member) =>
                {
                    self.write_member(change, *write, member, id).await?;
                }
                Part::Links(links) if change.changed.iter().any(|name| name == links.member) => {
                    self.link(change, links, id).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn delete(&mut self, change: &Change) -> Result<()> {
        let Some(operation) = change.kind.delete else { return Ok(()) };
        let path = self.path(change, change.id.as_deref().unwrap_or_default())?;
        match self.send(self.request(operation, &path)?).await {
            // Some entities go with others.
            Err(error) if is_absent(&error) => Ok(()),
            answer => answer.map(drop).map_err(|error| self.explained(&error)),
        }
    }

    async fn write_member(&mut self, change: &Change, write: Write, member: &'static str, id: &str) -> Result<()> {
        self.progress.start(&[member]);
        let mut names = vec![member];
        if let Body::ListIn(_) = write.body {
            names.extend(change.kind.key);
        }
        self.call(write.operation, &self.path(change, id)?, body(write, change, &names)).await?;
        Ok(())
    }

    async fn link(&mut self, change: &Change, links: &Links, id: &str) -> Result<()> {
        let Some(value) = change.members.get(links.member).filter(|value| !value.is_null()) else { return Ok(()) };
        let wanted = links::keys(links, value).map_err(Failure::new)?;
        let present = change.links.get(links.member).cloned().unwrap_or_default();
        if wanted == present {
            return Ok(());
        }
        self.progress.start(&[links.member]);
        let path = self.path(change, id)?;
        match links.change {
            LinkChange::Replace(operation, member) => {
                self.call(operation, &path, json!({ member: self.ids_of(links, wanted.iter())? })).await?;
            }
            LinkChange::AddRemove { add, member, remove, path: within } => {
                let added: BTreeSet<&Key> = wanted.difference(&present).collect();
                if !added.is_empty() {
                    self.call(add, &path, json!({ member: self.ids_of(links, added)? })).await?;
                }
                for id in self.ids_of(links, present.difference(&wanted))? {
                    let path: Vec<&str> = path.iter().map(String::as_str).chain(within).chain([id.as_str()]).collect();
                    let removed = self.send(self.request(remove, &path)?).await;
                    removed.map_err(|error| self.explained(&error))?;
                }
            }
        }
        Ok(())
    }

    fn ids_of<'k>(&self, links: &Links, keys: impl IntoIterator<Item = &'k Key>) -> Result<Vec<String>> {
        let id = |key: &Key| links.kind().map_or_else(|| Ok(key.own().to_owned()), |kind| self.id(kind.noun, key));
        keys.into_iter().map(id).collect()
    }

    fn id(&self, noun: &'static str, key: &Key) -> Result<String> {
        let id = self.ids.get(&(noun, key.clone())).filter(|id| !id.is_empty());
        let unknown = || format!("the id of the {noun} \"{}\" is unknown", self.variable_values.key(key));
        id.cloned().ok_or_else(|| Failure::new(unknown()))
    }

    /// Returns the ids in paths: that of the owner, then its own.
    fn path(&self, change: &Change, own: &str) -> Result<Vec<String>> {
        let mut path = Vec::new();
        if let Some(owner) = change.kind.owner {
            path.push(self.id((owner.kind)().noun, &change.key.owner())?);
        }
        if !own.is_empty() {
            path.push(own.to_owned());
        }
        Ok(path)
    }

    async fn call(&mut self, operation: &'static str, path: &[String], body: Value) -> Result<Value> {
        let answer = self.send(self.request(operation, path)?.json(&body)).await;
        answer.map_err(|error| self.explained(&error))
    }

    fn request<S: AsRef<str>>(&self, operation: &'static str, path: &[S]) -> Result<Request<Untyped>> {
        call::request(self.client, operation, path).map_err(|error| self.explained(&error))
    }

    /// Returns the failure of a call, without values of variables, and with a hint.
    fn explained(&self, error: &Error) -> Failure {
        let failure = Failure::masked(error, &|text: &str| self.variable_values.hide_in_error(text));
        match hint(error) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }

    async fn send(&mut self, request: Request<Untyped>) -> logto_admin::Result<Value> {
        let answer = request.await;
        self.might_have_written |= answer.as_ref().err().is_none_or(is_ambiguous);
        answer
    }
}

/// Returns a hint, if the error has none.
fn hint(error: &Error) -> Option<&'static str> {
    match () {
        () if error.hint().is_some() => None,
        // A plan only finds entities with the key of the file.
        () if error.is_conflict() && is_about_uniqueness(error) => {
            Some("change or delete the entity of the tenant that has the same unique value, or use another")
        }
        () if is_ambiguous(error) => Some("plan again: the server might have made this change"),
        () => None,
    }
}

/// Whether a conflict is about a value that another entity has. Some are about other rules.
fn is_about_uniqueness(error: &Error) -> bool {
    const WORDS: [&str; 4] = ["_exists", "_in_use", "duplicate", "unique_integrity"];
    error.code().is_some_and(|code| WORDS.iter().any(|word| code.contains(word)))
}

#[cfg(test)]
mod tests {
    use logto_admin_emulator::Emulator;

    use super::*;

    #[tokio::test]
    async fn only_conflicts_about_unique_values_have_a_hint_about_them() {
        let client = Emulator::new().client().unwrap();
        let call = async |operation: &'static str, path: &[&str], body: Value| {
            call::request(&client, operation, path).unwrap().json(&body).await
        };
        let phrases = json!({ "action": { "sign_in": "Enter" } });
        call("ReplaceCustomPhrase", &["en"], phrases).await.unwrap();
        let delete = call::request(&client, "DeleteCustomPhrase", &["en"]).unwrap();
        let fallback = delete.await.unwrap_err();
        assert!(fallback.is_conflict());
        assert_eq!(hint(&fallback), None);

        let role = json!({ "name": "editor", "description": "x" });
        call("CreateRole", &[], role.clone()).await.unwrap();
        let taken = call("CreateRole", &[], role).await.unwrap_err();
        assert!(hint(&taken).is_some_and(|hint| hint.contains("the same unique value")), "{taken:?}");
    }
}
