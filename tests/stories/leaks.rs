//! What is not public changes nothing that the public is told: every answer that anyone can get is taken down, hidden products are
//! made and unmade in every way there is, and then every answer is the same, to the byte.
//!
//! The questions are made from the contract: a new RPC that anyone may call is asked too, and a field that nothing is known of fails.

mod hidden;
mod questions;

use std::collections::BTreeMap;

use http::Method;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage as _, Value};
use proto::{access::Role, catalog::ListProductsRequest};
use tests::{
    people::Person,
    rpc::{self, Connection, Outcome, Request, Rpc, Spelling},
    shop::Shop,
    web::Answer,
};
use tonic_types::StatusExt as _;

/// Headers that differ from answer to answer, or say only that something was written.
const PASSING: [&str; 4] = ["date", "x-request-id", "shelf-resume-token", "server-timing"];

/// Pages that anyone can open.
const PAGES: [&str; 16] = [
    "/",
    "/?sort=price",
    "/search?q=mug",
    "/search?q=draft",
    "/search?q=dralf",
    "/search?q=mug&brand=Hidden",
    "/c/cups",
    "/c/empty",
    "/p/white",
    "/p/draft",
    "/p/deleted",
    "/p/archived",
    "/p/early",
    "/p/ended",
    "/p/withdrawn",
    "/p/nothing",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_changes_no_answer_to_anyone() {
    let shop = Shop::open().await;
    hidden::public(&shop.people.editor).await;
    let before = answers(&shop).await;
    assert!(before.len() > 300, "only {} questions were asked", before.len());
    hidden::hide(&shop.people.editor, &shop.people.admin).await;
    let after = answers(&shop).await;
    let told: Vec<_> = before
        .iter()
        .filter(|(question, answer)| after.get(*question) != Some(answer))
        .map(|(question, answer)| format!("{question}:\n  {answer}\n  {}", after[question]))
        .collect();
    assert!(told.is_empty(), "{} of {}:\n{}", told.len(), before.len(), told.join("\n"));
    let found =
        shop.people.viewer.products().list_products(ListProductsRequest::default()).await.unwrap();
    assert!(found.into_inner().total_size > 6, "whoever may see them does");
    shop.close().await;
}

/// Every answer that anyone gets, by its question.
async fn answers(shop: &Shop) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    let mut web = Connection::new(shop.web(), "");
    for rpc in rpc::all().into_iter().filter(|rpc| rpc.role == Role::Anyone && rpc.reads()) {
        for (question, request) in questions::of(&rpc) {
            let by_grpc = by_grpc(&rpc, &shop.people.anyone, &request).await;
            // A page token changes with the hour, and with it the bytes of JSON.
            if !by_grpc.contains(MORE) {
                let ask = rpc.json(&request, Spelling::Camel).expect("JSON can write these");
                answers.insert(format!("{question} by JSON"), shown(&web.send(&ask).await));
            }
            answers.insert(format!("{question} by gRPC"), by_grpc);
        }
    }
    for page in PAGES {
        let ask = Request { verb: Method::GET, path: page.into(), query: Vec::new(), body: None };
        answers.insert(format!("the page {page}"), shown(&web.send(&ask).await));
    }
    answers
}

async fn by_grpc(rpc: &Rpc, person: &Person, request: &DynamicMessage) -> String {
    match rpc.call_raw(person, request.encode_to_vec().into()).await {
        Ok(answer) => {
            let message = DynamicMessage::decode(rpc.method.output(), answer.into_inner()).unwrap();
            assert_eq!(actors(&message), 0, "nobody is named to the public: {message:?}");
            without_token(message).to_string()
        }
        Err(status) => {
            let details = status.get_error_details();
            let info = details.error_info().cloned();
            let facts = info.as_ref().map(|info| info.metadata.iter().collect::<BTreeMap<_, _>>());
            let (bad, about) = (details.bad_request(), details.resource_info());
            format!("{:?} {} {facts:?} {bad:?} {about:?}", status.code(), status.message())
        }
    }
}

/// What stands in the place of a page token, which changes with the hour; that there is one does not.
const MORE: &str = "there is more";

fn without_token(mut message: DynamicMessage) -> DynamicMessage {
    let token = message.get_field_by_name("next_page_token");
    if token.is_some_and(|token| token.as_str() != Some("")) {
        message.set_field_by_name("next_page_token", Value::String(MORE.into()));
    }
    message
}

/// An answer of HTTP as a text.
fn shown(answer: &Answer) -> String {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !PASSING.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    // An error's facts stand in any order, and a page that went wrong names its request.
    let text = match serde_json::from_str::<serde_json::Value>(answer.text()) {
        Ok(json) if !answer.status.is_success() => json.to_string(),
        _ => answer.text().replace(answer.header("x-request-id"), "the request"),
    };
    format!("{} {} {text}", answer.status, headers.join(", "))
}

/// How many people a message names.
fn actors(message: &DynamicMessage) -> usize {
    let own = usize::from(message.descriptor().name() == "Actor");
    let within = message.fields().flat_map(|(_, value)| match value {
        Value::Message(inner) => vec![inner],
        Value::List(list) => list.iter().filter_map(Value::as_message).collect(),
        _ => Vec::new(),
    });
    own + within.map(actors).sum::<usize>()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lacks_the_role_is_not_told_what_there_is() {
    let shop = Shop::open().await;
    let people = &shop.people;
    hidden::public(&people.editor).await;
    hidden::hide(&people.editor, &people.admin).await;
    let mut asked = 0;
    for rpc in rpc::all() {
        let cast = [
            (Role::Anyone, &people.anyone),
            (Role::Viewer, &people.viewer),
            (Role::Editor, &people.editor),
        ];
        for (role, person) in cast.into_iter().filter(|(role, _)| *role < rpc.role) {
            let of = |id: &str| named(&rpc.method.input(), id, rpc.request());
            let Some((there, not_there)) = of("draft").zip(of("thing")) else { continue };
            let there = by_grpc(&rpc, person, &there).await;
            let not_there = by_grpc(&rpc, person, &not_there).await;
            assert_eq!(there, not_there, "{} by {role:?}", rpc.name());
            asked += 1;
        }
    }
    assert!(asked > 30, "only {asked} were asked");
    shop.close().await;
}

/// A request for the thing of an id, whatever kind of thing it is; none when it names nothing.
fn named(of: &MessageDescriptor, id: &str, mut request: DynamicMessage) -> Option<DynamicMessage> {
    let field = ["name", "parent"].into_iter().find_map(|name| of.get_field_by_name(name));
    if let Some(field) = field {
        request.set_field(&field, Value::String(format!("products/{id}")));
        return Some(request);
    }
    let resource = of.fields().find(|field| {
        let kind = field.kind();
        let named = |inner: &MessageDescriptor| inner.get_field_by_name("name").is_some();
        !field.is_list() && kind.as_message().is_some_and(named)
    })?;
    let inner = resource.kind().as_message()?.clone();
    let inner = named(&inner, id, DynamicMessage::new(inner.clone()))?;
    request.set_field(&resource, Value::Message(inner));
    Some(request)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_product_is_answered_like_none_under_any_precondition() {
    let shop = Shop::open().await;
    hidden::public(&shop.people.editor).await;
    hidden::hide(&shop.people.editor, &shop.people.admin).await;
    let get = rpc::named("GetProduct");
    let known = {
        let request = named(&get.method.input(), "draft", get.request()).unwrap();
        match get.call(&shop.people.viewer, &request).await {
            Outcome::Accepted(product) => {
                product.get_field_by_name("etag").unwrap().as_str().unwrap().to_owned()
            }
            Outcome::Refused(refused) => panic!("{refused:?}"),
        }
    };
    for header in ["if-none-match", "if-match"] {
        for tag in ["*", &known, "\"t1.x.y\"", "W/\"x\""] {
            let ask = async |id: &str| {
                let web = shop.web();
                let answer = web
                    .ask(Method::GET, &format!("/v1/products/{id}"))
                    .header(header, tag)
                    .send()
                    .await;
                shown(&answer).replace(id, "ID")
            };
            for id in hidden::NAMES {
                // Of the same length, so that nothing but the id can differ.
                let nothing = "n".repeat(id.len());
                assert_eq!(ask(id).await, ask(&nothing).await, "{header}: {tag}, {id}");
            }
        }
    }
    shop.close().await;
}
