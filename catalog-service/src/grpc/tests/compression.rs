//! Messages that come and go packed, by every service.

use tonic::codec::CompressionEncoding::{self, Gzip, Zstd};

use super::*;

const CODINGS: [CompressionEncoding; 2] = [Gzip, Zstd];

#[tokio::test]
async fn a_packed_message_counts_unpacked() {
    let shop = Shop::open().await;
    for coding in CODINGS {
        // Tag and length take five bytes.
        for (length, expected) in [
            ((4 << 20) - 1, "FIELD_INVALID"),
            (4 << 20, "FIELD_INVALID"),
            ((4 << 20) + 1, "MESSAGE_TOO_LARGE"),
            (64 << 20, "MESSAGE_TOO_LARGE"),
        ] {
            let request = catalog::GetShopRequest { name: "x".repeat(length - 5) };
            assert_eq!(request.encoded_len(), length);
            let client =
                catalog::shop_service_client::ShopServiceClient::new(shop.instance.service());
            let mut client = client.send_compressed(coding).max_encoding_message_size(usize::MAX);
            let refused = client.get_shop(request).await.unwrap_err();
            assert_eq!(reason(&refused), expected, "{length} bytes as {coding}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_packed_as_the_caller_takes_it() {
    let shop = Shop::open().await;
    for (accepted, packed) in [("gzip", Some("gzip")), ("zstd", Some("zstd")), ("br", None)] {
        let body = Body::new(Full::from(frame(&shop_request().encode_to_vec())));
        let mut request = request(GET_SHOP, None, body);
        request.headers_mut().insert("grpc-accept-encoding", accepted.parse().unwrap());
        let answer = shop.send(request).await;
        let coding = answer.headers().get("grpc-encoding").map(|coding| coding.to_str().unwrap());
        assert_eq!(coding, packed, "{accepted}");
    }
}

#[tokio::test]
async fn reflection_and_health_answer_compressed_requests() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };

    let mut settings = Settings::new("sqlite::memory:");
    settings.reflection = true;
    let shop = Shop::with(settings).await;
    let service = shop.instance.service();

    for coding in CODINGS {
        let mut health =
            HealthClient::new(service.clone()).send_compressed(coding).accept_compressed(coding);
        for service in ["", "shelf.catalog.v1.ProductService"] {
            let request = HealthCheckRequest { service: service.to_owned() };
            health.check(request).await.unwrap();
        }
    }
    let mut reflection =
        ServerReflectionClient::new(service).send_compressed(Zstd).accept_compressed(Zstd);
    let list = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let stream = reflection.server_reflection_info(futures_util::stream::iter([list])).await;
    let answer = stream.unwrap().into_inner().message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    let names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    for name in [
        "shelf.catalog.v1.ProductService",
        "shelf.access.v1.SessionService",
        "grpc.health.v1.Health",
    ] {
        assert!(names.iter().any(|listed| listed == name), "{names:?}");
    }
}
