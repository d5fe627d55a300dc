//! A real Prometheus server for tests.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A Prometheus server on its own port of 127.0.0.1. Dropping the value stops it.
#[derive(Debug)]
pub struct PrometheusServer {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl PrometheusServer {
    /// Starts a server that reads the metrics of `target` five times per second. Example: `127.0.0.1:9464`.
    #[must_use]
    pub fn scraping(target: &str) -> Self {
        let port = crate::free_port();
        let folder = std::env::temp_dir().join(format!("logto-admin-prometheus-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let config = folder.join("prometheus.yml");
        let jobs = format!(
            "scrape_configs:\n  - job_name: test\n    scrape_interval: 200ms\n    scrape_timeout: 200ms\n    static_configs:\n      - targets: [\"{target}\"]\n"
        );
        fs::write(&config, jobs).expect("a temporary file");
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("prometheus should be installed (run `cargo xtask setup`)");
        Self { child, port, folder }
    }

    /// The URL of the server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for PrometheusServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
