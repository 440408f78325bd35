//! The pages over a catalog that says what each test tells it to: the whole front door but no service behind it.

mod bulk;
mod history;
mod language;
mod management;
mod resume;
mod stub;

use bytes::Bytes;
use http::{StatusCode, header};
use proto::{
    catalog::{Actor, Price, PriceRange, Product, ProductRevision, Variant, product::State},
    google::r#type::Money,
};
use rstest::rstest;
use stub::{Answer, Shop, body, refusal, violations};
use tonic::{Code, Status};

use super::answers::{Found, List, Page};

/// What a hostile client could have written into the catalog by gRPC.
const HOSTILE: &str = r#"</title><script>alert(1)</script>"' onmouseover=alert(1) {{ 7*7 }} <img src=x onerror=alert(1)>"#;

fn product() -> Product {
    Product {
        name: "products/mug".into(),
        etag: "\"v1\"".into(),
        title: "Enamel mug".into(),
        slug: "mug".into(),
        state: State::Active.into(),
        update_actor: Some(Actor { name: "users/grace".into(), display_name: "Grace".into() }),
        variants: vec![Variant {
            name: "products/mug/variants/white".into(),
            etag: "\"w1\"".into(),
            sku: "MUG-35".into(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn hostile() -> Product {
    let text = || HOSTILE.to_owned();
    let mut product = product();
    product.title = text();
    product.brand = text();
    product.description = text();
    product.tags = vec![text()];
    product.etag = format!("\"{HOSTILE}\"");
    product.update_actor = Some(Actor { name: "users/x".into(), display_name: text() });
    product.attributes = [(
        text(),
        proto::catalog::AttributeValue {
            value: Some(proto::catalog::attribute_value::Value::Text(text())),
        },
    )]
    .into();
    product.options = vec![proto::catalog::Option { name: text(), values: vec![text()] }];
    product.images = vec![proto::catalog::Image {
        uri: format!("/pictures/{HOSTILE}"),
        alternative_text: text(),
    }];
    product.variants[0].sku = text();
    let amount = Some(Money { currency_code: text(), units: 1, nanos: 0 });
    product.variants[0].prices = vec![Price { amount: amount.clone(), compare_at_amount: None }];
    product.price_range = Some(PriceRange { lowest: amount.clone(), highest: amount });
    product.variants[0].option_values = vec![text()];
    product
}

#[rstest]
#[case("/")]
#[case("/p/mug")]
#[case("/c/kitchen")]
#[case("/admin/products")]
#[case("/admin/products?q=mug&sort=title")]
#[case("/admin/products/mug")]
#[case("/admin/products/mug/delete")]
#[case("/admin/deleted")]
#[case("/admin/new-product")]
#[case("/admin/products/mug/history")]
#[case("/admin/products/mug/changes?since=%22v0%22")]
#[case("/admin/activity")]
#[tokio::test]
async fn hostile_texts_stay_texts(#[case] path: &str) {
    let shop = Shop::with(hostile());
    let (status, page) = body(shop.get(path).await).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_stays_text(&page, path);
}

#[tokio::test]
async fn the_prices_of_a_row_are_whole_in_its_attribute() {
    let (_, page) = body(Shop::with(hostile()).get("/admin/products").await).await;
    let (_, row) = page.split_once("data-prices='").unwrap();
    let (prices, _) = row.split_once('\'').unwrap();
    let special = [("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    let told =
        special.iter().fold(prices.to_owned(), |told, (sign, text)| told.replace(sign, text));
    let prices: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(prices[0]["amount"]["currencyCode"], HOSTILE);
}

/// Nothing of a hostile text has become markup.
fn assert_stays_text(page: &str, path: &str) {
    let lower = page.to_lowercase();
    assert!(lower.contains("<!doctype html>"));
    for active in ["<script>", "<img src=x", "</title><", "\" onmouseover"] {
        assert!(!lower.contains(active), "{active} on {path}");
    }
    assert!(
        !lower.contains(" style=\"") && !lower.contains(" onclick="),
        "nothing inline on {path}"
    );
}

#[rstest]
#[case("/")]
#[case("/p/mug")]
#[case("/admin/products")]
#[case("/admin/products?q=mug&sort=title")]
#[case("/admin/products/mug")]
#[case("/admin/sign-in")]
#[case("/admin/setup")]
#[case("/styleguide")]
#[case("/admin/products/mug/history")]
#[case("/admin/products/mug/changes")]
#[case("/admin/activity")]
#[tokio::test]
async fn every_page_has_one_heading_live_regions_and_unique_ids(#[case] path: &str) {
    let (status, page) = body(Shop::with(product()).get(path).await).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_well_made(&page, path);
}

/// One heading, live regions and unique ids.
fn assert_well_made(page: &str, path: &str) {
    assert_eq!(page.matches("<h1").count(), 1, "{path}");
    assert!(page.contains(r#"id="polite""#) && page.contains(r#"id="assertive""#));
    // What stands in a template is not on the page.
    let shown: String =
        page.split("<template").map(|part| part.split("</template>").last().unwrap()).collect();
    let mut ids: Vec<&str> =
        shown.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice on {path}: {ids:?}");
}

#[tokio::test]
async fn a_get_without_a_session_leads_to_the_sign_in_and_back() {
    let shop = Shop::with(product());
    let response = shop.anonymous_get("/admin/products?q=mug").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let location = &response.headers()[header::LOCATION];
    assert_eq!(location, "/admin/sign-in?return_to=%2Fadmin%2Fproducts%3Fq%3Dmug");
}

#[tokio::test]
async fn a_delete_answers_303_and_leaves_a_message_with_undo() {
    let shop = Shop::with(product());
    let form = [("etag", "\"v1\""), ("request_id", "r1"), ("return_to", "/admin/products?q=mug")];
    let response = shop.post("/admin/products/mug/delete", &form).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/admin/products?q=mug");
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("flash=deleted.mug;"), "{cookie}");

    let gone = Product { delete_time: Some(prost_types::Timestamp::default()), ..product() };
    let response = Shop::with(gone).get_with("/admin/products?q=mug", "flash=deleted.mug").await;
    assert!(response.headers()[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    let (_, page) = body(response).await;
    assert!(page.contains("Enamel mug deleted."));
    assert!(page.contains(r#"action="/admin/products/mug/undelete""#));
}

#[tokio::test]
async fn a_page_of_the_admin_is_another_at_each_visit_and_has_no_tag() {
    let shop = Shop::with(product());
    let (one, other) = (shop.get("/admin/products").await, shop.get("/admin/products").await);
    assert!(!one.headers().contains_key(header::ETAG));
    assert!(body(one).await.1 != body(other).await.1, "each form has an id of its own");
}

#[tokio::test]
async fn each_button_of_a_row_is_a_request_of_its_own() {
    let shop = Shop::with(product());
    for (verb, done) in [("publish", "flash=published.mug;"), ("delete", "flash=deleted.mug;")] {
        let pressed = format!("{verb} mug \"v1\" draft");
        let form = [("request_id", "r1"), ("return_to", "/admin/products?q=mug"), ("do", &pressed)];
        let response = shop.post("/admin/products", &form).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/admin/products?q=mug");
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with(done), "{cookie}");
    }
    for name in ["DeleteProduct", "PublishProduct"] {
        assert_eq!(shop.calls(name), 1, "{name}");
    }
    for pressed in ["sing mug \"v1\" draft", "delete mug", "sing"] {
        let response = shop.post("/admin/products", &[("do", pressed)]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{pressed}");
    }
    let response = shop.post("/admin/products/mug", &[("do", "sing")]).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_save_keeps_what_was_typed_and_names_each_field() {
    let shop = Shop::with(product())
        .refusing("UpdateProduct", violations(&[("product.slug", "must be small letters")]));
    let form = [("title", "New title"), ("slug", "BAD Slug"), ("etag", "\"v1\"")];
    let (status, page) = body(shop.post("/admin/products/mug/save", &form).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(r#"value="BAD Slug""#) && page.contains(r#"value="New title""#));
    assert!(page.contains("1 field needs attention.") && page.contains(r##"href="#slug""##));
    assert!(page.contains("Must be small letters."));
}

#[tokio::test]
async fn a_stale_save_shows_the_other_change() {
    let now = Product { title: "Mug, white".into(), etag: "\"v2\"".into(), ..product() };
    let shop = Shop::with(now.clone())
        .refusing("UpdateProduct", refusal(Code::Aborted, "ETAG_MISMATCH"))
        .with_history(vec![
            ProductRevision { product: Some(now), ..Default::default() },
            ProductRevision { product: Some(product()), ..Default::default() },
        ]);
    let form = [("title", "Mug 35 cl"), ("slug", "mug"), ("brand", "Emalia"), ("etag", "\"v1\"")];
    let (status, page) = body(shop.post("/admin/products/mug/save", &form).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Grace changed Mug, white"), "{page}");
    assert!(page.contains(r#"name="choice.title" value="theirs""#), "both touched the title");
    assert!(!page.contains(r#"name="choice.brand""#), "only one touched the brand");
    assert!(page.contains("Emalia") && page.contains("Mug 35 cl"));
    assert!(page.contains("\"&#34;v2&#34;\""), "the form holds the new etag");
}

#[tokio::test]
async fn a_stale_delete_asks_again_with_the_new_etag() {
    let now = Product { title: "Mug, white".into(), etag: "\"v2\"".into(), ..product() };
    let shop = Shop::with(now).refusing("DeleteProduct", refusal(Code::Aborted, "ETAG_MISMATCH"));
    let (status, page) =
        body(shop.post("/admin/products/mug/delete", &[("etag", "\"v1\"")]).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Delete anyway") && page.contains("&#34;v2&#34;"));
}

#[tokio::test]
async fn a_price_that_cannot_be_read_changes_nothing() {
    let shop = Shop::with(product());
    let form = [("currency", "EUR"), ("price", "about 5"), ("etag", "\"w1\"")];
    let path = "/admin/products/mug/variants/white/save";
    let (status, page) = body(shop.post(path, &form).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(r#"value="about 5""#) && page.contains("This is not a price."));
    assert!(!shop.was_called("UpdateVariant"));
}

#[rstest]
#[case(refusal(Code::FailedPrecondition, "PRODUCT_DELETED"), "12")]
#[case(violations(&[("variant.sku", "must be shorter")]), "12")]
#[case(Status::ok("never asked"), "about 12")]
#[tokio::test]
async fn a_refused_variant_keeps_the_version_that_was_typed_over(
    #[case] refused: Status,
    #[case] price: &str,
) {
    let mut now = product();
    now.variants[0].etag = "\"w2\"".into();
    let shop = Shop::with(now).refusing("UpdateVariant", refused);
    let form = [("currency", "EUR"), ("price", price), ("etag", "\"w1\"")];
    let (_, page) = body(shop.post("/admin/products/mug/variants/white/save", &form).await).await;
    let (_, variant) = page.split_once(r#"id="variant-white-form""#).unwrap();
    let (_, etag) = variant.split_once(r#"name="etag" value=""#).unwrap();
    assert!(etag.starts_with(r##"&#34;w1&#34;""##), "{variant}");
    assert!(page.contains(&format!(r#"value="{price}""#)), "{page}");
}

#[tokio::test]
async fn a_row_without_a_picture_shows_so() {
    let bare = body(Shop::with(product()).get("/admin/products").await).await.1;
    let row = bare.split(r#"id="product-mug""#).nth(1).unwrap();
    assert!(row.split("</td>").next().unwrap().contains("#picture"), "{row}");
    let images =
        vec![proto::catalog::Image { uri: "/pictures/mug.svg".into(), ..Default::default() }];
    let shown = Shop::with(Product { images, ..product() }).get("/admin/products").await;
    let shown = body(shown).await.1;
    let row = shown.split(r#"id="product-mug""#).nth(1).unwrap();
    let cell = row.split("</td>").next().unwrap();
    assert!(cell.contains(r#"src="/pictures/mug.svg""#) && !cell.contains("#picture"), "{cell}");
}

#[tokio::test]
async fn a_viewer_sees_no_button_that_would_be_refused() {
    let shop = Shop::with(product()).seen_by(proto::access::Role::Viewer);
    for path in ["/admin/products", "/admin/products/mug", "/admin/deleted"] {
        let (status, page) = body(shop.get(path).await).await;
        assert_eq!(status, StatusCode::OK);
        for word in [
            "Delete</button>",
            "Save</button>",
            "Publish</button>",
            "Add product",
            "Restore</button>",
        ] {
            assert!(!page.contains(word), "{word} on {path}");
        }
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_503_with_retry_after() {
    let shop = Shop::with(product())
        .refusing("ListProducts", refusal(Code::Unavailable, "STORE_UNAVAILABLE"));
    let response = shop.get("/").await;
    assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    let (status, page) = body(response).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.contains("Try again") && page.contains("name this request"));
}

#[rstest]
#[case("/")]
#[case("/search?q=mug")]
#[case("/admin/products")]
#[case("/admin/products?q=mug")]
#[tokio::test]
async fn a_product_that_cannot_be_read_is_a_whole_page_that_says_so(#[case] path: &str) {
    // A name is announced, and nothing of it follows.
    let product = Bytes::from_static(b"\x0a");
    let shop = Shop::with(self::product());
    shop.tell("ListProducts", &List { products: vec![product.clone()], ..List::default() });
    let found = Found { product, ..Found::default() };
    shop.tell("SearchProducts", &Page { results: vec![found], ..Page::default() });
    let (status, page) = body(shop.get(path).await).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{page}");
    assert!(page.contains("name this request") && page.ends_with("</html>"), "{page}");
    assert_well_made(&page, path);
}

#[rstest]
#[case("/p/BAD", StatusCode::NOT_FOUND)]
#[case("/c/nothing-here", StatusCode::NOT_FOUND)]
#[case("/no/such/page", StatusCode::NOT_FOUND)]
#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so(
    #[case] path: &str,
    #[case] expected: StatusCode,
) {
    let (status, page) = body(Shop::with(product()).get(path).await).await;
    assert_eq!(status, expected);
    assert!(page.contains("There is nothing here"), "{page}");
}

#[tokio::test]
async fn an_expired_page_is_the_first_one_with_a_note() {
    let shop = Shop::with(product());
    shop.once(
        "ListProducts",
        Answer::Refused(refusal(Code::InvalidArgument, "PAGE_TOKEN_INVALID")),
    );
    let (status, page) = body(shop.get("/?page=old&shown=24").await).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("That page has expired."), "{page}");
}

#[tokio::test]
async fn a_filter_form_left_empty_leads_to_the_plain_address() {
    let response = Shop::with(product()).get("/admin/products?q=&state=&category=").await;
    assert_eq!(response.headers()[header::LOCATION], "/admin/products");
}

#[tokio::test]
async fn the_shop_says_what_may_be_fetched_ahead_and_the_admin_does_not() {
    let shop = Shop::with(product());
    let rules = "speculation-rules";
    for path in ["/", "/c/kitchen", "/p/mug", "/search?q=mug"] {
        let told = shop.get(path).await.headers()[rules].to_str().unwrap().to_owned();
        let file = shop.get(told.trim_matches('"')).await;
        assert_eq!(file.headers()[header::CONTENT_TYPE], "application/speculationrules+json");
        let rules: serde_json::Value = serde_json::from_str(&body(file).await.1).unwrap();
        let kinds: Vec<_> = rules.as_object().unwrap().keys().collect();
        assert_eq!(kinds, ["prefetch"], "nothing is run ahead");
        let matched = rules["prefetch"][0]["where"]["or"].as_array().unwrap();
        let matched: Vec<_> = matched.iter().map(|rule| rule["href_matches"].as_str()).collect();
        assert_eq!(matched, [Some("/p/*"), Some("/c/*")]);
    }
    for path in ["/admin/products", "/admin/sign-in", "/docs", "/no/such/page"] {
        assert!(!shop.get(path).await.headers().contains_key(rules), "{path}");
    }
}

#[tokio::test]
async fn the_theme_is_a_cookie() {
    let shop = Shop::with(product());
    let response = shop.post("/theme", &[("theme", "dark"), ("return_to", "/p/mug")]).await;
    assert_eq!(response.headers()[header::LOCATION], "/p/mug");
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("theme=dark;"));
    let (_, page) = body(shop.get_with("/", "theme=dark").await).await;
    assert!(page.contains(r#"data-theme="dark""#));
    let response = shop.post("/theme", &[("theme", "dark"), ("return_to", "//evil.example")]).await;
    assert_eq!(response.headers()[header::LOCATION], "/");
}

#[tokio::test]
async fn a_page_that_alone_has_what_was_typed_offers_nothing_that_leaves_it() {
    let shop =
        Shop::with(product()).refusing("UpdateProduct", violations(&[("product.slug", "no")]));
    let theme = r#"action="/theme""#;
    let (_, page) = body(shop.get("/admin/products/mug").await).await;
    assert!(page.contains(theme));
    let (status, page) =
        body(shop.post("/admin/products/mug/save", &[("title", "Cup")]).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(r#"value="Cup""#) && !page.contains(theme), "{page}");
}

#[tokio::test]
async fn signing_in_sets_the_cookie_and_leads_back() {
    let shop = Shop::with(product());
    let form = [
        ("login", "ada@example.org"),
        ("password", "correct horse"),
        ("return_to", "/admin/deleted"),
    ];
    let response = shop.post("/admin/sign-in", &form).await;
    assert_eq!(response.headers()[header::LOCATION], "/admin/deleted");
    assert!(
        response.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .starts_with("__Host-sid=secret-token;")
    );

    let shop =
        shop.refusing("CreateSession", refusal(Code::Unauthenticated, "CREDENTIALS_INVALID"));
    let (status, page) = body(shop.post("/admin/sign-in", &form).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(page.contains("ada@example.org") && !page.contains("correct horse"));
}

#[test]
fn no_template_declares_anything_safe() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/templates");
    let mut folders = vec![root];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let squeezed: String = text.split_whitespace().collect();
            for banned in ["|safe", "|escape(\"none\")", "autoescape"] {
                assert!(!squeezed.contains(banned), "{banned} in {}", path.display());
            }
            assert!(
                !text.contains(" style=") && !text.contains(" onclick"),
                "inline in {}",
                path.display()
            );
            read += 1;
        }
    }
    assert!(read > 20);
}
