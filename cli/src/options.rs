//! Options of all commands.

use clap::Args;

use crate::output::Format;

/// Options of all commands.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// The connection.
    #[command(flatten)]
    pub connection: ConnectionArguments,
    /// Format of the data. Defaults to `table` on a terminal, and to `json` elsewhere
    #[arg(long, short, global = true, value_name = "FORMAT", help_heading = "Output")]
    pub output: Option<Format>,
    /// Print data and errors only
    #[arg(long, short, global = true, help_heading = "Output", hide_short_help = true)]
    pub quiet: bool,
    /// Print each request; twice for more details
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = "Output", hide_short_help = true)]
    pub verbose: u8,
    /// Do not ask before deleting or replacing something, or applying files
    #[arg(long, short, global = true)]
    pub yes: bool,
}

/// The heading of the options of the connection, which come after a command's own.
const CONNECTION: &str = "Connection";

/// Options that select the server and the credentials.
#[derive(Args, Clone, Default)]
pub struct ConnectionArguments {
    /// Profile to use. Defaults to the one named `default`
    #[arg(long, global = true, value_name = "NAME", help_heading = CONNECTION)]
    pub profile: Option<String>,
    /// URL of a self-hosted server, or of a custom domain [env: LOGTO_ENDPOINT]
    #[arg(long, global = true, value_name = "URL", help_heading = CONNECTION, hide_short_help = true)]
    pub endpoint: Option<String>,
    /// Id of a Logto Cloud tenant [env: LOGTO_TENANT]
    #[arg(long, global = true, value_name = "ID", help_heading = CONNECTION, hide_short_help = true)]
    pub tenant: Option<String>,
    /// Id of the machine-to-machine application [env: LOGTO_APP_ID]
    #[arg(long, global = true, value_name = "ID", help_heading = CONNECTION, hide_short_help = true)]
    pub app_id: Option<String>,
    /// Secret of the application [env: LOGTO_APP_SECRET]
    ///
    /// Other users of the machine can see it: prefer the variable.
    #[arg(long, global = true, value_name = "SECRET", help_heading = CONNECTION, hide_short_help = true)]
    pub app_secret: Option<String>,
    /// Resource of the Management API. Default: the server's [env: LOGTO_RESOURCE]
    #[arg(long, global = true, value_name = "URL", help_heading = CONNECTION, hide_short_help = true)]
    pub resource: Option<String>,
    /// PEM file with the authorities to trust, and no others [env: LOGTO_CA_BUNDLE]
    ///
    /// For a server with a certificate of a private authority.
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION, hide_short_help = true)]
    pub ca_bundle: Option<String>,
    /// Allow plain http to other machines [env: LOGTO_ALLOW_HTTP]
    ///
    /// It sends the secret unencrypted.
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true)]
    pub allow_http: bool,
}

impl std::fmt::Debug for ConnectionArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionArguments")
            .field("profile", &self.profile)
            .field("endpoint", &self.endpoint)
            .field("tenant", &self.tenant)
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}
