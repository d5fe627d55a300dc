use super::*;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const SCHEDULE: RenewalSchedule = RenewalSchedule { leeway: None, lease: secs(10), renewable: true };

fn hour(secret: &str) -> Obtained {
    Obtained { token: AccessToken::new(secret).expires_in(secs(3600)), age: Duration::ZERO, stored: false }
}

fn endless(secret: &str) -> Obtained {
    Obtained { token: AccessToken::new(secret), age: Duration::ZERO, stored: false }
}

fn error(text: &str) -> Arc<TokenError> {
    Arc::new(TokenError::other(text.to_owned()))
}

/// Returns a cell with a token from a renewal at second 0, valid for one hour.
fn with_token(schedule: RenewalSchedule) -> Cell {
    let mut cell = Cell::new(schedule);
    cell.next(secs(0), None);
    cell.succeeded(1, hour("a"), secs(0));
    cell
}

/// Describes a step.
fn described(step: &Step) -> String {
    match step {
        Step::Use(token) => format!("use {}", token.secret()),
        Step::UseAndRenew(token, ticket) => format!("use {}, renew {ticket}", token.secret()),
        Step::Renew(ticket) => format!("renew {ticket}"),
        Step::Wait(ticket, left) => format!("wait {}s for {ticket}", left.as_secs()),
        Step::Fail(error) => error.to_string(),
    }
}

#[track_caller]
fn expect(cell: &mut Cell, at: u64, awaited: Option<Ticket>, expected: &str) {
    assert_eq!(described(&cell.next(secs(at), awaited)), expected, "at second {at}, after waiting for {awaited:?}");
}

#[test]
fn a_token_is_used_then_renewed_ahead_of_expiry_then_awaited() {
    for (at, expected) in [
        (0, "use a"),
        (3539, "use a"),
        (3540, "use a, renew 2"),
        (3599, "use a, renew 2"),
        (3600, "renew 2"),
        (100_000, "renew 2"),
    ] {
        expect(&mut with_token(SCHEDULE), at, None, expected);
    }
}

#[test]
fn the_first_caller_renews_and_the_others_wait_until_its_lease_ends() {
    let mut cell = Cell::new(SCHEDULE);
    expect(&mut cell, 0, None, "renew 1");
    expect(&mut cell, 0, None, "wait 10s for 1");
    expect(&mut cell, 7, None, "wait 3s for 1");
    expect(&mut cell, 10, Some(1), "renew 2");
    expect(&mut cell, 10, Some(1), "wait 10s for 2");
}

#[test]
fn during_a_renewal_ahead_of_expiry_callers_neither_wait_nor_start_another() {
    let mut cell = with_token(SCHEDULE);
    expect(&mut cell, 3540, None, "use a, renew 2");
    expect(&mut cell, 3549, None, "use a");
    expect(&mut cell, 3550, None, "use a, renew 3");
}

#[test]
fn a_replaced_renewal_that_succeeds_late_still_provides_its_token() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    expect(&mut cell, 10, Some(1), "renew 2");
    cell.succeeded(1, hour("late"), secs(12));
    assert!(!cell.keeps_waiting(2, 2, secs(12)), "callers that wait for the second renewal use the token too");
    expect(&mut cell, 12, Some(2), "use late");
    cell.succeeded(2, hour("later"), secs(13));
    expect(&mut cell, 13, None, "use later");
}

#[test]
fn the_token_of_an_older_renewal_does_not_replace_a_newer_one() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.next(secs(10), Some(1));
    cell.succeeded(2, hour("new"), secs(11));
    cell.succeeded(1, hour("old"), secs(12));
    expect(&mut cell, 12, None, "use new");
}

#[test]
fn the_token_of_an_older_renewal_replaces_one_that_has_expired() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.next(secs(10), Some(1));
    let brief = AccessToken::new("brief").expires_in(secs(1));
    cell.succeeded(2, Obtained { token: brief, age: Duration::ZERO, stored: false }, secs(11));
    cell.succeeded(1, hour("late"), secs(12));
    expect(&mut cell, 12, None, "use late");
}

#[test]
fn a_token_is_fresh_until_it_is_due_or_expires() {
    assert_eq!(Cell::new(SCHEDULE).fresh_until(), secs(0));
    assert_eq!(with_token(SCHEDULE).fresh_until(), secs(3540));
    assert_eq!(with_token(RenewalSchedule { renewable: false, ..SCHEDULE }).fresh_until(), secs(3600));
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.succeeded(1, endless("a"), secs(0));
    assert_eq!(cell.fresh_until(), Duration::MAX);
}

#[test]
fn the_token_is_known_while_it_lives_and_held_afterwards() {
    let cell = with_token(SCHEDULE);
    let known = |at| cell.known(secs(at)).living.map(|token| token.secret().to_owned());
    assert_eq!([known(3599).as_deref(), known(3600).as_deref()], [Some("a"), None]);
    assert_eq!(cell.held().map(AccessToken::secret), Some("a"));
}

#[test]
fn a_failure_reaches_callers_that_waited_and_those_before_the_next_try() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.failed(1, error("down"), secs(1));
    expect(&mut cell, 1, Some(1), "cannot get an access token: down");
    expect(&mut cell, 1, None, "cannot get an access token: down");
    expect(&mut cell, 2, None, "renew 2");
    expect(&mut cell, 2, Some(1), "cannot get an access token: down");
    cell.failed(2, error("still down"), secs(2));
    expect(&mut cell, 3, None, "cannot get an access token: still down");
    expect(&mut cell, 4, None, "renew 3");
}

#[test]
fn the_next_try_waits_as_long_as_the_endpoint_asks() {
    for (retry_after, expected) in [(7, 7), (3600, 60)] {
        let mut cell = Cell::new(SCHEDULE);
        cell.next(secs(0), None);
        let busy = TokenError::Refused {
            status: 429,
            error: None,
            description: None,
            hint: None,
            retry_after: Some(secs(retry_after)),
            stopped: None,
        };
        cell.failed(1, Arc::new(busy), secs(0));
        expect(&mut cell, expected - 1, None, "the token endpoint returned 429");
        expect(&mut cell, expected, None, "renew 2");
    }
}

#[test]
fn a_failure_while_the_old_token_was_valid_does_not_fail_calls_after_its_expiry() {
    let mut cell = with_token(SCHEDULE);
    cell.next(secs(3599), None);
    cell.failed(2, error("down"), secs(3599));
    expect(&mut cell, 3600, None, "renew 3");
}

#[test]
fn the_failure_of_a_replaced_renewal_reaches_only_callers_that_waited_for_it() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.next(secs(10), Some(1));
    assert!(cell.keeps_waiting(2, 1, secs(10)));
    cell.failed(1, error("down"), secs(11));
    assert!(!cell.keeps_waiting(2, 1, secs(11)) && cell.keeps_waiting(2, 2, secs(11)));
    expect(&mut cell, 11, Some(1), "cannot get an access token: down");
    expect(&mut cell, 11, Some(2), "wait 9s for 2");
    cell.failed(2, error("still down"), secs(12));
    expect(&mut cell, 12, Some(2), "cannot get an access token: still down");
}

#[test]
fn a_late_failure_does_not_affect_the_result_of_a_newer_renewal() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.next(secs(10), Some(1));
    cell.succeeded(2, hour("new"), secs(11));
    cell.failed(1, error("down"), secs(12));
    expect(&mut cell, 12, Some(1), "use new");
    expect(&mut cell, 3551, None, "use new, renew 3");
    cell.failed(3, error("down"), secs(3551));
    cell.failed(1, error("outdated"), secs(3552));
    expect(&mut cell, 3611, Some(3), "cannot get an access token: down");
}

#[test]
fn a_failed_renewal_keeps_the_valid_token_and_is_retried_after_growing_waits() {
    let mut cell = with_token(SCHEDULE);
    expect(&mut cell, 3540, None, "use a, renew 2");
    cell.failed(2, error("down"), secs(3541));
    expect(&mut cell, 3541, None, "use a");
    expect(&mut cell, 3542, None, "use a, renew 3");
    cell.failed(3, error("down"), secs(3542));
    expect(&mut cell, 3543, None, "use a");
    expect(&mut cell, 3544, None, "use a, renew 4");
    cell.failed(4, error("down"), secs(3599));
    expect(&mut cell, 3600, None, "renew 5");
}

#[test]
fn a_success_resets_the_count_of_failures() {
    let mut cell = with_token(SCHEDULE);
    cell.next(secs(3540), None);
    cell.failed(2, error("down"), secs(3540));
    cell.next(secs(3541), None);
    cell.succeeded(3, hour("b"), secs(3541));
    expect(&mut cell, 3541, Some(2), "use b");
    cell.next(secs(7100), None);
    cell.failed(4, error("down"), secs(7100));
    expect(&mut cell, 7101, None, "use b, renew 5");
}

#[test]
fn a_dropped_renewal_is_replaced_by_the_next_caller() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    assert!(cell.keeps_waiting(1, 1, secs(0)));
    cell.died(1);
    assert!(!cell.keeps_waiting(1, 1, secs(0)));
    expect(&mut cell, 0, Some(1), "renew 2");
}

#[test]
fn a_token_that_expires_immediately_serves_waiting_callers_without_a_loop() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    let nothing =
        Obtained { token: AccessToken::new("brief").expires_in(Duration::ZERO), age: Duration::ZERO, stored: false };
    cell.succeeded(1, nothing, secs(1));
    expect(&mut cell, 1, Some(1), "use brief");
    expect(&mut cell, 1, Some(1), "use brief");
    expect(&mut cell, 1, None, "renew 2");
}

#[test]
fn a_leeway_beyond_the_lifetime_renews_after_half_of_the_lifetime() {
    let mut cell = with_token(RenewalSchedule { leeway: Some(secs(7200)), ..SCHEDULE });
    expect(&mut cell, 1799, None, "use a");
    expect(&mut cell, 1800, None, "use a, renew 2");
}

#[test]
fn a_token_without_expiry_is_used_until_it_is_discarded() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.succeeded(1, endless("a"), secs(0));
    expect(&mut cell, 1_000_000_000, None, "use a");
    assert!(cell.discard(&AccessToken::new("a"), secs(0)));
    expect(&mut cell, 1_000_000_000, None, "renew 2");
}

#[test]
fn the_age_of_a_token_shortens_its_remaining_lifetime() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.succeeded(1, Obtained { age: secs(3000), ..hour("a") }, secs(0));
    expect(&mut cell, 539, None, "use a");
    expect(&mut cell, 540, None, "use a, renew 2");
    expect(&mut cell, 600, None, "renew 3");
}

#[test]
fn only_the_current_token_is_discarded_and_it_is_remembered() {
    let mut cell = with_token(SCHEDULE);
    assert!(cell.discard(&AccessToken::new("an older one"), secs(0)));
    assert!(cell.known(secs(0)).refused.is_none());
    expect(&mut cell, 0, None, "use a");
    assert!(cell.discard(&AccessToken::new("a"), secs(0)));
    assert_eq!(cell.known(secs(0)).refused, Some(AccessToken::new("a")));
    expect(&mut cell, 0, None, "renew 2");
}

/// Discards the token of a cell, and puts another in its place.
fn replace(cell: &mut Cell, old: &str, new: Obtained, at: u64) -> bool {
    let discarded = cell.discard(&AccessToken::new(old), secs(at));
    if discarded {
        let Step::Renew(ticket) = cell.next(secs(at), None) else { panic!("a renewal should start") };
        cell.succeeded(ticket, new, secs(at));
    }
    discarded
}

#[test]
fn new_tokens_that_are_rejected_are_kept_for_longer_and_longer() {
    let mut cell = with_token(SCHEDULE);
    assert!(replace(&mut cell, "a", hour("b"), 100));
    assert!(cell.discard(&AccessToken::new("a"), secs(100)), "another caller had the old token");
    assert!(!replace(&mut cell, "b", hour("c"), 100) && replace(&mut cell, "b", hour("c"), 101));
    assert!(!replace(&mut cell, "c", hour("d"), 102) && replace(&mut cell, "c", hour("d"), 103));
    assert!(!replace(&mut cell, "d", hour("e"), 106) && replace(&mut cell, "d", hour("e"), 107));
    // A token that was used for a while is discarded at once, and its successor after a second.
    assert!(replace(&mut cell, "e", hour("f"), 200));
    assert!(!replace(&mut cell, "f", hour("g"), 200) && replace(&mut cell, "f", hour("g"), 201));
}

#[test]
fn a_token_that_was_used_for_a_minute_ends_a_row_of_rejections() {
    let mut cell = with_token(SCHEDULE);
    assert!(replace(&mut cell, "a", hour("b"), 100) && replace(&mut cell, "b", hour("c"), 160));
    assert!(!replace(&mut cell, "c", hour("d"), 160) && replace(&mut cell, "c", hour("d"), 161));
}

#[test]
fn a_token_that_served_until_its_renewal_ends_the_row_of_rejected_tokens() {
    let brief = |secret: &str| Obtained { token: AccessToken::new(secret).expires_in(secs(5)), ..endless(secret) };
    let mut cell = with_token(SCHEDULE);
    for (start, [first, second, third]) in (0..20).map(|round| (round * 10, ["a", "b", "c"])) {
        assert!(replace(&mut cell, first, brief(second), start + 2), "in round {start}");
        let Step::Renew(ticket) = cell.next(secs(start + 7), None) else { panic!("a renewal should start") };
        cell.succeeded(ticket, brief(third), secs(start + 7));
        let Step::Renew(ticket) = cell.next(secs(start + 12), None) else { panic!("a renewal should start") };
        cell.succeeded(ticket, brief(first), secs(start + 12));
    }
}

#[test]
fn a_token_that_was_rejected_and_kept_does_not_end_the_row_of_rejected_tokens() {
    let mut cell = with_token(SCHEDULE);
    assert!(replace(&mut cell, "a", hour("b"), 100));
    assert!(!replace(&mut cell, "b", hour("c"), 100));
    let Step::UseAndRenew(_, ticket) = cell.next(secs(3640), None) else { panic!("a renewal should start") };
    cell.succeeded(ticket, hour("c"), secs(3640));
    assert!(!replace(&mut cell, "c", hour("d"), 3640) && replace(&mut cell, "c", hour("d"), 3641));
}

#[test]
fn a_token_that_is_rejected_when_it_is_due_is_discarded_at_once_and_does_not_count() {
    let mut cell = with_token(SCHEDULE);
    assert!(replace(&mut cell, "a", hour("b"), 100));
    assert!(!replace(&mut cell, "b", hour("c"), 100));
    for (at, [old, new]) in [(3640, ["b", "c"]), (7180, ["c", "d"]), (10_900, ["d", "e"])] {
        assert!(replace(&mut cell, old, hour(new), at), "at second {at}");
        assert_eq!(cell.known(secs(at)).refused, Some(AccessToken::new(old)), "it must not come back from a store");
    }
    assert!(replace(&mut cell, "e", hour("f"), 10_901), "the tokens before were accepted until they were due");
}

#[test]
fn a_rejected_token_of_a_store_is_discarded_at_once() {
    let mut cell = with_token(SCHEDULE);
    assert!(replace(&mut cell, "a", Obtained { stored: true, ..hour("b") }, 100));
    assert!(replace(&mut cell, "b", hour("c"), 100));
}

#[test]
fn leases_of_any_length_are_possible() {
    let mut cell = Cell::new(RenewalSchedule { lease: Duration::MAX, ..SCHEDULE });
    cell.next(secs(5), None);
    assert!(matches!(cell.next(secs(6), None), Step::Wait(1, _)));
}

#[test]
fn a_fixed_token_is_neither_renewed_nor_discarded() {
    let mut cell = with_token(RenewalSchedule { renewable: false, ..SCHEDULE });
    assert!(!cell.discard(&AccessToken::new("a"), secs(0)));
    expect(&mut cell, 3599, None, "use a");
}

#[test]
fn a_refresher_sleeps_until_the_token_is_due_or_the_interval_ends() {
    let mut cell = with_token(SCHEDULE);
    for (at, interval, expected) in [
        (0, None, Some(3540)),
        (3540, None, Some(0)),
        (100, Some(3000), Some(2900)),
        (3000, Some(3000), Some(0)),
        (0, Some(5000), Some(3540)),
    ] {
        assert_eq!(cell.refresh_in(secs(at), interval.map(secs)), expected.map(secs), "{at} {interval:?}");
    }
    cell.next(secs(3540), None);
    cell.failed(2, error("down"), secs(3541));
    assert_eq!(cell.refresh_in(secs(3541), None), Some(secs(1)));
    assert_eq!(Cell::new(SCHEDULE).refresh_in(secs(0), None), Some(secs(0)));
}

#[test]
fn a_refresher_renews_a_token_without_expiry_only_at_its_interval() {
    let mut cell = Cell::new(SCHEDULE);
    cell.next(secs(0), None);
    cell.succeeded(1, endless("a"), secs(0));
    assert_eq!(cell.refresh_in(secs(5), None), None);
    assert_eq!(cell.refresh_in(secs(5), Some(secs(3000))), Some(secs(2995)));
}
