//! A server that refuses creations for some time with 429, over HTTP.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::import::{count, many};
use crate::program::{Program, ended};
use crate::scripted_server::{pass_on, request};

/// Number of creations before the storm.
const BEFORE: usize = 250;
/// Number of creations that are refused.
const REFUSED: usize = 40;

/// A proxy that passes creations on, except in the storm.
#[derive(Default)]
struct Storm {
    running: AtomicUsize,
    /// For each creation, the number that are in progress at its start.
    seen: Mutex<Vec<usize>>,
}

impl Storm {
    async fn answer(&self, mut client: TcpStream, server: &str) -> io::Result<()> {
        let request = request(&mut client).await?;
        if !request.starts_with(b"POST /api/users HTTP/1.1\r\n") {
            return pass_on(&mut client, server, &request).await;
        }
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(running);
            seen.len() - 1
        };
        let answered = if (BEFORE..BEFORE + REFUSED).contains(&number) {
            let head = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\n";
            client.write_all(format!("{head}content-length: 0\r\nconnection: close\r\n\r\n").as_bytes()).await
        } else {
            // Long enough for others to start.
            tokio::time::sleep(Duration::from_millis(20)).await;
            pass_on(&mut client, server, &request).await
        };
        self.running.fetch_sub(1, Ordering::SeqCst);
        answered
    }

    /// Returns the most creations in progress at the same time, among some of them.
    fn most(&self, creations: std::ops::Range<usize>) -> usize {
        self.seen.lock().unwrap()[creations].iter().copied().max().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_429_loses_no_user_and_lowers_concurrency_for_a_time() {
    const USERS: usize = 600;
    let program = Program::current().await;
    let (storm, server) = (Arc::new(Storm::default()), program.url());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let shared = Arc::clone(&storm);
    let proxy = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (storm, server) = (Arc::clone(&shared), server.clone());
            tokio::spawn(async move { storm.answer(client, &server).await });
        }
    });
    let file = program.file("users.ndjson", &many(USERS));
    let mut import = program.command(&["users", "import", &file, "--concurrency", "16"]);
    import.env("LOGTO_ENDPOINT", url);
    let ended = ended(import, "").await.done();
    proxy.abort();
    let totals = ended.json();
    assert_eq!((totals["created"].as_u64(), totals["failed"].as_u64()), (Some(USERS as u64), Some(0)), "{ended:?}");
    assert_eq!(count(&program).await, USERS as u64);
    let all = storm.seen.lock().unwrap().len();
    assert_eq!(all, USERS + REFUSED, "no creation is repeated but those that were refused");
    // The creations that were refused start again together.
    let end = BEFORE + REFUSED;
    let (before, after, last) = (storm.most(0..BEFORE), storm.most(end + 20..end + 40), storm.most(all - 100..all));
    assert!(before >= 14 && after <= 12 && last >= 14, "{before} {after} {last} {:?}", storm.seen.lock().unwrap());
}
