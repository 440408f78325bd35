//! To what the shop rounds changed prices: a setting, by gRPC, by JSON and on its page.

use http::{Method, StatusCode};
use prost_types::FieldMask;
use proto::catalog::{GetShopRequest, Shop as Settings, UpdateShopRequest, shop::PriceRounding};
use serde_json::json;
use tests::{
    errors::{fields, reason, refused},
    forms::{Form, Visitor},
    people::{PASSWORD, Person},
    shop::Shop,
};

async fn settings(person: &Person) -> Settings {
    let get = GetShopRequest { name: "shop".into() };
    person.shop().get_shop(get).await.unwrap().into_inner()
}

fn rounding(rounding: PriceRounding, etag: &str) -> UpdateShopRequest {
    let settings = Settings {
        name: "shop".into(),
        etag: etag.into(),
        price_rounding: rounding.into(),
        ..Settings::default()
    };
    let mask = FieldMask { paths: vec!["price_rounding".into()] };
    UpdateShopRequest { shop: Some(settings), update_mask: Some(mask), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_set_under_etag_and_mask_by_those_who_manage_the_shop() {
    let shop = Shop::open().await;
    let new = settings(&shop.people.anyone).await;
    assert_eq!(new.price_rounding(), PriceRounding::SmallestUnit, "before anybody said otherwise");
    let mut admin = shop.people.admin.shop();
    let dry =
        UpdateShopRequest { validate_only: true, ..rounding(PriceRounding::Ending99, &new.etag) };
    let answered = admin.update_shop(dry).await.unwrap().into_inner();
    assert_eq!(answered.price_rounding(), PriceRounding::Ending99);
    assert_eq!(settings(&shop.people.anyone).await, new, "nothing was done");

    let update = rounding(PriceRounding::FiveSmallestUnits, &new.etag);
    let changed = admin.update_shop(update.clone()).await.unwrap().into_inner();
    assert_eq!(changed.price_rounding(), PriceRounding::FiveSmallestUnits);
    assert_eq!(changed.display_name, new.display_name, "the mask names the rounding alone");
    assert_eq!(refused(admin.update_shop(update).await).1, "ETAG_MISMATCH");

    let without_mask =
        UpdateShopRequest { update_mask: None, ..rounding(PriceRounding::WholeUnit, "") };
    let changed = admin.update_shop(without_mask).await.unwrap().into_inner();
    assert_eq!(changed.price_rounding(), PriceRounding::WholeUnit, "what is set in the shop");
    let named = rounding(PriceRounding::Unspecified, "");
    let changed = admin.update_shop(named).await.unwrap().into_inner();
    assert_eq!(changed.price_rounding(), PriceRounding::SmallestUnit, "none is the first");

    let mut unknown = rounding(PriceRounding::Ending90, "");
    unknown.shop.as_mut().unwrap().price_rounding = 99;
    let status = admin.update_shop(unknown).await.unwrap_err();
    assert_eq!(
        (reason(&status), fields(&status)),
        ("FIELD_INVALID".into(), vec!["shop.price_rounding".into()])
    );
    let editor = shop.people.editor.shop().update_shop(rounding(PriceRounding::Ending90, "")).await;
    assert_eq!(refused(editor).1, "ROLE_MISSING");
    let shop = shop.restart().await;
    assert_eq!(settings(&shop.people.anyone).await.price_rounding(), PriceRounding::SmallestUnit);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_by_json_in_both_spellings() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.admin.token());
    let now = web.get("/v1/shop").await.json();
    assert_eq!(now["priceRounding"], "PRICE_ROUNDING_SMALLEST_UNIT");
    let etag = now["etag"].as_str().unwrap();
    let patch = |body: serde_json::Value, etag: &str| {
        web.ask(Method::PATCH, "/v1/shop").header("if-match", etag).json(&body).send()
    };
    let changed = patch(json!({"priceRounding": "PRICE_ROUNDING_ENDING_95"}), etag).await;
    assert_eq!(changed.json()["priceRounding"], "PRICE_ROUNDING_ENDING_95");
    let stale = patch(json!({"price_rounding": "PRICE_ROUNDING_ENDING_90"}), etag).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text());
    let changed = patch(json!({"price_rounding": "PRICE_ROUNDING_TEN_SMALLEST_UNITS"}), "*").await;
    assert_eq!(changed.json()["priceRounding"], "PRICE_ROUNDING_TEN_SMALLEST_UNITS");
    let unknown = patch(json!({"priceRounding": "PRICE_ROUNDING_GUESSED"}), "*").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "{}", unknown.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_chosen_on_the_page_of_the_shop() {
    let shop = Shop::open().await;
    let mut ada = Visitor::new(shop.web());
    let page = ada.open("/admin/sign-in").await;
    let sign_in = Form::of(&page, "/admin/sign-in")
        .with("login", "ada@shelf.example")
        .with("password", PASSWORD);
    ada.follow(&sign_in).await;
    let page = ada.open("/admin/shop").await;
    assert!(page.text().contains("To the smallest unit, €0.01"), "{}", page.text());
    let form = Form::of(&page, "/admin/shop");
    assert_eq!(form.value("price_rounding"), "PRICE_ROUNDING_SMALLEST_UNIT");
    let saved = ada.follow(&form.clone().with("price_rounding", "PRICE_ROUNDING_ENDING_99")).await;
    let now = Form::of(&saved, "/admin/shop");
    assert_eq!(now.value("price_rounding"), "PRICE_ROUNDING_ENDING_99");
    assert_eq!(settings(&shop.people.anyone).await.price_rounding(), PriceRounding::Ending99);
    let stale = ada.submit(&form.with("request_id", "another")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("“to end in .99”"), "what it is by now: {}", stale.text());
    shop.close().await;
}
