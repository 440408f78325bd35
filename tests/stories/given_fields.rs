//! What the service fills in is not the caller's to give: whoever sends it, by whatever way, changes nothing by it; and a name in the
//! body that is not the one of the path is refused.
//!
//! The fields are those that the contract calls OUTPUT_ONLY, of every resource that can be created or updated.

use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};
use serde_json::json;
use tests::{
    forms::{Form, Visitor},
    people::PASSWORD,
    rpc::{self, Connection, Outcome, Rpc, Spelling, behaves},
};

use super::borders::{
    places::{self, Place, What},
    samples::Stock,
    values,
};

/// The single values that the service fills in, within a request.
fn given(rpc: &Rpc) -> Vec<Place> {
    let places = places::all(&rpc.method.input()).into_iter();
    places.filter(|place| place.is_output && place.what == What::One).collect()
}

/// A value for a place that is none of those that stand there.
fn foreign(place: &Place, sample: &DynamicMessage, current: Option<&Value>) -> Value {
    let strange = |value: &Value| match value {
        Value::String(text) => text.is_empty() || text.contains(char::is_control),
        Value::Bool(set) => !set,
        Value::EnumNumber(number) => !(1..=3).contains(number),
        // The first ones are written in JSON as well.
        Value::Message(message) => {
            let seconds = message.get_field_by_name("seconds").and_then(|value| value.as_i64());
            seconds.is_some_and(|seconds| !(0..253_402_207_200).contains(&seconds))
                || message.get_field_by_name("nanos").is_some_and(|value| value.as_i32() != Some(0))
        }
        _ => false,
    };
    let all = values::of(place, sample).into_iter().filter_map(|(_, value)| value);
    let mut fine = all.filter(|value| !strange(value) && Some(value) != current);
    fine.next().unwrap_or_else(|| panic!("no other value for {place}"))
}

/// The resource of an RPC, read by its name.
async fn read(stock: &Stock, kind: &str, name: &Value) -> DynamicMessage {
    let get = rpc::named(&format!("Get{kind}"));
    let mut request = get.request();
    request.set_field_by_name("name", name.clone());
    get.call(&stock.shop.people.admin, &request).await.answer()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_fills_in_is_not_updated_under_any_mask() {
    let stock = Stock::open().await;
    let admin = &stock.shop.people.admin;
    let mut web = Connection::new(stock.shop.web(), admin.token());
    let mut tried = 0;
    for rpc in rpc::all().into_iter().filter(|rpc| rpc.name().starts_with("Update")) {
        let kind = rpc.name().strip_prefix("Update").unwrap();
        let resource = rpc.resource().unwrap();
        let mut sample = stock.request(&rpc);
        sample.clear_field_by_name("validate_only");
        let name = sample
            .get_field(&resource)
            .as_message()
            .unwrap()
            .get_field_by_name("name")
            .unwrap()
            .into_owned();
        rpc.call(admin, &sample).await.answer();
        for place in given(&rpc) {
            let within = place.within_first().unwrap();
            let top = within.to_string().split(['.', '[']).next().unwrap().to_owned();
            let before = within.get(&read(&stock, kind, &name).await);
            let value = foreign(&place, &sample, before.as_ref());
            for mask in ["", "*", &top] {
                let mut request = sample.clone();
                place.put(&mut request, Some(value.clone()));
                let paths =
                    if mask.is_empty() { Vec::new() } else { vec![Value::String(mask.into())] };
                if !paths.is_empty() {
                    let field = rpc.method.input().get_field_by_name("update_mask").unwrap();
                    request
                        .get_field_mut(&field)
                        .as_message_mut()
                        .unwrap()
                        .set_field_by_name("paths", Value::List(paths));
                }
                let by_json = [Spelling::Camel, Spelling::Snake]
                    .map(|spelling| rpc.json(&request, spelling).unwrap());
                let outcomes = [
                    rpc.call(admin, &request).await,
                    web.call(&rpc, &by_json[0]).await,
                    web.call(&rpc, &by_json[1]).await,
                ];
                for outcome in outcomes {
                    let what = format!("{} {place} = {value} under the mask `{mask}`", rpc.name());
                    let Outcome::Accepted(answer) = outcome else { panic!("{what}: {outcome:?}") };
                    assert_ne!(within.get(&answer), Some(value.clone()), "{what}");
                }
                let now = read(&stock, kind, &name).await;
                assert_ne!(within.get(&now), Some(value.clone()), "{} {place}", rpc.name());
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "only {tried}");
    stock.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_fills_in_is_not_created() {
    let stock = Stock::open().await;
    let admin = &stock.shop.people.admin;
    let mut web = Connection::new(stock.shop.web(), admin.token());
    let mut tried = 0;
    let creates = |rpc: &Rpc| rpc.name().starts_with("Create") && rpc.name() != "CreateSession";
    for rpc in rpc::all().into_iter().filter(creates) {
        let sample = stock.request(&rpc);
        let plain = rpc.call(admin, &sample).await.answer();
        for place in given(&rpc) {
            let within = place.within_first().unwrap();
            let value = foreign(&place, &sample, within.get(&plain).as_ref());
            let mut request = sample.clone();
            place.put(&mut request, Some(value.clone()));
            let mut outcomes = vec![rpc.call(admin, &request).await];
            for spelling in [Spelling::Camel, Spelling::Snake] {
                outcomes.push(web.call(&rpc, &rpc.json(&request, spelling).unwrap()).await);
            }
            for outcome in outcomes {
                assert_ne!(
                    within.get(&outcome.answer()),
                    Some(value.clone()),
                    "{} {place}",
                    rpc.name()
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "only {tried}");
    stock.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_fills_in_is_not_changed_by_a_form() {
    let stock = Stock::open().await;
    let mut visitor = Visitor::new(stock.shop.web());
    let page = visitor.open("/admin/sign-in").await;
    let form = Form::of(&page, "/admin/sign-in");
    visitor.follow(&form.with("login", "ada@shelf.example").with("password", PASSWORD)).await;
    let name = Value::String("products/mug".into());
    let before = read(&stock, "Product", &name).await;
    let page = visitor.open("/admin/products/mug").await;
    let mut form = Form::all(page.text())
        .into_iter()
        .find(|form| form.fields.iter().any(|(name, _)| name == "title"))
        .unwrap_or_else(|| panic!("no form with a title: {}", page.text()))
        .with("title", "Mug of forms");
    let product = before.descriptor();
    for field in product.fields().filter(|field| behaves(field, "OUTPUT_ONLY")) {
        let value = if field.name() == "state" { "STATE_ACTIVE" } else { "2001-01-01T00:00:00Z" };
        for name in [
            field.name().to_owned(),
            field.json_name().to_owned(),
            format!("product.{}", field.name()),
        ] {
            form.fields.push((name, value.into()));
        }
    }
    visitor.follow(&form).await;
    let after = read(&stock, "Product", &name).await;
    let title = after.get_field_by_name("title").unwrap().into_owned();
    assert_eq!(title.as_str(), Some("Mug of forms"), "the form was taken");
    for field in product.fields().filter(|field| behaves(field, "OUTPUT_ONLY")) {
        if !["update_time", "update_actor"].contains(&field.name()) {
            assert_eq!(after.get_field(&field), before.get_field(&field), "{}", field.name());
        }
    }
    stock.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_the_body_that_is_not_the_one_of_the_path_is_refused() {
    let stock = Stock::open().await;
    let web = stock.shop.web().with_token(stock.shop.people.admin.token());
    for (path, other) in [
        ("/v1/products/mug", "products/gone"),
        ("/v1/products/mug/variants/white", "products/mug/variants/blue"),
        ("/v1/categories/kitchen", "categories/home"),
        ("/v1/users/joan", "users/grace"),
        ("/v1/shop", "shops"),
    ] {
        let answer = web.patch(path, &json!({ "name": other })).await;
        assert_eq!(answer.status, http::StatusCode::BAD_REQUEST, "{path}: {}", answer.text());
        assert!(answer.text().contains("name"), "{path}: {}", answer.text());
    }
    stock.shop.close().await;
}
