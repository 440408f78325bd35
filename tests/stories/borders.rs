//! Every field of every RPC at its borders, generated from the contract: a value is refused by the name of the very field, or it is
//! kept and read back as it was. Nothing else comes of it, by gRPC and by JSON: no fault of the service, and no word of its insides.

pub(crate) mod places;
mod rules;
pub(crate) mod samples;
mod trial;
pub(crate) mod values;
mod well_known;

use prost::Message as _;
use prost_reflect::Kind;
use tests::rpc::{self, Outcome, Rpc};

use self::{
    places::What,
    samples::Stock,
    trial::{Trial, faults_of},
};

/// RPCs of which a faultless request is refused: what they need is a secret.
const SECRET: [&str; 2] = ["CreateSession", "RedeemSetupToken"];

/// The RPCs whose items are those of another, which is tried to the full.
fn is_batch(rpc: &Rpc) -> bool {
    rpc.name().starts_with("Batch") && !rpc.reads()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_are_faultless() {
    let stock = Stock::open().await;
    for rpc in rpc::all() {
        let request = stock.request(&rpc);
        assert_eq!(rules::broken(&request), [""; 0].map(str::to_owned).into(), "{}", rpc.name());
        let outcome = rpc.call(&stock.shop.people.admin, &request).await;
        match outcome {
            Outcome::Refused(refused) if SECRET.contains(&rpc.name()) => {
                assert_eq!(refused.reason, "CREDENTIALS_INVALID", "{refused:?}");
            }
            outcome => _ = outcome.answer(),
        }
    }
    stock.shop.close().await;
}

/// Tries every value in every place of the RPCs that are chosen.
async fn try_all(chosen: impl Fn(&Rpc) -> bool) {
    let stock = Stock::open().await;
    let (mut tried, mut problems) = (0, Vec::new());
    for rpc in rpc::all().into_iter().filter(chosen) {
        let mut trial = Trial::new(&stock, &rpc);
        // Whether it is only tried is no value to keep: every trial but those that keep something only tries.
        let places = places::all(&rpc.method.input()).into_iter();
        for place in places.filter(|place| place.to_string() != "validate_only") {
            // The items of a batch are read as the requests of the method for one; a few values show that they are.
            let few = is_batch(&rpc) && place.lies_in("requests") && place.what != What::List;
            let most = if few { 3 } else { usize::MAX };
            for (what, value) in values::of(&place, trial.sample()).into_iter().take(most) {
                trial.put(&place, &what, value).await;
                tried += 1;
            }
        }
        problems.extend(trial.problems);
    }
    assert!(tried > 100, "only {tried} values were tried");
    let count = problems.len();
    problems.truncate(60);
    assert!(problems.is_empty(), "{count} of {tried}:\n{}", problems.join("\n"));
    stock.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_created_is_refused_by_its_field_or_read_back() {
    try_all(|rpc| rpc.name().starts_with("Create")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_updated_is_refused_by_its_field_or_read_back() {
    try_all(|rpc| rpc.name().starts_with("Update")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_answered_or_refused_by_its_field() {
    try_all(Rpc::reads).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_otherwise_is_refused_by_its_field_or_done() {
    let others = |rpc: &Rpc| ["Create", "Update"].iter().all(|verb| !rpc.name().starts_with(verb));
    try_all(|rpc| !rpc.reads() && others(rpc)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_breaks_a_rule_is_told_at_once() {
    let stock = Stock::open().await;
    for rpc in rpc::all() {
        let mut request = stock.request(&rpc);
        let sample = request.clone();
        for place in places::all(&rpc.method.input()) {
            if place.what != What::One || place.is_output {
                continue;
            }
            let before = rules::broken(&request);
            for (_, value) in values::of(&place, &sample).into_iter().rev() {
                let is_message = matches!(value, Some(prost_reflect::Value::Message(_)));
                let mut worse = request.clone();
                if value.is_some() && !is_message {
                    place.put(&mut worse, value);
                    if rules::broken(&worse).len() > before.len() {
                        request = worse;
                        break;
                    }
                }
            }
        }
        let expected = rules::broken(&request);
        if expected.is_empty() {
            continue;
        }
        let outcome = rpc.call(&stock.shop.people.admin, &request).await;
        let refused =
            outcome.refusal().unwrap_or_else(|| panic!("{} took {expected:?}", rpc.name()));
        assert_eq!(refused.reason, "FIELD_INVALID", "{refused:?}");
        let missing = expected.iter().filter(|field| !refused.fields.contains(field)).count();
        assert!(
            missing <= refused.left_out,
            "{}: {refused:?}, not all of {expected:?}",
            rpc.name()
        );
    }
    stock.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_no_utf_8_is_no_message() {
    const MARK: &str = "\u{1}\u{2}\u{3}";
    let stock = Stock::open().await;
    let mut tried = 0;
    for rpc in rpc::all() {
        let places = places::all(&rpc.method.input()).into_iter();
        for place in
            places.filter(|place| place.what == What::One && place.field.kind() == Kind::String)
        {
            let mut request = stock.request(&rpc);
            place.put(&mut request, Some(prost_reflect::Value::String(MARK.into())));
            let mut bytes = request.encode_to_vec();
            let at = bytes.windows(3).position(|three| three == MARK.as_bytes()).unwrap();
            bytes[at..at + 3].copy_from_slice(b"\xff\xc0\x80");
            let status = rpc.call_raw(&stock.shop.people.admin, bytes.into()).await.unwrap_err();
            let refused: rpc::Refused = status.into();
            let what = format!("{} {place}: {refused:?}", rpc.name());
            assert_eq!(
                (refused.code.as_str(), refused.reason.as_str()),
                ("INVALID_ARGUMENT", "MESSAGE_INVALID"),
                "{what}"
            );
            assert_eq!(faults_of(&refused), [""; 0], "{what}");
            tried += 1;
        }
    }
    assert!(tried > 100, "only {tried}");
    stock.shop.close().await;
}
