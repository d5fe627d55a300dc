use std::collections::BTreeSet;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn limiter(requests: u32, seconds: u64) -> Arc<Limiter> {
    Arc::new(Limiter::new(Some(RateLimit::new(requests, Duration::from_secs(seconds)))))
}

/// Advances a request until it can start. Returns that time.
fn start(pass: &mut Pass, now: Duration) -> Duration {
    let mut at = now;
    for _ in 0..1_000 {
        let Some(wait) = pass.advance(at) else { return at };
        at += wait;
    }
    panic!("the request never starts: {pass:?}")
}

/// Sends a request that is answered at once, and returns how long it waited.
fn wait(limiter: &Arc<Limiter>, now: Duration) -> Duration {
    let mut pass = limiter.enter(false);
    let at = start(&mut pass, now);
    pass.answered(at);
    at - now
}

#[test]
fn requests_above_the_limit_wait_until_a_period_after_an_answer() {
    let limiter = limiter(2, 10);
    let waits = [0, 4, 5, 15, 16].map(|at| wait(&limiter, at * SECOND).as_secs());
    assert_eq!(waits, [0, 0, 5, 0, 4]);
}

#[test]
fn a_late_answer_keeps_its_place_longer() {
    let limiter = limiter(1, 10);
    let mut slow = limiter.enter(false);
    assert_eq!(slow.advance(Duration::ZERO), None);
    slow.answered(3 * SECOND);
    assert_eq!(wait(&limiter, 4 * SECOND), 9 * SECOND);
}

#[test]
fn a_request_without_an_answer_keeps_its_place_for_two_periods() {
    let limiter = limiter(1, 10);
    let mut lost = limiter.enter(false);
    assert_eq!(lost.advance(Duration::ZERO), None);
    drop(lost);
    assert_eq!(start(&mut limiter.enter(false), SECOND), 20 * SECOND);
}

#[test]
fn a_request_that_was_never_sent_returns_its_place_at_once() {
    let limiter = limiter(1, 10);
    let mut unsent = limiter.enter(false);
    assert_eq!(unsent.advance(Duration::ZERO), None);
    unsent.never_sent(SECOND);
    assert_eq!(wait(&limiter, 2 * SECOND), Duration::ZERO);
}

#[test]
fn requests_start_in_the_order_of_their_arrival() {
    let limiter = limiter(2, 10);
    let mut passes: Vec<_> = (0..7).map(|_| limiter.enter(false)).collect();
    let first_waits: Vec<_> = passes.iter_mut().map(|pass| pass.advance(Duration::ZERO)).collect();
    let later = Some(10 * SECOND);
    assert_eq!(first_waits, [None, None, later, later, later, later, later]);
    let turns: Vec<_> = passes
        .iter()
        .map(|pass| match pass.step {
            Step::Waiting { turn } => turn.as_secs(),
            _ => 0,
        })
        .collect();
    assert_eq!(turns, [0, 0, 10, 10, 20, 20, 30]);
}

#[test]
fn requests_that_are_given_up_do_not_delay_others() {
    let limiter = limiter(1, 10);
    wait(&limiter, Duration::ZERO);
    let mut ahead: Vec<_> = (0..100).map(|_| limiter.enter(false)).collect();
    for pass in &mut ahead {
        assert!(pass.advance(SECOND).is_some());
    }
    let mut last = limiter.enter(false);
    assert_eq!(last.advance(SECOND), Some(10 * SECOND));
    drop(ahead);
    assert_eq!(start(&mut last, 11 * SECOND), 11 * SECOND);
    last.answered(11 * SECOND);
    assert_eq!(wait(&limiter, 12 * SECOND), 9 * SECOND);
}

#[test]
fn a_turn_comes_earlier_if_requests_ahead_are_given_up() {
    let limiter = limiter(1, 10);
    wait(&limiter, Duration::ZERO);
    let mut ahead: Vec<_> = (0..3).map(|_| limiter.enter(false)).collect();
    assert!(ahead.iter_mut().all(|pass| pass.advance(SECOND).is_some()));
    let mut last = limiter.enter(false);
    assert_eq!(last.advance(SECOND), Some(10 * SECOND), "looks again after a period");
    drop(ahead);
    assert_eq!(last.advance(2 * SECOND), Some(8 * SECOND));
}

#[test]
fn a_request_that_nobody_advances_does_not_stop_others() {
    let limiter = limiter(1, 10);
    wait(&limiter, Duration::ZERO);
    let mut asleep = limiter.enter(false);
    assert_eq!(asleep.advance(SECOND), Some(9 * SECOND));
    assert_eq!(start(&mut limiter.enter(false), SECOND), 11 * SECOND);
    assert!(asleep.advance(12 * SECOND).is_some());
}

#[test]
fn an_urgent_request_does_not_queue_behind_others() {
    let limiter = limiter(1, 10);
    wait(&limiter, Duration::ZERO);
    let mut waiting: Vec<_> = (0..50).map(|_| limiter.enter(false)).collect();
    for pass in &mut waiting {
        assert!(pass.advance(SECOND).is_some());
    }
    assert_eq!(start(&mut limiter.enter(true), SECOND), 10 * SECOND);
}

#[test]
fn a_place_that_nobody_used_is_free_again_after_a_period() {
    let limiter = limiter(1, 10);
    wait(&limiter, Duration::ZERO);
    let mut asleep = limiter.enter(true);
    assert_eq!(asleep.advance(SECOND), Some(9 * SECOND));
    assert_eq!(start(&mut limiter.enter(true), 2 * SECOND), 20 * SECOND);
}

#[test]
fn a_request_that_lost_its_place_waits_for_another() {
    let limiter = limiter(1, 10);
    wait(&limiter, Duration::ZERO);
    let mut asleep = limiter.enter(true);
    assert_eq!(asleep.advance(SECOND), Some(9 * SECOND));
    assert_eq!(wait(&limiter, 20 * SECOND), Duration::ZERO);
    assert_eq!(asleep.advance(21 * SECOND), Some(9 * SECOND));
    assert_eq!(asleep.advance(30 * SECOND), None);
}

#[test]
fn a_place_that_is_free_goes_to_the_request_that_asks_first() {
    let limiter = limiter(1, 10);
    wait(&limiter, Duration::ZERO);
    let (mut ahead, mut behind) = (limiter.enter(false), limiter.enter(false));
    assert_eq!([ahead.advance(SECOND), behind.advance(SECOND)], [Some(9 * SECOND), Some(10 * SECOND)]);
    assert_eq!(behind.advance(10 * SECOND), None);
    behind.answered(10 * SECOND);
    assert_eq!(ahead.advance(10 * SECOND), Some(10 * SECOND));
}

#[test]
fn places_are_used_in_the_order_in_which_they_become_free() {
    let limiter = limiter(3, 10);
    let mut passes: Vec<_> = (0..3).map(|_| limiter.enter(false)).collect();
    assert!(passes.iter_mut().all(|pass| pass.advance(Duration::ZERO).is_none()));
    let (first, rest) = passes.split_first_mut().unwrap();
    first.answered(5 * SECOND);
    rest[0].answered(2 * SECOND);
    rest[1].never_sent(6 * SECOND);
    let mut next: Vec<_> = (0..3).map(|_| limiter.enter(true)).collect();
    let starts: Vec<_> = next.iter_mut().map(|pass| start(pass, 7 * SECOND).as_secs()).collect();
    assert_eq!(starts, [7, 12, 15]);
}

#[test]
fn after_a_429_no_request_starts() {
    for (limit, time, expected) in [
        (Some(RateLimit::new(5, 10 * SECOND)), None, 10),
        (Some(RateLimit::new(5, 10 * SECOND)), Some(2 * SECOND), 2),
        (Some(RateLimit::new(5, 10 * SECOND)), Some(3600 * SECOND), 60),
        (Some(RateLimit::new(5, 90 * SECOND)), Some(3600 * SECOND), 90),
        (None, Some(2 * SECOND), 2),
        (None, None, 0),
    ] {
        let limiter = Arc::new(Limiter::new(limit));
        let mut placed = limiter.enter(false);
        limiter.pause(time, SECOND);
        limiter.pause(Some(SECOND / 2), SECOND);
        let expected = Duration::from_secs(expected).max(SECOND / 2);
        assert_eq!(start(&mut placed, SECOND), SECOND + expected, "{limit:?} {time:?}");
        assert_eq!(wait(&limiter, SECOND), expected, "{limit:?} {time:?}");
    }
}

#[test]
fn limits_of_any_size_are_possible() {
    for (requests, per) in [(0, SECOND), (1, Duration::MAX), (u32::MAX, Duration::MAX), (2, Duration::ZERO)] {
        let limiter = Arc::new(Limiter::new(Some(RateLimit { requests, per })));
        let mut passes: Vec<_> = (0..4).map(|_| limiter.enter(false)).collect();
        for pass in &mut passes {
            let _ = pass.advance(SECOND);
        }
        passes.iter_mut().for_each(|pass| pass.answered(2 * SECOND));
    }
}

/// A random number generator (xorshift), so that runs can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound.max(1)
    }

    fn up_to(&mut self, longest: Duration) -> Duration {
        Duration::from_micros(self.below(longest.as_micros() as u64 + 1))
    }
}

/// Next event of a simulated request.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Advance,
    Answer,
    GiveUp,
}

/// Sends `calls` requests through a limiter. Arrivals, delays and cancellations are random. Returns when the server
/// received them.
fn simulate(random: &mut Random, limit: RateLimit, calls: usize, longest_delay: Duration) -> Vec<Duration> {
    let limiter = Arc::new(Limiter::new(Some(limit)));
    let mut passes: Vec<_> = (0..calls).map(|_| Some(limiter.enter(false))).collect();
    let mut events = BTreeSet::new();
    for call in 0..calls {
        let arrival = if random.below(2) == 0 { Duration::ZERO } else { random.up_to(5 * limit.per) };
        events.insert((arrival, call, Event::Advance));
        if random.below(10) == 0 {
            events.insert((arrival + random.up_to(3 * limit.per), call, Event::GiveUp));
        }
    }
    let mut received = Vec::new();
    let mut steps = 0;
    while let Some((now, call, event)) = events.pop_first() {
        steps += 1;
        assert!(steps < 1_000 * calls, "requests are advanced without end");
        let Some(mut pass) = passes[call].take() else { continue };
        match event {
            Event::GiveUp => continue,
            Event::Answer => {
                pass.answered(now);
                continue;
            }
            Event::Advance => match pass.advance(now) {
                // Timers are late.
                Some(wait) => {
                    events.insert((now + wait + random.up_to(limit.per / 50), call, Event::Advance));
                }
                None if random.below(20) == 0 => {
                    pass.never_sent(now);
                    continue;
                }
                None => {
                    received.push(now + random.up_to(longest_delay));
                    let arrival = received.last().copied().unwrap_or_default();
                    if random.below(20) > 0 {
                        events.insert((arrival + random.up_to(longest_delay), call, Event::Answer));
                    }
                }
            },
        }
        passes[call] = Some(pass);
    }
    received.sort();
    received
}

#[test]
fn the_server_never_counts_more_than_the_limit_whatever_the_delays() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for run in 0..300 {
        let limit = RateLimit::new(1 + random.below(20) as u32, random.up_to(20 * SECOND) + SECOND / 10);
        let longest_delay = random.up_to(limit.per);
        let calls = 50 + random.below(150) as usize;
        let received = simulate(&mut random, limit, calls, longest_delay);
        assert!(received.len() > calls / 2, "run {run}");
        for window in received.windows(limit.requests as usize + 1) {
            let (first, last) = (window[0], window[window.len() - 1]);
            assert!(
                last - first >= limit.per,
                "run {run}: {} after {first:?} with {limit:?}",
                (last - first).as_secs_f64()
            );
        }
    }
}

#[test]
fn cancelled_waiting_requests_do_not_slow_the_limiter_down() {
    let limiter = limiter(200, 10);
    let waiting = |count: usize| {
        let mut passes: Vec<_> = (0..count).map(|_| limiter.enter(false)).collect();
        for pass in &mut passes {
            assert!(pass.advance(Duration::ZERO).is_none_or(|wait| wait == 10 * SECOND));
        }
        passes
    };
    let started = waiting(200);
    drop(waiting(100_000));
    let state = limiter.state();
    assert_eq!((state.places.waiting, state.places.free.len(), state.places.used.len()), (0, 0, 200));
    drop(state);
    drop(started);
}
