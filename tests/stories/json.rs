//! JSON at the gateway: the same rules as by gRPC, in HTTP's own words.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{
    goods::create,
    shop::Shop,
    web::{Answer, Web},
};

async fn mug(web: &Web) -> Answer {
    let body = json!({ "title": "Enamel mug", "variants": [{ "sku": "1004", "prices": [
        { "amount": { "currencyCode": "EUR", "units": "14", "nanos": 900_000_000 } }] }] });
    let answer = web.post("/v1/products?productId=mug", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_lives_by_json_too() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let created = mug(&web).await;
    assert_eq!(created.header("content-type"), "application/json");
    let product = created.json();
    assert_eq!(product["name"], "products/mug");
    assert_eq!(product["state"], "STATE_DRAFT");
    assert_eq!(product["priceRange"]["lowest"]["units"], "14");
    assert_eq!(product["variants"][0]["sku"], "1004");

    let got = web.get("/v1/products/mug").await;
    let etag = got.header("etag").to_owned();
    assert!(etag.starts_with('"'), "{etag}");
    let saved = web
        .ask(Method::PATCH, "/v1/products/mug")
        .header("if-match", product["etag"].as_str().unwrap());
    let saved = saved.json(&json!({ "title": "Tin mug" })).send().await;
    assert_eq!((saved.status, saved.json()["title"].as_str()), (StatusCode::OK, Some("Tin mug")));
    assert_eq!(saved.json()["slug"], "enamel-mug", "what a PATCH does not name stays");

    let gone = web.delete("/v1/products/mug").await;
    assert_eq!(gone.status, StatusCode::OK);
    assert!(gone.json()["deleteTime"].as_str().unwrap().ends_with('Z'));
    let back = web.post("/v1/products/mug:undelete", &json!({})).await;
    assert_eq!((back.status, back.json().get("deleteTime")), (StatusCode::OK, None));
    let published = web.post("/v1/products/mug:publish", &json!({})).await;
    assert_eq!(published.json()["state"], "STATE_ACTIVE");
    assert_eq!(shop.web().get("/v1/products/mug").await.status, StatusCode::OK, "public now");
    let history = web.get("/v1/products/mug/revisions").await.json();
    assert_eq!(history["productRevisions"].as_array().unwrap().len(), 5);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_filtered_and_ordered_by_its_query() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let requests: Vec<Value> = (0..120)
        .map(|number| json!({ "productId": format!("p{number}"), "product": { "title": format!("Product {number:03}") } }))
        .collect();
    let batch = web.post("/v1/products:batchCreate", &json!({ "requests": requests })).await;
    assert_eq!(batch.status, StatusCode::OK, "{}", batch.text());
    let mut path = "/v1/products?pageSize=50&orderBy=title".to_owned();
    let mut titles = Vec::new();
    loop {
        let page = web.get(&path).await.json();
        assert_eq!(page["totalSize"], 120);
        let products = page["products"].as_array().unwrap().clone();
        titles.extend(products.iter().map(|product| product["title"].as_str().unwrap().to_owned()));
        match page["nextPageToken"].as_str() {
            None | Some("") => break,
            Some(token) => {
                path = format!("/v1/products?pageSize=50&orderBy=title&pageToken={token}")
            }
        }
    }
    let expected: Vec<String> = (0..120).map(|number| format!("Product {number:03}")).collect();
    assert_eq!(titles, expected);
    let one = web.get("/v1/products?filter=title%20%3D%20%22Product%20007%22").await.json();
    assert_eq!(one["products"].as_array().unwrap().len(), 1);
    let two = web.get("/v1/products:batchGet?names=products/p7&names=products/p3").await.json();
    assert_eq!(two["products"][1]["name"], "products/p3");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_and_if_none_match_are_kept() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let product = mug(&web).await.json();
    let seen = product["etag"].as_str().unwrap().to_owned();
    let other = web.patch("/v1/products/mug", &json!({ "title": "Tin mug" })).await;
    assert_eq!(other.status, StatusCode::OK);
    let stale = web.ask(Method::PATCH, "/v1/products/mug").header("if-match", &seen);
    let stale = stale.json(&json!({ "title": "Clay mug" })).send().await;
    assert_eq!(
        (stale.status, stale.reason().as_str()),
        (StatusCode::PRECONDITION_FAILED, "ETAG_MISMATCH")
    );
    let stale = web.ask(Method::DELETE, "/v1/products/mug").header("if-match", &seen).send().await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);

    for path in ["/v1/products/mug", "/v1/products"] {
        let first = web.get(path).await;
        let etag = first.header("etag");
        assert!(etag.starts_with('"'), "{path}: {etag}");
        let again = web.ask(Method::GET, path).header("if-none-match", etag).send().await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("etag"), etag);
    }
    let etag = web.get("/v1/products/mug").await.header("etag").to_owned();
    web.patch("/v1/products/mug", &json!({ "title": "Pot" })).await;
    let changed =
        web.ask(Method::GET, "/v1/products/mug").header("if-none-match", &etag).send().await;
    assert_eq!((changed.status, changed.json()["title"].as_str()), (StatusCode::OK, Some("Pot")));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_is_a_request_id() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let send = |title: &str| {
        let ask = web.ask(Method::POST, "/v1/products").header("idempotency-key", "k-1");
        ask.json(&json!({ "title": title }))
    };
    let first = send("Enamel mug").send().await;
    let again = send("Enamel mug").send().await;
    assert_eq!((first.status, &first.body), (StatusCode::OK, &again.body));
    let other = send("Other").send().await;
    assert_eq!(
        (other.status, other.reason().as_str()),
        (StatusCode::BAD_REQUEST, "REQUEST_ID_REUSED")
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_ended_once_under_its_idempotency_key() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let web = shop.web().with_token(editor.token());
    let mut names = Vec::new();
    for _ in 0..2 {
        let other = shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
        let own = shop.web().with_token(other.token()).get("/v1/sessions/-").await.json();
        names.push(own["name"].as_str().unwrap().to_owned());
    }
    let end = |name: &str, query: &str| {
        let ask = web.ask(Method::DELETE, &format!("/v1/{name}{query}"));
        ask.header("idempotency-key", "k-1").send()
    };
    let trial = end(&names[0], "?validateOnly=true").await;
    assert_eq!(trial.status, StatusCode::OK, "{}", trial.text());
    let path = |name: &str| format!("/v1/{name}");
    assert_eq!(web.get(&path(&names[0])).await.status, StatusCode::OK, "nothing was ended");

    for time in ["first", "second"] {
        let ended = end(&names[0], "").await;
        assert_eq!(ended.status, StatusCode::OK, "the {time} time: {}", ended.text());
    }
    assert_eq!(web.get(&path(&names[0])).await.status, StatusCode::NOT_FOUND);
    let reused = end(&names[1], "").await;
    assert_eq!(
        (reused.status, reused.reason().as_str()),
        (StatusCode::BAD_REQUEST, "REQUEST_ID_REUSED")
    );
    let without_key = web.ask(Method::DELETE, &path(&names[0])).send().await;
    assert_eq!(without_key.status, StatusCode::NOT_FOUND);
    shop.close().await;
}

/// What is sent, and what comes back: status, reason, and words of the message.
struct Case(&'static str, &'static str, &'static str, u16, &'static str, &'static [&'static str]);

const BAD: [Case; 14] = [
    Case(
        "POST",
        "/v1/products",
        "{\"title\": \"Mug\",\n  \"brand\" 1}",
        400,
        "JSON_SYNTAX",
        &["line 2", "column"],
    ),
    Case("POST", "/v1/products", "", 400, "FIELD_INVALID", &["must be given"]),
    Case("POST", "/v1/products", "{\"colour\":\"red\"}", 400, "FIELD_UNKNOWN", &["colour"]),
    Case("POST", "/v1/products", "{\"title\":1}", 400, "FIELD_INVALID", &["title"]),
    Case(
        "POST",
        "/v1/products",
        "{\"title\":\"a\",\"title\":\"b\"}",
        400,
        "FIELD_DUPLICATE",
        &["title"],
    ),
    Case("POST", "/v1/products", "{\"title\":\"\",\"slug\":\"NO\"}", 400, "FIELD_INVALID", &[]),
    Case(
        "POST",
        "/v1/products?nonsense=1",
        "{\"title\":\"a\"}",
        400,
        "FIELD_UNKNOWN",
        &["nonsense"],
    ),
    Case("GET", "/v1/products?pageSize=many", "", 400, "FIELD_INVALID", &["pageSize"]),
    Case("GET", "/v1/products?pageSize=-1", "", 400, "FIELD_INVALID", &[]),
    Case("GET", "/v1/products?pageToken=forged", "", 400, "PAGE_TOKEN_INVALID", &[]),
    Case("GET", "/v1/products?filter=price%20%3C", "", 400, "FILTER_INVALID", &["column 8"]),
    Case("GET", "/v1/products/nothing", "", 404, "RESOURCE_NOT_FOUND", &["products/nothing"]),
    Case("GET", "/v1/nothing", "", 404, "ADDRESS_UNKNOWN", &[]),
    Case(
        "PATCH",
        "/v1/products/mug?updateMask=colour",
        "{\"title\":\"a\"}",
        400,
        "MASK_INVALID",
        &["colour"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_are_told_what_is_wrong_with_them() {
    let shop = Shop::open().await;
    shop.people.editor.products().create_product(create("mug", "Mug")).await.unwrap();
    let web = shop.web().with_token(shop.people.editor.token());
    for Case(method, path, body, status, reason, words) in BAD {
        let mut ask = web.ask(method.parse().unwrap(), path);
        if method != "GET" {
            ask = ask.body("application/json", body);
        }
        let answer = ask.send().await;
        let what = format!("{method} {path} {body}: {} {}", answer.status, answer.text());
        assert_eq!(answer.status.as_u16(), status, "{what}");
        assert_eq!(answer.json()["error"]["code"], status, "{what}");
        assert_eq!(answer.reason(), reason, "{what}");
        assert!(words.iter().all(|word| answer.text().contains(word)), "{words:?}: {what}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_types_and_sizes_have_their_statuses() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let wrong = web.ask(Method::PUT, "/v1/products").json(&json!({})).send().await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
    let allow = wrong.header("allow");
    assert!(allow.contains("GET") && allow.contains("POST") && !allow.contains("PUT"), "{allow}");
    for content_type in
        ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
    {
        let answer = web
            .ask(Method::POST, "/v1/products")
            .body(content_type, "{\"title\":\"a\"}")
            .send()
            .await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let large = json!({ "description": "x".repeat(5 << 20) });
    let answer = web.post("/v1/products", &large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let deep = format!("{}{}", "{\"product\":".repeat(200), "}".repeat(200));
    let answer = web
        .ask(Method::POST, "/v1/products:batchCreate")
        .body("application/json", deep)
        .send()
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let long = web.get(&format!("/v1/products?filter={}", "x".repeat(20_000))).await;
    assert!(long.status.is_client_error(), "{}", long.status);
    let none = web.get("/v1/products").await.json();
    assert_eq!(none["totalSize"], 0, "nothing of it was created");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_and_roles_have_their_statuses() {
    let shop = Shop::open().await;
    let wish = json!({ "title": "Mug" });
    let anyone = shop.web().post("/v1/products", &wish).await;
    assert_eq!(
        (anyone.status, anyone.reason().as_str()),
        (StatusCode::UNAUTHORIZED, "CREDENTIALS_INVALID")
    );
    assert!(!anyone.header("www-authenticate").is_empty());
    let viewer =
        shop.web().with_token(shop.people.viewer.token()).post("/v1/products", &wish).await;
    assert_eq!((viewer.status, viewer.reason().as_str()), (StatusCode::FORBIDDEN, "ROLE_MISSING"));
    let grace = shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
    let web = shop.web().with_token(grace.token());
    assert_eq!(web.delete("/v1/sessions/-").await.status, StatusCode::OK);
    let ended = web.get("/v1/sessions/-").await;
    assert_eq!(
        (ended.status, ended.reason().as_str()),
        (StatusCode::UNAUTHORIZED, "SESSION_EXPIRED")
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_its_session_as_a_cookie_and_a_program_as_a_token() {
    let shop = Shop::open().await;
    let login = json!({ "login": "grace@shelf.example", "password": tests::people::PASSWORD });
    let program = shop.web().post("/v1/sessions", &login).await;
    assert_eq!(program.header("set-cookie"), "");
    assert!(program.json()["token"].as_str().unwrap().len() > 30);
    let browser =
        shop.web().with("sec-fetch-site", "same-origin").post("/v1/sessions", &login).await;
    let set = browser.header("set-cookie").to_owned();
    assert!(
        set.starts_with("__Host-") && set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    assert!(
        browser.json()["token"].as_str().unwrap_or_default().is_empty(),
        "no token for scripts"
    );
    let me = shop.web().with_cookie(&browser.cookie()).get("/v1/sessions/-").await.json();
    assert_eq!(me["user"]["name"], "users/grace");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_cannot_act_with_somebodys_cookie() {
    let shop = Shop::open().await;
    let login = json!({ "login": "grace@shelf.example", "password": tests::people::PASSWORD });
    let cookie = shop
        .web()
        .with("sec-fetch-site", "same-origin")
        .post("/v1/sessions", &login)
        .await
        .cookie();
    let wish = json!({ "title": "Mug" });
    let own = format!("http://{}", shop.web().host());
    let cells = [
        (Some("same-origin"), None, true),
        (Some("cross-site"), None, false),
        (Some("same-site"), None, false),
        (Some("none"), None, false),
        (None, Some(own.as_str()), true),
        (None, Some("https://evil.example"), false),
        (None, Some("null"), false),
        (None, None, false),
    ];
    let mut created = 0;
    for (site, origin, allowed) in cells {
        let mut ask =
            shop.web().ask(Method::POST, "/v1/products").json(&wish).header("cookie", &cookie);
        if let Some(site) = site {
            ask = ask.header("sec-fetch-site", site);
        }
        if let Some(origin) = origin {
            ask = ask.header("origin", origin);
        }
        let answer = ask.send().await;
        let expected = if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(answer.status, expected, "{site:?} {origin:?}: {}", answer.text());
        if !allowed {
            assert_eq!(answer.reason(), "CROSS_SITE");
        }
        created += i32::from(allowed);
    }
    let all = shop.web().with_token(shop.people.viewer.token()).get("/v1/products").await.json();
    assert_eq!(all["totalSize"], created);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_host_is_refused_on_every_path() {
    let shop = Shop::open().await;
    for path in ["/", "/v1/products", "/admin/sign-in", "/assets/x"] {
        let answer = shop.web().ask(Method::GET, path).header("host", "evil.example").send().await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        let none = shop.web().ask(Method::GET, path).without("host").send().await;
        assert_eq!(none.status, StatusCode::BAD_REQUEST, "{path}");
    }
    shop.close().await;
}
