//! Only what was made here opens, and only where and while it may.

use jiff::{SignedDuration, Timestamp};
use proto::catalog::ListProductsRequest;
use tonic::Code;

use super::*;
use crate::clock::{Clock, ManualClock};

/// Half past an hour.
const NOW: i64 = 1_800_001_800;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_second(NOW).unwrap()))
}

fn tokens(clock: Arc<dyn Clock>) -> PageTokens {
    PageTokens::new(Arc::new(Seals::new([[1; 32], [2; 32]], clock)))
}

fn query(filter: &str, audience: Audience) -> Query {
    let list = ListProductsRequest { filter: filter.to_owned(), ..Default::default() };
    Query::of(&list, audience, "")
}

fn cursor() -> Cursor {
    Cursor {
        values: vec![
            CursorValue::Text("kettle".to_owned()),
            CursorValue::Missing,
            CursorValue::Number(-1),
        ],
        id: "blue-kettle".to_owned(),
    }
}

#[test]
fn a_token_leads_back_to_its_place() {
    let (tokens, query) = (tokens(clock()), query("", Audience::Public));
    let token = tokens.seal(query, &cursor()).unwrap();
    assert_eq!(tokens.open(query, &token).unwrap(), Some(cursor()));
    assert_eq!(tokens.open(query, "").unwrap(), None);
}

#[test]
fn a_token_with_any_character_replaced_or_cut_off_is_refused() {
    let (tokens, query) = (tokens(clock()), query("", Audience::Public));
    let token = tokens.seal(query, &cursor()).unwrap();
    for at in 0..token.len() {
        let (head, tail) = token.split_at(at);
        assert!(at == 0 || tokens.open(query, head).is_err(), "cut at {at}");
        for other in ["A", "_", "=", " ", "é"] {
            if !tail.starts_with(other) {
                let replaced = format!("{head}{other}{}", &tail[1..]);
                assert!(tokens.open(query, &replaced).is_err(), "{replaced}");
            }
        }
    }
}

#[test]
fn a_token_works_for_its_query_and_audience_alone() {
    let tokens = tokens(clock());
    let token = tokens.seal(query("a", Audience::Public), &cursor()).unwrap();
    for other in [query("b", Audience::Public), query("a", Audience::Staff)] {
        assert!(tokens.open(other, &token).is_err());
    }
    let whose = |user| Query::of(&ListProductsRequest::default(), Audience::Staff, user);
    let token = tokens.seal(whose("users/ada"), &cursor()).unwrap();
    assert!(tokens.open(whose("users/bob"), &token).is_err());
}

#[test]
fn a_token_lives_a_day() {
    let clock = clock();
    let tokens = tokens(Arc::clone(&clock) as Arc<dyn Clock>);
    let query = query("", Audience::Public);
    let token = tokens.seal(query, &cursor()).unwrap();
    clock.advance(SignedDuration::from_mins(24 * 60 + 29));
    assert!(tokens.open(query, &token).is_ok());
    clock.advance(SignedDuration::from_mins(1));
    let refused = tokens.open(query, &token).unwrap_err();
    assert!(refused.message().contains("a day old"), "{refused}");
}

#[test]
fn a_position_that_fills_a_token_passes_and_a_longer_one_fails_here() {
    let (tokens, query) = (tokens(clock()), query("", Audience::Public));
    let of = |length| Cursor { values: Vec::new(), id: "x".repeat(length) };
    assert_eq!(tokens.seal(query, &of(360)).unwrap().len(), LONGEST);
    assert_eq!(tokens.seal(query, &of(361)).unwrap_err().code(), Code::Internal);
}
