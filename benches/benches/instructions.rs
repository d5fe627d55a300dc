//! Instructions of a call, counted by callgrind. They do not depend on the state of the machine.

#![allow(missing_docs, reason = "gungraun's macros generate public items")]
#![allow(clippy::expect_used, reason = "a bench that cannot run should panic")]

use std::hint::black_box;

use gungraun::{LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use logto_admin_benches::server::{Server, VARIABLE};
use logto_admin_benches::sides::{Side, Work};
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Calls per measurement. `cargo xtask bench` divides by this number.
const CALLS: usize = 50;
const WARM_UP: usize = 10;

struct Ready {
    runtime: Runtime,
    side: Side,
    work: Work,
}

fn client(work: Work) -> Ready {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server = Server::find().expect("the server");
    let side = runtime.block_on(Side::client(server.url())).expect("a client");
    warm(Ready { runtime, side, work })
}

fn bare(work: Work) -> Ready {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server = Server::find().expect("the server");
    let side = runtime.block_on(Side::bare(server.url())).expect("reqwest");
    warm(Ready { runtime, side, work })
}

fn warm(ready: Ready) -> Ready {
    run(&ready, WARM_UP);
    ready
}

fn run(ready: &Ready, calls: usize) {
    ready.runtime.block_on(async {
        for _ in 0..calls {
            black_box(ready.side.call(ready.work).await).expect("an answer");
        }
    });
}

#[library_benchmark]
#[bench::client_get(args = (Work::Get), setup = client)]
#[bench::bare_get(args = (Work::Get), setup = bare)]
#[bench::client_list_20(args = (Work::List(20)), setup = client)]
#[bench::bare_list_20(args = (Work::List(20)), setup = bare)]
#[bench::client_list_100(args = (Work::List(100)), setup = client)]
#[bench::bare_list_100(args = (Work::List(100)), setup = bare)]
fn calls(ready: Ready) -> Ready {
    run(&ready, CALLS);
    // Returned, so that dropping it is not counted.
    ready
}

library_benchmark_group!(name = call; benchmarks = calls);
main!(
    config = LibraryBenchmarkConfig::default().pass_through_env(VARIABLE);
    library_benchmark_groups = call
);
