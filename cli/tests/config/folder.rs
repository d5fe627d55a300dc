//! A folder for a test, and short names for the commands.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use logto_admin::Client;
use logto_admin_cli::config::{self, Applied, Plan, Selection, Undeclared};
use logto_admin_cli::failure::Result;

/// A folder that is deleted with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("logto-admin-config-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (name, text) in files {
            folder.put(name, text);
        }
        folder
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.get(name);
        assert!(text.contains(from), "{name} has no {from:?}:\n{text}");
        self.put(name, &text.replace(from, to));
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the names of all files.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    names.push(path.strip_prefix(&self.0).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        names.sort();
        names
    }

    /// Removes the path of the folder from a message.
    pub(crate) fn short(&self, message: impl ToString) -> String {
        message.to_string().replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) async fn export(client: &Client, folder: &Folder) {
    config::export(client, NOBODY, folder.path(), &Selection::all(), false).await.unwrap();
}

/// No application of the tenant runs the tests.
pub(crate) const NOBODY: &str = "";

/// Plans without environment variables.
pub(crate) async fn plan(client: &Client, folder: &Folder) -> Result<Plan> {
    config::plan(client, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &|_| Ok(None)).await
}

pub(crate) async fn prune(client: &Client, folder: &Folder) -> Result<Plan> {
    config::plan(client, NOBODY, folder.path(), &Selection::all(), Undeclared::Delete, &|_| Ok(None)).await
}

pub(crate) async fn apply(client: &Client, plan: &Plan) -> Result<Applied> {
    config::apply(client, plan, &mut |_, _| ControlFlow::Continue(())).await
}

/// Plans and applies, and checks that nothing is left to do.
pub(crate) async fn apply_all(client: &Client, folder: &Folder) -> Applied {
    let applied = apply(client, &plan(client, folder).await.unwrap()).await.unwrap();
    let again = plan(client, folder).await.unwrap();
    assert!(again.is_empty(), "a second plan is not empty:\n{}", written(&again));
    applied
}

/// Returns what a plan leaves alone, with whether it is a difference.
pub(crate) fn unmanaged(plan: &Plan) -> Vec<(&str, bool)> {
    plan.unmanaged().iter().map(|unmanaged| (unmanaged.message.as_str(), unmanaged.is_difference)).collect()
}

pub(crate) fn written(plan: &Plan) -> String {
    let mut out = Vec::new();
    plan.write(&mut out, false).unwrap();
    String::from_utf8(out).unwrap()
}
