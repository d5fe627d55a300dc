//! Connections with names, in a file that only the user can read.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::environment::{Variables, variable};
use crate::failure::{Failure, Result};
use crate::files;
use crate::secret_command;

/// The name of the profile that is used without `--profile`.
pub const DEFAULT: &str = "default";

/// Longest file with profiles, in bytes. A device such as `/dev/zero` has no end.
const LONGEST: u64 = 1024 * 1024;

/// A connection with a name.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Profile {
    /// URL of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Id of a Logto Cloud tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Id of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// Secret of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_secret: Option<String>,
    /// Environment variable that holds the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_secret_variable: Option<String>,
    /// Command that prints the secret, such as that of a password manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_secret_command: Option<String>,
    /// Resource of the Management API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Path of a PEM file with the authorities to trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_bundle: Option<String>,
    /// Whether plain http to other machines is allowed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub allow_http: bool,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let server = self.endpoint.as_ref().or(self.tenant.as_ref());
        f.debug_struct("Profile").field("server", &server).field("app_id", &self.app_id).finish_non_exhaustive()
    }
}

impl Profile {
    /// Returns the secret: from the file, from a variable, or from a command.
    pub fn secret(&self) -> Result<Option<String>> {
        if let Some(name) = &self.app_secret_variable {
            let unset = || {
                Failure::usage(format!("the environment variable {name} of the profile is not set"))
                    .with_hint("set the variable, or add the profile again with another source of the secret")
            };
            return variable(name)?.ok_or_else(unset).map(Some);
        }
        match &self.app_secret_command {
            Some(command) => secret_command::output_of(command, secret_command::LONGEST).map(Some),
            None => Ok(self.app_secret.clone()),
        }
    }
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == LONGEST {
        return Err(io::Error::other("the file is too large for one with profiles"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not valid UTF-8"))
}

/// All profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles(BTreeMap<String, Profile>);

impl Profiles {
    /// Returns the path of the file. It is `LOGTO_CONFIG`, or `profiles.yaml` in the user's configuration folder.
    pub fn path(variables: Variables<'_>) -> Result<PathBuf> {
        if let Some(path) = variables("LOGTO_CONFIG")?.filter(|path| !path.is_empty()) {
            return Ok(path.into());
        }
        let folders = directories::ProjectDirs::from("", "", "logto-admin");
        let folders = folders.ok_or_else(|| Failure::usage("the user has no home folder: set LOGTO_CONFIG"))?;
        Ok(folders.config_dir().join("profiles.yaml"))
    }

    /// Reads the file. A missing file has no profiles.
    pub fn load(path: &Path) -> Result<Self> {
        match text(path) {
            Ok(text) => Self::parse(&text).map_err(|error| error.context(path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::usage(format!("cannot read {}: {error}", path.display()))),
        }
    }

    /// Parses the text of the file.
    pub fn parse(text: &str) -> Result<Self> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_saphyr::from_str(text).map(Self).map_err(|error: serde_saphyr::Error| {
            let line = crate::yaml::line(&error).map(|line| format!(" in line {line}")).unwrap_or_default();
            Failure::usage(format!("invalid profiles{line}: {}", crate::yaml::reason(&error)))
        })
    }

    /// Changes the file, with mode 600. Other programs that change it wait.
    pub fn change(path: &Path, change: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let failed = |error: &dyn std::fmt::Display| Failure::new(format!("cannot write {}: {error}", path.display()));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let _lock = files::lock(path).map_err(|error| failed(&error))?;
        let mut profiles = Self::load(path)?;
        change(&mut profiles)?;
        let text = serde_saphyr::to_string(&profiles.0).map_err(|error| failed(&error))?;
        files::replace(path, &text, true).map_err(|error| failed(&error))
    }

    /// Returns the profile with this name.
    pub fn get(&self, name: &str) -> Result<&Profile> {
        let names = || self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.0.get(name).ok_or_else(|| match names() {
            names if names.is_empty() => {
                Failure::usage(format!("unknown profile `{name}`: add one with `logto-admin profile add`"))
            }
            names => Failure::usage(format!("unknown profile `{name}`: the profiles are {names}")),
        })
    }

    /// Whether the file contains a secret.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        self.0.values().any(|profile| profile.app_secret.is_some())
    }

    /// Returns the profile that is used if none is named.
    #[must_use]
    pub fn default_profile(&self) -> Option<&Profile> {
        self.0.get(DEFAULT)
    }

    /// Returns all profiles with their names, in alphabetical order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.0.iter().map(|(name, profile)| (name.as_str(), profile))
    }

    /// Adds a profile, or replaces the one with this name.
    pub fn set(&mut self, name: &str, profile: Profile) {
        self.0.insert(name.to_owned(), profile);
    }

    /// Removes a profile.
    pub fn remove(&mut self, name: &str) -> Result<()> {
        self.get(name)?;
        self.0.remove(name);
        Ok(())
    }
}
