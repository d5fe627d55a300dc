//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use logto_admin::operation::Release;

use crate::Service;

/// The default port of a Logto server.
const PORT: u16 = 3001;

/// Where Logto's mock connectors write messages.
const RECORDS: &str = "/tmp/logto";

/// The arguments of the program, for its own parser or that of another program.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The same as --port.
    #[arg(value_name = "PORT", conflicts_with = "port")]
    position: Option<u16>,
    /// Port to listen on. 0 selects a free port. Defaults to 3001.
    #[arg(long)]
    port: Option<u16>,
    /// IP address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(super) bind: IpAddr,
    /// YAML or JSON file with entities to create at the start.
    #[arg(long, value_name = "FILE")]
    pub(super) seed: Option<PathBuf>,
    /// File for the state. It contains secrets
    ///
    /// Loaded at the start if it exists, written at the end.
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
    /// Release of Logto whose operations the server has. Defaults to 1.42
    ///
    /// For example 1.36. `next` is the one after 1.42.
    #[arg(long, value_name = "RELEASE", value_parser = supported)]
    pub(super) release: Option<Release>,
    /// Number that ids, secrets and keys depend on
    ///
    /// Give servers that stand for different tenants different numbers.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(super) random_seed: u64,
    /// Folder for the last messages of mock connectors
    ///
    /// Logto's mock connectors for emails and text messages write the last message to a file, which tests read. The
    /// emulator writes the same files: `mock_email_record.txt` and `mock_sms_record.txt`.
    #[arg(long, value_name = "FOLDER", default_value = RECORDS)]
    pub(super) mock_records: PathBuf,
    /// Service to configure: storage, domains or protected-apps. Default: none
    ///
    /// Can be repeated.
    #[arg(long = "service", value_name = "NAME")]
    pub(super) services: Vec<Service>,
}

impl Arguments {
    pub(super) fn port(&self) -> u16 {
        self.port.or(self.position).unwrap_or(PORT)
    }
}

fn supported(text: &str) -> Result<Release, String> {
    let release: Release = text.parse().map_err(|error| format!("{error}"))?;
    let published = Release::OLDEST..=Release::NEWEST;
    if published.contains(&release) || release == Release::NEXT {
        Ok(release)
    } else {
        Err(format!("release {release} is not between {} and {}, or next", Release::OLDEST, Release::NEWEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, Command, FromArgMatches};

    fn command() -> Command {
        Arguments::augment_args(Command::new("emulator"))
    }

    fn parsed(arguments: &[&str]) -> Result<Arguments, i32> {
        let all = ["emulator"].iter().chain(arguments);
        let matches = command().try_get_matches_from(all);
        matches.and_then(|matches| Arguments::from_arg_matches(&matches)).map_err(|error| error.exit_code())
    }

    #[test]
    fn the_port_is_an_option_or_the_only_argument() {
        command().debug_assert();
        let port = |arguments: &[&str]| parsed(arguments).map(|arguments| arguments.port());
        assert_eq!(port(&[]), Ok(3001));
        assert_eq!(port(&["0"]), Ok(0));
        assert_eq!(port(&["--release", "1.36", "3002"]), Ok(3002));
        assert_eq!(port(&["--port", "3003"]), Ok(3003));
        for wrong in [&["70000"][..], &["x"], &["1", "2"], &["1", "--port", "2"], &["--port"], &["--prot", "1"]] {
            assert_eq!(port(wrong), Err(2), "{wrong:?}");
        }
    }

    #[test]
    fn only_this_machine_reaches_the_server_by_default() {
        assert_eq!(parsed(&[]).map(|arguments| arguments.bind), Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }

    #[test]
    fn mock_connectors_write_to_the_folder_of_the_server() {
        assert_eq!(parsed(&[]).map(|arguments| arguments.mock_records), Ok("/tmp/logto".into()));
    }

    #[test]
    fn releases_services_and_addresses_are_checked() {
        let arguments = parsed(&["--release", "next", "--bind", "::1"]).expect("valid arguments");
        assert_eq!((arguments.release, arguments.bind.is_loopback()), (Some(Release::NEXT), true));
        let arguments = parsed(&["--service", "storage", "--service", "domains"]).expect("valid arguments");
        assert_eq!(arguments.services, [Service::Storage, Service::Domains]);
        for wrong in [
            ["--service", "mail"],
            ["--release", "1.16"],
            ["--release", "1.43"],
            ["--release", "x"],
            ["--bind", "localhost"],
        ] {
            assert!(parsed(&wrong).is_err(), "{wrong:?}");
        }
        let refusal = supported("1.43").expect_err("an unknown release");
        assert_eq!(refusal, "release 1.43 is not between 1.17 and 1.42, or next");
    }
}
