//! The services beside the contract.

use super::*;

#[tokio::test]
async fn reflection_and_health_answer_compressed_requests() {
    use tonic::codec::CompressionEncoding::Gzip;
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };

    let mut settings = Settings::new("sqlite::memory:");
    settings.reflection = true;
    let shop = Shop::with(settings).await;
    let service = shop.instance.service();

    let mut health = HealthClient::new(service.clone()).send_compressed(Gzip);
    for service in ["", "shelf.catalog.v1.ProductService"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        health.check(request).await.unwrap();
    }
    let mut reflection = ServerReflectionClient::new(service).send_compressed(Gzip);
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
