//! The benches: names, tools and texts.

use clap::ValueEnum;

use crate::tool::Tool;

/// A set of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bench {
    /// Figures that do not depend on the machine's state. Instructions, allocations, memory, token calls.
    Countable,
    /// Calls by one and by 32 callers, compared with bare reqwest.
    Native,
    /// A list of 100,000 users as a stream, and page prefetching.
    Streams,
    /// An import of 100,000 users and an export of 1,000,000 with the command line. Compared with bare reqwest.
    Bulk,
    /// Typed decoding, compared with `serde_json::Value`.
    Decode,
    /// The same calls made by other clients.
    Peers,
    /// The npm package: its size, its startup, and calls compared with bare fetch.
    Npm,
    /// Compile times, compared with other crates.
    Compile,
    /// Build times with each library for TLS.
    Tls,
    /// Many processes that call one tenant.
    Scale,
    /// Memory of an emulator with 1,000,000 users, and time of its lists and searches.
    Emulator,
}

impl Bench {
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The tools that the bench needs.
    pub(super) fn needs(self) -> &'static [Tool] {
        match self {
            Self::Countable => &[Tool::Valgrind, Tool::GungraunRunner],
            Self::Tls => &[Tool::Time, Tool::OpenSsl],
            Self::Bulk | Self::Compile => &[Tool::Time],
            _ => &[],
        }
    }

    /// The heading of the bench's section in RESULTS.md.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Countable => "Countable figures",
            Self::Native => "Compared with bare reqwest",
            Self::Streams => "Streams",
            Self::Bulk => "Bulk work with the command line",
            Self::Decode => "Decoding",
            Self::Peers => "Compared with other clients",
            Self::Npm => "The npm package",
            Self::Compile => "Compile times",
            Self::Tls => "Build times with each library for TLS",
            Self::Scale => "From 1 to 10,000 processes",
            Self::Emulator => "The emulator with 1,000,000 users",
        }
    }

    /// A paragraph that explains the results, or nothing.
    pub(super) fn note(self) -> &'static str {
        match self {
            Self::Native => {
                "\nBare reqwest grows its list as items arrive. The client has the number of items in advance, which offsets part of its overhead. The budget is about one thread, while the server has the other core. Two threads and the server share two cores: they interrupt each other, and tasks move between the threads. That makes each call dearer on both sides, and the client's more than bare reqwest's. For 20 users the client runs no more instructions than bare reqwest (see above), but they are spread over more code. In a `perf` profile at 32 callers with two threads, the client's own functions take 2.3 µs of 114 µs per call. The largest of them takes 0.3 µs. The same functions of serde_json and of the allocator take 4.7 µs more than under bare reqwest, and the kernel 3.6 µs more.\n"
            }
            Self::Bulk => {
                "\nAll programs have the same concurrency: 32 users at a time, and four pages of 100 users. Before it creates users, each program searches for 20 of them at a time. Bare reqwest parses the responses as `serde_json::Value`, writes the exported users to a file, and does nothing else. An import of the command line also reads the file twice, and checks all records before it sends the first. It writes two lines per user to a journal. The ratios refer to bare reqwest in tokio's default runtime, which has a thread per core. The command line runs on one thread, because waking other threads costs more than the work that they could do. Relative to bare reqwest on one thread, an import takes 1.7 times the CPU time, and an export 0.8 times.\n"
            }
            Self::Peers => {
                "\nWith one caller, a call mostly waits for the server, so no client can lead the others by more than bare reqwest does. The targets are four times as many calls as @logto/api and 15 times as many as py-logto-admin. On a machine twice as fast, even bare reqwest made only twice and seven times as many. On Node, much of what the package adds to bare fetch is the cost of its timeout. The rows for bare fetch with a timeout show that. @logto/api has no timeout. A call with a living token stays in JavaScript and does not enter the package's WebAssembly module. py-logto-admin is `logto-admin` on PyPI. In workerd the clock does not advance while a worker runs, so calls are timed from outside. One request to the worker stands for 2,000 calls.\n"
            }
            Self::Npm => {
                "\nCalls are timed outside of the runtimes, because a worker's clock does not advance while the worker runs. One message starts all calls of a round. Another worker in the same process loads each new isolate and passes it the module as bytes. The time to the first request therefore includes compiling the module and delivering the message. The last three rows of that table do parts of the package's work before a bare fetch. The package sends its token request before it has an instance of the module. When the module sent it, the time was 2.5 times that of @logto/api. What remains is V8, which parses and compiles functions that run once. Parsing the script takes 2 ms, even if none of it runs, and running its top level 1 ms. Compiling the module takes 0.8 ms. In the log of Node 26, 64 functions are compiled before the token request, in 3.4 ms, and none of them takes 0.5 ms. In other runs, a minified bundle saved 0.5 ms, and a bundle with one group of operations 0.4 ms. Without regular expressions, the path took 0.5 ms less. The times without network I/O show where the rest of the time goes. Once the engine has compiled everything, a call takes hardly longer than with @logto/api. But most workers make few calls, and until then every function on the path of a call adds to its cost.\n"
            }
            Self::Compile => {
                "\n`rustc -Ztime-passes` explains a check of one tag that took 2.06 s. Type checking took 0.85 s (0.34 s of it for coherence checking), borrow checking 0.77 s, and macro expansion 0.10 s. These times depend on the machine, too. A commit that had taken 1.49 s took 2.0 to 2.3 s seven hours later, and so did the current commit in alternating runs. The times of keycloak and octocrab, which are checked in the same run, show how fast the machine was.\n"
            }
            Self::Scale => {
                "\nReal clients run on a simulated clock and call an in-memory tenant that counts requests. The limit allows 1,200 processes with one call per minute each. Beyond that, the tenant rejects most calls, including token calls. With a store, only a few processes at a time retry the token call. The others use the old token and then wait for the new one. Without a store, each process makes one token call per hour. A process holds as many connections as it has concurrent calls, and none after four idle seconds.\n"
            }
            _ => "",
        }
    }
}
