//! Page tokens and resume tokens: only what was made here opens, and only as it was made.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proto::catalog::{ListCategoriesRequest, ListProductsRequest};
use sha2::{Digest as _, Sha256};

use crate::{
    clock::{Clock, ManualClock},
    domain::{Audience, Cursor, CursorValue, FeedPosition},
    grpc::{
        page_token::{PageTokens, Query},
        resume_token::ResumeTokens,
        seal::{Purpose, Seals, Unopened},
    },
};

/// What was sealed opens as it was, for its own query, its own audience and a day; with a character changed, cut off or added it does
/// not, nor does any text that was not sealed here.
///
/// The first two bytes say what is changed and where, the rest is what is sealed, and a token of its own.
///
/// # Panics
/// Where that does not hold.
pub fn tokens(input: &[u8]) {
    let [place, other, content @ ..] = input else { return };
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_001_800).expect("a time")));
    let seals = Arc::new(Seals::new([[1; 32], [2; 32]], Arc::clone(&clock) as Arc<dyn Clock>));
    sealed(&seals, &clock, content, (*place, *other));
    pages(&PageTokens::new(Arc::clone(&seals)), content, (*place, *other));
    places(&ResumeTokens::new(seals), content, (*place, *other));
}

/// Places in the feed.
fn places(tokens: &ResumeTokens, content: &[u8], change: (u8, u8)) {
    let place = content.iter().take(8).fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    let token = tokens.seal(Audience::Staff, FeedPosition::new(place)).expect("it is ASCII");
    let token = token.to_str().expect("it is ASCII");
    let opened = tokens.open(Audience::Staff, token).expect("it was made here");
    assert_eq!(opened, Some(FeedPosition::new(place)));
    assert!(tokens.open(Audience::Public, token).is_err());
    for changed in changed(token, change) {
        assert!(tokens.open(Audience::Staff, &changed).is_err(), "{changed}");
    }
    if let Ok(text) = std::str::from_utf8(content)
        && let Ok(Some(place)) = tokens.open(Audience::Staff, text)
    {
        let again = tokens.seal(Audience::Staff, place).expect("it is ASCII");
        assert_eq!(again.to_str().expect("it is ASCII"), text);
    }
}

fn sealed(seals: &Seals, clock: &ManualClock, content: &[u8], change: (u8, u8)) {
    let of = |name: &str| Purpose::new(Sha256::new().chain_update(name));
    let token = seals.seal(of("one"), content);
    assert_eq!(seals.open(of("one"), &token).as_deref(), Ok(content));
    assert_eq!(seals.open(of("other"), &token), Err(Unopened::Foreign));
    for changed in changed(&token, change) {
        assert_eq!(seals.open(of("one"), &changed), Err(Unopened::Foreign), "{changed}");
    }
    if let Ok(text) = std::str::from_utf8(content) {
        // A fuzzer that has seen a token in memory may give it back: then it was made here.
        match seals.open(of("one"), text) {
            Ok(content) => assert_eq!(seals.seal(of("one"), &content), text),
            Err(why) => assert_eq!(why, Unopened::Foreign, "{text}"),
        }
    }
    let others = Seals::new([[3; 32], [1; 32]], Arc::new(ManualClock::at(clock.now())));
    assert_eq!(seals.open(of("one"), &others.seal(of("one"), content)), Err(Unopened::Foreign));
    clock.advance(SignedDuration::from_hours(25));
    assert_eq!(seals.open(of("one"), &token), Err(Unopened::Expired));
    clock.advance(SignedDuration::from_hours(-25));
}

fn pages(tokens: &PageTokens, content: &[u8], change: (u8, u8)) {
    let list = ListProductsRequest { filter: "brand:*".into(), ..Default::default() };
    let query = Query::of(&list, Audience::Staff, "users/ada");
    let cursor = cursor(content);
    let Ok(token) = tokens.seal(query, &cursor) else {
        return assert!(content.len() > 64, "a short position is too long for a token");
    };
    assert!(
        token.len() <= 512 && tokens.open(query, &token).is_ok_and(|open| open == Some(cursor))
    );
    let others = [
        Query::of(&ListProductsRequest::default(), Audience::Staff, "users/ada"),
        Query::of(&list, Audience::Public, "users/ada"),
        Query::of(&list, Audience::Staff, "users/bob"),
        Query::of(&ListCategoriesRequest::default(), Audience::Staff, "users/ada"),
    ];
    assert!(others.into_iter().all(|other| tokens.open(other, &token).is_err()));
    for changed in changed(&token, change) {
        assert!(tokens.open(query, &changed).is_err(), "{changed}");
    }
    match std::str::from_utf8(content) {
        Ok("") | Err(_) => {}
        Ok(text) => {
            if let Ok(Some(cursor)) = tokens.open(query, text) {
                assert_eq!(tokens.seal(query, &cursor).expect("it was sealed"), text);
            }
        }
    }
}

/// A token with one character replaced, one added, and one and more cut off; none of them is the first page, which is no token.
fn changed(token: &str, (place, other): (u8, u8)) -> Vec<String> {
    let at = usize::from(place) % token.len();
    let (head, tail) = token.split_at(at);
    let other = char::from(other);
    let texts = [
        format!("{head}{other}{}", &tail[1..]),
        format!("{head}{other}{tail}"),
        format!("{token}{other}"),
        format!("{head}{}", &tail[1..]),
        head.to_owned(),
    ];
    texts.into_iter().filter(|text| text != token && !text.is_empty()).collect()
}

/// A position that is made of any bytes: a number, a text and nothing, and the rest as the id.
fn cursor(content: &[u8]) -> Cursor {
    let (number, rest) = content.split_at(content.len().min(8));
    let (text, id) = rest.split_at(rest.len() / 2);
    let number = number.iter().fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    let text = String::from_utf8_lossy(text).into_owned();
    Cursor {
        values: vec![CursorValue::Number(number), CursorValue::Text(text), CursorValue::Missing],
        id: String::from_utf8_lossy(id).into_owned(),
    }
}
