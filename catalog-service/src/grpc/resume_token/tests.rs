//! A token says where its read was, to those alone who may go on from there.

use jiff::{SignedDuration, Timestamp};
use tonic::Code;

use super::*;
use crate::{
    clock::{Clock, ManualClock},
    grpc::refusal::{reason_of, violations_of},
};

/// Half past an hour.
const NOW: i64 = 1_800_001_800;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_second(NOW).unwrap()))
}

fn tokens(clock: Arc<dyn Clock>) -> ResumeTokens {
    ResumeTokens::new(Arc::new(Seals::new([[1; 32], [2; 32]], clock)))
}

fn sealed(tokens: &ResumeTokens, audience: Audience, number: i64) -> String {
    let token = tokens.seal(audience, FeedPosition::new(number)).unwrap();
    token.to_str().unwrap().to_owned()
}

fn opened(tokens: &ResumeTokens, audience: Audience, token: &str) -> Result<i64, Unopened> {
    let payload = tokens.seals.open(tokens.kind(audience).purpose, token)?;
    Ok(i64::from_be_bytes(payload.try_into().unwrap()))
}

#[test]
fn a_token_opens_for_its_audience_while_it_lives_and_an_empty_one_is_from_now() {
    let clock = clock();
    let tokens = tokens(Arc::clone(&clock) as Arc<dyn Clock>);
    let refusal = |audience, token: &str| {
        let refused = tokens.open(audience, token).unwrap_err();
        let field =
            violations_of(&refused).into_iter().map(|fault| fault.field).collect::<String>();
        assert_eq!(field, "resume_token");
        (refused.code(), reason_of(&refused).unwrap())
    };
    let token = sealed(&tokens, Audience::Staff, 41);
    assert_eq!(tokens.open(Audience::Staff, &token).unwrap(), Some(FeedPosition::new(41)));
    assert_eq!(tokens.open(Audience::Staff, "").unwrap(), None);
    let invalid = (Code::InvalidArgument, "FIELD_INVALID".to_owned());
    assert_eq!(refusal(Audience::Public, &token), invalid);
    assert_eq!(refusal(Audience::Staff, "nonsense"), invalid);
    clock.advance(SignedDuration::from_hours(25));
    let expired = (Code::OutOfRange, "RESUME_TOKEN_EXPIRED".to_owned());
    assert_eq!(refusal(Audience::Staff, &token), expired);
}

#[test]
fn a_token_holds_its_position_for_its_audience_alone() {
    let tokens = tokens(clock());
    for number in [0, 1, 41, i64::MAX] {
        let token = sealed(&tokens, Audience::Staff, number);
        assert_eq!(opened(&tokens, Audience::Staff, &token), Ok(number));
        assert_eq!(opened(&tokens, Audience::Public, &token), Err(Unopened::Foreign));
        let public = sealed(&tokens, Audience::Public, number);
        assert_eq!(opened(&tokens, Audience::Public, &public), Ok(number));
        assert_eq!(sealed(&tokens, Audience::Staff, number), token);
    }
}

#[test]
fn equal_reads_have_equal_tokens_within_the_hour_and_other_positions_others() {
    let clock = clock();
    let tokens = tokens(Arc::clone(&clock) as Arc<dyn Clock>);
    let first = sealed(&tokens, Audience::Public, 41);
    assert_ne!(sealed(&tokens, Audience::Public, 42), first);
    clock.advance(SignedDuration::from_mins(29));
    assert_eq!(sealed(&tokens, Audience::Public, 41), first);
    clock.advance(SignedDuration::from_mins(1));
    assert_ne!(sealed(&tokens, Audience::Public, 41), first);
}

#[test]
fn a_token_lives_a_day() {
    let clock = clock();
    let tokens = tokens(Arc::clone(&clock) as Arc<dyn Clock>);
    let token = sealed(&tokens, Audience::Staff, 41);
    clock.advance(SignedDuration::from_mins(24 * 60 + 29));
    assert_eq!(opened(&tokens, Audience::Staff, &token), Ok(41));
    clock.advance(SignedDuration::from_mins(1));
    assert_eq!(opened(&tokens, Audience::Staff, &token), Err(Unopened::Expired));
}

#[test]
fn a_token_with_any_character_replaced_is_refused() {
    let tokens = tokens(clock());
    let token = sealed(&tokens, Audience::Staff, 41);
    for at in 0..token.len() {
        let (head, tail) = token.split_at(at);
        for other in ["A", "_", "="].into_iter().filter(|other| !tail.starts_with(other)) {
            let replaced = format!("{head}{other}{}", &tail[1..]);
            let refused = opened(&tokens, Audience::Staff, &replaced);
            assert_eq!(refused, Err(Unopened::Foreign), "{replaced}");
        }
    }
}
