/// A selection of tests. Each pass tests the mutants that no test of an earlier pass has caught.
pub(super) struct Pass {
    pub tests: &'static str,
    /// The features of the crate.
    pub features: &'static str,
    /// The targets of integration tests. Without any, the unit tests.
    pub targets: &'static [&'static str],
    /// Arguments that select tests of these targets.
    pub filter: &'static [&'static str],
    /// Seconds after which a test counts as hanging. Many times what the tests take, so that they are not cut off on a busy
    /// machine.
    pub timeout: &'static str,
}

/// The unit tests need only one group of the API. They compile several times faster than the others.
const UNIT_TESTS: &str = "chrono,jiff,metrics,time,tracing,users,webhook";
const ALL_TESTS: &str = "account,experience,management,metrics,redis,tracing,webhook";

/// The models of concurrency are the slowest tests, so they are last.
pub(super) const PASSES: [Pass; 3] = [
    Pass { tests: "unit tests", features: UNIT_TESTS, targets: &[], filter: &["--skip", "model_tests"], timeout: "60" },
    Pass {
        tests: "integration tests",
        features: ALL_TESTS,
        targets: &["features", "native", "token"],
        filter: &[],
        timeout: "300",
    },
    Pass {
        tests: "models of concurrency",
        features: UNIT_TESTS,
        targets: &[],
        filter: &["model_tests"],
        timeout: "300",
    },
];
