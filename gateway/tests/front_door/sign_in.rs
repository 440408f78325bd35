//! Sessions by JSON: what a browser gets, what a program gets, and what becomes of the cookie.

use proto::access::{DeleteSessionRequest, Session};

use crate::fake::{Fake, get, request, send, settings};

const JSON: (&str, &str) = ("content-type", "application/json");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const WHO: &str = r#"{"login":"ada@shop.example","password":"correct horse"}"#;

fn service() -> Fake {
    let token = "t0ken".to_owned();
    Fake::answering(&Session { name: "sessions/s1".into(), token, ..Default::default() })
}

#[tokio::test]
async fn a_browser_gets_the_cookie_and_no_token() {
    for own in [OURS, ("origin", "http://localhost:8080")] {
        let answer =
            send(&service().app(), request("POST", "/v1/sessions", &[JSON, own], WHO)).await;
        let cookie = "__Host-sid=t0ken; Path=/; Secure; HttpOnly; SameSite=Lax";
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (200, cookie));
        assert_eq!(
            (answer.json()["name"].as_str(), answer.json()["token"].as_str()),
            (Some("sessions/s1"), Some(""))
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_program_gets_the_token_and_no_cookie() {
    let answer = send(&service().app(), request("POST", "/v1/sessions", &[JSON], WHO)).await;
    assert_eq!((answer.json()["token"].as_str(), answer.header("set-cookie")), (Some("t0ken"), ""));
}

#[tokio::test]
async fn the_cookie_becomes_the_bearer_token_unless_there_is_one() {
    let fake = service();
    let app = fake.app();
    let cookie = ("cookie", "theme=dark; __Host-sid=t0ken");
    send(&app, request("GET", "/v1/sessions/-", &[cookie], "")).await;
    assert_eq!(fake.asked()[0].headers["authorization"], "Bearer t0ken");
    let bearer = ("authorization", "Bearer other");
    send(&app, request("GET", "/v1/sessions/-", &[cookie, bearer], "")).await;
    assert_eq!(fake.asked()[1].headers["authorization"], "Bearer other");
    get(&app, "/v1/sessions/-").await;
    assert!(!fake.asked()[2].headers.contains_key("authorization"));
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away() {
    let fake = Fake::answering(&());
    let app = fake.app();
    let cookie = ("cookie", "__Host-sid=t0ken");
    let own = send(&app, request("DELETE", "/v1/sessions/-", &[cookie, OURS], "")).await;
    assert!(own.header("set-cookie").ends_with("Max-Age=0"), "{}", own.header("set-cookie"));
    assert_eq!(fake.last::<DeleteSessionRequest>().name, "sessions/-");
    let trial = "/v1/sessions/-?validateOnly=true";
    let trial = send(&app, request("DELETE", trial, &[cookie, OURS], "")).await;
    assert_eq!((trial.status.as_u16(), trial.header("set-cookie")), (200, ""));
    assert!(fake.last::<DeleteSessionRequest>().validate_only);
    let other = send(&app, request("DELETE", "/v1/sessions/s2", &[cookie, OURS], "")).await;
    assert_eq!(other.header("set-cookie"), "");
}

#[tokio::test]
async fn a_cookie_has_a_twin_by_plain_http_on_this_machine_alone() {
    for (origin, has_twins) in [
        ("http://localhost:8080", true),
        ("http://127.0.0.1:8080", true),
        ("http://[::1]:8080", true),
        ("https://localhost:8080", false),
        ("https://shop.example", false),
        ("http://shop.example", false),
    ] {
        let fake = service();
        let app = fake.behind(settings(origin));
        let answer = send(&app, request("POST", "/v1/sessions", &[JSON, OURS], WHO)).await;
        let cookies = answer.headers.get_all("set-cookie").iter();
        let twin = "shelf-sid=t0ken; Path=/; HttpOnly; SameSite=Lax";
        assert_eq!(cookies.filter(|cookie| *cookie == twin).count() == 1, has_twins, "{origin}");
        let twin = ("cookie", "theme=dark; shelf-sid=t0ken");
        send(&app, request("GET", "/v1/sessions/-", &[twin], "")).await;
        let heard = fake.asked()[1].headers.contains_key("authorization");
        assert_eq!(heard, has_twins, "{origin}");
    }
}

#[tokio::test]
async fn where_browsers_keep_no_cookie_the_sign_in_page_says_so() {
    for (origin, told) in [
        ("http://192.0.2.1:8080", true),
        ("http://shop.example", true),
        ("https://shop.example", false),
        ("http://localhost:8080", false),
        ("http://127.0.0.1:8080", false),
    ] {
        let page = get(&service().behind(settings(origin)), "/admin/sign-in").await;
        let text = String::from_utf8(page.body.to_vec()).unwrap();
        assert_eq!(page.status, 200, "{text}");
        let note = format!("Open this page at <code>{origin}</code> by https.");
        assert_eq!(text.contains(&note), told, "{origin}");
        assert_eq!(text.contains("only over https"), told, "{origin}");
    }
}
