//! Services that an operator configures outside of Logto's API.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::errors::{Outcome, Refusal};

/// A service that an operator configures outside of Logto's API. A new server has none of them.
///
/// ```
/// use logto_admin_emulator::{Emulator, Service};
///
/// let emulator = Emulator::builder().service(Service::Storage).build();
/// emulator.configure(Service::Domains);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// Stores uploaded files. The emulator keeps them in memory and serves them.
    Storage,
    /// Serves custom domains.
    ///
    /// No request leaves the emulator. A domain whose name starts with `active.` is active as soon as it is read. All
    /// others wait for their DNS records.
    Domains,
    /// Serves protected applications, below the domain `protected.example`.
    ProtectedApps,
}

impl Service {
    const ALL: [Self; 3] = [Self::Storage, Self::Domains, Self::ProtectedApps];

    const fn name(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Domains => "domains",
            Self::ProtectedApps => "protected-apps",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Service {
    type Err = UnknownService;

    /// Parses `storage`, `domains` or `protected-apps`.
    fn from_str(text: &str) -> Result<Self, UnknownService> {
        let known = Self::ALL.into_iter().find(|service| service.name() == text);
        known.ok_or_else(|| UnknownService(text.to_owned()))
    }
}

/// The text is not the name of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownService(String);

impl fmt::Display for UnknownService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Service::ALL.map(Service::name).join(", ");
        write!(f, "unknown service {:?}: expected one of {names}", self.0)
    }
}

impl std::error::Error for UnknownService {}

/// The configured services.
#[derive(Clone, Debug, Default)]
pub(crate) struct Services(BTreeSet<Service>);

impl Services {
    pub(crate) fn add(&mut self, service: Service) {
        self.0.insert(service);
    }

    pub(crate) fn has(&self, service: Service) -> bool {
        self.0.contains(&service)
    }

    /// Rejects a request that needs a service that is not configured.
    pub(crate) fn require(&self, service: Service) -> Outcome<()> {
        if self.has(service) {
            return Ok(());
        }
        let (status, code) = match service {
            Service::Storage => (400, "storage.not_configured"),
            Service::Domains => (400, "domain.not_configured"),
            Service::ProtectedApps => (501, "application.protected_app_not_configured"),
        };
        Err(Refusal::usual(status, code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services_can_be_parsed() {
        for service in Service::ALL {
            assert_eq!(service.to_string().parse(), Ok(service));
        }
        let error = "mail".parse::<Service>().unwrap_err();
        assert_eq!(error.to_string(), "unknown service \"mail\": expected one of storage, domains, protected-apps");
    }
}
