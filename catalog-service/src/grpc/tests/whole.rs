//! Calls of this process of which nothing is framed: they pass the same steps, and are answered and refused as framed ones are.

use http::HeaderValue;
use serving::Kept;

use super::*;

fn whole(path: &str, token: Option<&str>, message: &impl Message) -> Asked {
    let mut headers = HeaderMap::new();
    if let Some(token) = token {
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    }
    Asked { path: path.to_owned(), headers, message: message.encode_to_vec().into() }
}

impl Shop {
    async fn ask(&self, asked: Asked) -> Result<Answer, Status> {
        self.instance.service().answer_whole(asked).await
    }
}

fn why<T>(answered: Result<T, Status>) -> Option<(Code, String)> {
    answered.err().map(|status| (status.code(), reason(&status)))
}

#[tokio::test]
async fn every_method_lets_in_and_refuses_whole_calls_as_framed_ones() {
    let shop = Shop::open().await;
    let methods =
        proto::descriptor_pool().services().flat_map(|it| it.methods().collect::<Vec<_>>());
    let mut asked = 0;
    for method in methods.filter(|method| !method.is_server_streaming()) {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        for role in ROLES {
            let framed = shop.call(role, &path, &()).await;
            let answered = shop.ask(whole(&path, shop.token(role).await, &())).await;
            assert_eq!(why(answered), why(framed), "{path} as {role:?}");
            asked += 1;
        }
    }
    assert!(asked > 100, "only {asked} calls");
}

#[tokio::test]
async fn a_whole_call_is_answered_with_the_same_bytes_and_the_same_resume_token() {
    let shop = Shop::open().await;
    let answered = shop.ask(whole(GET_SHOP, None, &shop_request())).await.unwrap();
    let body = Body::new(Full::from(frame(&shop_request().encode_to_vec())));
    let framed = shop.send(request(GET_SHOP, None, body)).await;
    let [whole, framed_token] =
        [&answered.headers, framed.headers()].map(|it| it.get(SHELF_RESUME_TOKEN).cloned());
    assert!(whole.is_some());
    assert_eq!(whole, framed_token);
    assert_eq!(answered.message, answer(framed).await.unwrap());
}

#[tokio::test]
async fn what_is_wrong_with_a_whole_call_is_told_as_over_a_socket() {
    let mut settings = Settings::new("sqlite::memory:");
    settings.limits.message_bytes = 64;
    let shop = Shop::with(settings).await;
    let with_message = |message: &'static [u8]| {
        let message = Bytes::from_static(message);
        Asked { message, ..whole(GET_SHOP, None, &()) }
    };
    let mut late = whole(GET_SHOP, None, &shop_request());
    late.headers.insert("grpc-timeout", HeaderValue::from_static("soon"));
    for (asked, code, reason) in [
        (
            whole("/shelf.catalog.v1.ShopService/Close", None, &()),
            Code::Unimplemented,
            "METHOD_UNKNOWN",
        ),
        (with_message(&[0; 65]), Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
        (with_message(b"\xff\xff"), Code::InvalidArgument, "MESSAGE_INVALID"),
        (late, Code::InvalidArgument, "FIELD_INVALID"),
    ] {
        let path = asked.path.clone();
        assert_eq!(why(shop.ask(asked).await), Some((code, reason.to_owned())), "{path}");
    }
    shop.instance.close().await;
    let refused = shop.ask(whole(GET_SHOP, None, &shop_request())).await;
    assert_eq!(why(refused), Some((Code::Unavailable, "SHUTTING_DOWN".to_owned())));
}

#[tokio::test]
async fn a_whole_call_leaves_its_line_in_the_log() {
    let shop = Shop::open().await;
    // What logs is known to `tracing` from its first use on, which must not be that of a test beside, where nobody listens.
    shop.ask(whole(GET_SHOP, None, &shop_request())).await.unwrap();
    let mut asked = whole(GET_SHOP, None, &shop_request());
    asked.headers.insert(X_REQUEST_ID, HeaderValue::from_static("call-8"));
    let kept = Kept::default();
    let logging = tracing::subscriber::set_default(kept.keeping());
    shop.ask(asked).await.unwrap();
    drop(logging);
    let log = kept.text();
    let line = log.lines().find(|line| line.contains(r#""message":"answered""#)).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["method"], &line["code"]), (&GET_SHOP[1..].into(), &"Ok".into()));
    assert_eq!(line["span"], serde_json::json!({"name": "call", "id": "call-8"}));
}
