//! Selects the server and credentials: flags, then the environment, then a profile.

use std::fs::File;

use logto_admin::transport::{HttpTransport, ReqwestTransport, TlsBackend};
use logto_admin::{Client, ClientBuilder, Endpoint, RetryPolicy};

use crate::environment::Variables;
use crate::failure::{Failure, Result};
use crate::files;
use crate::named_server::named;
use crate::options::ConnectionArguments;
use crate::profiles::{DEFAULT, Profile, Profiles};
use crate::{sent_secrets, unrepeated_creations};

/// A connection that is complete but not checked.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// URL of the server.
    pub endpoint: Option<String>,
    /// Id of a Logto Cloud tenant.
    pub tenant: Option<String>,
    /// Id of the application.
    pub app_id: String,
    /// Secret of the application.
    pub app_secret: String,
    /// Resource of the Management API.
    pub resource: Option<String>,
    /// Path of a PEM file with the authorities to trust. Defaults to those of the system.
    pub ca_bundle: Option<String>,
    /// Whether plain http to other machines is allowed.
    pub allow_http: bool,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("endpoint", &self.endpoint)
            .field("tenant", &self.tenant)
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Combines flags, environment and profile. A flag overrides a variable, and a variable overrides a profile. A flag for
    /// the server replaces all variables of the server. If the profile was named by a flag, variables are ignored.
    pub fn resolve(flags: &ConnectionArguments, variables: Variables<'_>, profiles: &Profiles) -> Result<Self> {
        let named = flags.profile.as_deref();
        let variable = |name: &str| -> Result<Option<String>> {
            let value = if named.is_some() { None } else { variables(name)? };
            Ok(value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
        };
        let profile = match named {
            Some(name) => profiles.get(name)?.clone(),
            None => profiles.default_profile().cloned().unwrap_or_default(),
        };
        let pick =
            |flag: &Option<String>, name: &str| flag.clone().map_or_else(|| variable(name), |flag| Ok(Some(flag)));
        let has_flag = flags.endpoint.is_some() || flags.tenant.is_some();
        // The parts of another server must not be mixed in.
        let pick_of_server =
            |flag: &Option<String>, name: &str| if has_flag { Ok(flag.clone()) } else { pick(flag, name) };
        let endpoint = pick_of_server(&flags.endpoint, "LOGTO_ENDPOINT")?;
        let tenant = pick_of_server(&flags.tenant, "LOGTO_TENANT")?;
        let ignores_profile = endpoint.is_some() || tenant.is_some();
        let profile = if ignores_profile { Profile::default() } else { profile };
        let secret = match pick(&flags.app_secret, "LOGTO_APP_SECRET")? {
            Some(secret) => Some(secret),
            None => profile.secret()?,
        };
        let endpoint = endpoint.or_else(|| profile.endpoint.clone());
        let tenant = tenant.or_else(|| profile.tenant.clone());
        let app_id = pick(&flags.app_id, "LOGTO_APP_ID")?.or_else(|| profile.app_id.clone());
        let has_server = endpoint.is_some() || tenant.is_some();
        let (Some(app_id), Some(app_secret), true) = (&app_id, &secret, has_server) else {
            let failure = missing([has_server, app_id.is_some(), secret.is_some()], named.is_none());
            let ignored = named.or(profiles.default_profile().map(|_| DEFAULT)).filter(|_| ignores_profile);
            return Err(failure.with_hint(match (ignored, named) {
                (Some(name), _) if has_flag => format!(
                    "leave out --endpoint and --tenant to use the profile `{name}`: its credentials are not sent to another server"
                ),
                (Some(name), _) => {
                    let variable = if endpoint.is_some() { "LOGTO_ENDPOINT" } else { "LOGTO_TENANT" };
                    format!(
                        "set the other variables too, or pass `--profile {name}`: {variable} is set, and the credentials of \
                         the profile are not sent to another server"
                    )
                }
                (None, Some(name)) => format!("complete it with `logto-admin profile add {name}`"),
                (None, None) => {
                    "set the variables, or add a profile with `logto-admin profile add default`".to_owned()
                }
            }));
        };
        let allowed = |value: String| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes");
        Ok(Self {
            endpoint,
            tenant,
            app_id: app_id.clone(),
            app_secret: app_secret.clone(),
            resource: pick_of_server(&flags.resource, "LOGTO_RESOURCE")?.or_else(|| profile.resource.clone()),
            ca_bundle: pick(&flags.ca_bundle, "LOGTO_CA_BUNDLE")?.or_else(|| profile.ca_bundle.clone()),
            allow_http: flags.allow_http || profile.allow_http || variable("LOGTO_ALLOW_HTTP")?.is_some_and(allowed),
        })
    }

    /// Returns the endpoint for the client.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        let endpoint = match (&self.tenant, &self.endpoint) {
            (Some(tenant), Some(url)) => Endpoint::cloud(tenant).custom_domain(url),
            (Some(tenant), None) => Endpoint::cloud(tenant),
            (None, url) => Endpoint::self_hosted(url.clone().unwrap_or_default()),
        };
        let endpoint = endpoint.allow_http(self.allow_http);
        match &self.resource {
            Some(resource) => endpoint.with_resource(resource),
            None => endpoint,
        }
    }

    /// Creates a client for this connection.
    ///
    /// # Errors
    /// Fails if the settings are invalid.
    pub fn client(&self) -> Result<Client> {
        self.client_over(self.transport()?, RetryPolicy::default())
    }

    /// Returns a transport over the network. Its errors name the server.
    ///
    /// It has the same TLS library in every build. OpenSSL takes ten times as long to load the certificates of the system.
    pub(crate) fn transport(&self) -> Result<impl HttpTransport + use<>> {
        let builder = ReqwestTransport::builder().tls_backend(TlsBackend::Rustls);
        let Some(path) = &self.ca_bundle else { return Ok(named(builder.build()?)) };
        let pem = File::open(path).and_then(files::whole);
        let pem = pem.map_err(|error| Failure::usage(format!("cannot read the CA bundle {path}: {error}")))?;
        Ok(named(builder.ca_bundle(pem).build().map_err(|error| Failure::from(error).context(path))?))
    }

    /// Creates a client that sends through another transport. Errors of the server lack the secrets that were sent. Creations
    /// that might be done are not repeated. The policy is also about token calls.
    ///
    /// # Errors
    /// Fails if the settings are invalid.
    pub(crate) fn client_over(&self, transport: impl HttpTransport, retry: RetryPolicy) -> Result<Client> {
        let transport = sent_secrets::hidden(unrepeated_creations::without_repeats(transport), &self.app_secret);
        self.built(self.builder().retry(retry).transport(transport))
    }

    fn built(&self, builder: ClientBuilder) -> Result<Client> {
        builder.build().map_err(|error| {
            let allowed = Self { allow_http: true, ..self.clone() };
            if !self.allow_http && allowed.builder().build().is_ok() {
                return Failure::usage("plain http sends the secret unencrypted")
                    .with_hint("use https, or pass `--allow-http` or set LOGTO_ALLOW_HTTP=1");
            }
            error.into()
        })
    }

    /// Starts a client for this connection.
    pub fn builder(&self) -> ClientBuilder {
        let agent = concat!("logto-admin-cli/", env!("CARGO_PKG_VERSION"));
        Client::builder(self.endpoint()).client_credentials(&self.app_id, &self.app_secret).user_agent(agent)
    }
}

/// Names the missing parts of a connection. Also names their variables if these are read.
fn missing(has: [bool; 3], with_variables: bool) -> Failure {
    let all = [
        ("--endpoint or --tenant", "LOGTO_ENDPOINT, LOGTO_TENANT"),
        ("--app-id", "LOGTO_APP_ID"),
        ("the secret of the application", "LOGTO_APP_SECRET"),
    ];
    let missing = has.into_iter().zip(all).filter(|(has, _)| !has);
    let name = |(_, (name, variables)): (bool, (&str, &str))| match with_variables {
        true => format!("{name} ({variables})"),
        false => name.to_owned(),
    };
    let names: Vec<String> = missing.map(name).collect();
    Failure::usage(format!("incomplete connection: missing {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles() -> Profiles {
        let text = "default: { endpoint: 'https://a.example', appId: a, appSecret: sa }\nprod: { tenant: acme, appId: p, appSecret: sp }\n";
        Profiles::parse(text).unwrap()
    }

    fn flags(change: impl FnOnce(&mut ConnectionArguments)) -> ConnectionArguments {
        let mut flags = ConnectionArguments::default();
        change(&mut flags);
        flags
    }

    fn environment(name: &str) -> Result<Option<String>> {
        let all = [("LOGTO_ENDPOINT", "https://e.example"), ("LOGTO_APP_ID", "e"), ("LOGTO_APP_SECRET", "se")];
        Ok(all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    const NOTHING: Variables<'static> = &|_| Ok(None);

    #[test]
    fn flags_override_variables_and_variables_override_profiles() {
        let resolved = |flags, variables| Connection::resolve(&flags, variables, &profiles()).unwrap();
        let of_profile = resolved(flags(|_| ()), NOTHING);
        assert_eq!((of_profile.endpoint.as_deref(), of_profile.app_secret.as_str()), (Some("https://a.example"), "sa"));
        let of_environment = resolved(flags(|_| ()), &environment);
        assert_eq!((of_environment.app_id.as_str(), of_environment.app_secret.as_str()), ("e", "se"));
        let of_flag = resolved(flags(|flags| flags.app_id = Some("f".into())), &environment);
        assert_eq!((of_flag.app_id.as_str(), of_flag.app_secret.as_str()), ("f", "se"));
    }

    #[test]
    fn a_flag_for_the_server_replaces_all_variables_of_the_server() {
        let variables: Variables<'_> = &|name| {
            let resource = (name == "LOGTO_RESOURCE").then(|| "https://e.example/api".to_owned());
            Ok(environment(name)?.or(resource).or((name == "LOGTO_TENANT").then(|| "other".to_owned())))
        };
        let resolved = |endpoint: Option<&str>, tenant: Option<&str>| {
            let flags = flags(|flags| {
                flags.endpoint = endpoint.map(str::to_owned);
                flags.tenant = tenant.map(str::to_owned);
            });
            let endpoint = Connection::resolve(&flags, variables, &profiles()).unwrap().endpoint();
            (endpoint.url().to_owned(), endpoint.resource().to_owned())
        };
        let server = |url: &str, resource: &str| (url.to_owned(), resource.to_owned());
        let domain = "https://id.acme.example";
        assert_eq!(resolved(None, None), server("https://e.example", "https://e.example/api"));
        assert_eq!(resolved(None, Some("acme")), server("https://acme.logto.app", "https://acme.logto.app/api"));
        assert_eq!(resolved(Some(domain), None), server(domain, "https://default.logto.app/api"));
        assert_eq!(resolved(Some(domain), Some("acme")), server(domain, "https://acme.logto.app/api"));
    }

    #[test]
    fn a_named_profile_ignores_the_environment() {
        let connection =
            Connection::resolve(&flags(|flags| flags.profile = Some("prod".into())), &environment, &profiles())
                .unwrap();
        assert_eq!(
            (connection.tenant.as_deref(), connection.endpoint, connection.app_id.as_str()),
            (Some("acme"), None, "p")
        );
    }

    #[test]
    fn another_server_does_not_get_the_secret_of_a_profile() {
        let other = flags(|flags| flags.endpoint = Some("https://other.example".into()));
        let error = Connection::resolve(&other, NOTHING, &profiles()).unwrap_err().to_string();
        assert!(error.contains("--app-id (LOGTO_APP_ID), the secret"), "{error}");
    }

    #[test]
    fn hints_about_a_named_profile_do_not_name_variables() {
        let other = flags(|flags| {
            flags.profile = Some("prod".into());
            flags.endpoint = Some("https://other.example".into());
        });
        let failure = Connection::resolve(&other, &environment, &profiles()).unwrap_err();
        assert!(failure.hint().unwrap().starts_with("leave out --endpoint and --tenant to use the profile `prod`"));
        let profiles = Profiles::parse("half: { tenant: acme }").unwrap();
        let half = flags(|flags| flags.profile = Some("half".into()));
        let failure = Connection::resolve(&half, &environment, &profiles).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "incomplete connection: missing --app-id, the secret of the application\nhint: complete it with `logto-admin profile add half`"
        );
    }

    #[test]
    fn a_server_without_credentials_names_the_profile_that_it_replaces() {
        let server: Variables<'_> = &|name| Ok((name == "LOGTO_ENDPOINT").then(|| "https://e.example".to_owned()));
        let hint = |flags: &ConnectionArguments, variables, profiles: &Profiles| {
            Connection::resolve(flags, variables, profiles).unwrap_err().hint().unwrap().to_owned()
        };
        let of_variable = hint(&flags(|_| ()), server, &profiles());
        for expected in ["pass `--profile default`", "LOGTO_ENDPOINT is set"] {
            assert!(of_variable.contains(expected), "{of_variable}");
        }
        let flag = flags(|flags| flags.tenant = Some("other".into()));
        let of_flag = hint(&flag, NOTHING, &profiles());
        assert!(of_flag.starts_with("leave out --endpoint and --tenant to use the profile `default`"), "{of_flag}");
        for (flags, variables) in [(&flags(|_| ()), server), (&flag, NOTHING)] {
            let without_profile = hint(flags, variables, &Profiles::default());
            assert!(without_profile.contains("profile add default"), "{without_profile}");
        }
    }

    #[test]
    fn everything_that_is_missing_is_in_one_error() {
        let error = Connection::resolve(&flags(|_| ()), NOTHING, &Profiles::default()).unwrap_err();
        assert_eq!(error.exit, crate::failure::Exit::Usage);
        assert!(error.to_string().contains("--endpoint or --tenant") && error.to_string().contains("profile add"));
    }

    #[test]
    fn secrets_are_not_in_debug_output() {
        let connection = Connection { app_secret: "s3cret".into(), ..Connection::default() };
        assert!(!format!("{connection:?}").contains("s3cret"));
        let flags = flags(|flags| flags.app_secret = Some("s3cret".into()));
        assert!(!format!("{flags:?}").contains("s3cret"));
    }
}
