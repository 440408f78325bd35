//! What is served beside the contract: health (gRPC health checking, v1) and reflection (v1 and v1alpha).

use std::{convert::Infallible, fmt};

use http::{Request, Response};
use tonic::{
    body::Body,
    codec::CompressionEncoding::{Gzip, Zstd},
};
use tonic_health::{ServingStatus, server::HealthReporter};
use tonic_reflection::server::{Builder, v1, v1alpha};
use tower::{ServiceExt as _, util::BoxCloneSyncService};

use super::status;

type Served = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Health, and reflection where it is switched on.
pub(super) struct Beside {
    reporter: HealthReporter,
    health: Served,
    reflection: Option<(Served, Served)>,
}

impl Beside {
    pub(super) fn new(reflection: bool) -> Self {
        let reporter = HealthReporter::new();
        let health = tonic_health::pb::health_server::HealthServer::new(
            tonic_health::server::HealthService::from_health_reporter(reporter.clone()),
        );
        let health = health.accept_compressed(Gzip).accept_compressed(Zstd);
        let health = health.send_compressed(Gzip).send_compressed(Zstd);
        Self {
            reporter,
            health: BoxCloneSyncService::new(health),
            reflection: if reflection { reflections() } else { None },
        }
    }

    /// Says of the whole and of each service whether it serves.
    pub(super) async fn set_serving(&self, serving: bool) {
        let status = if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
        self.reporter.set_service_status("", status).await;
        for service in proto::descriptor_pool().services() {
            self.reporter.set_service_status(service.full_name(), status).await;
        }
    }

    /// Answers a call of one of these services.
    pub(super) async fn call(&self, service: &str, request: Request<Body>) -> Response<Body> {
        let served = match (service, &self.reflection) {
            ("grpc.health.v1.Health", _) => Some(&self.health),
            ("grpc.reflection.v1.ServerReflection", Some((v1, _))) => Some(v1),
            ("grpc.reflection.v1alpha.ServerReflection", Some((_, v1alpha))) => Some(v1alpha),
            _ => None,
        };
        let Some(served) = served else {
            return status::method_unknown(request.uri().path()).into_http();
        };
        match served.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Both versions; none if the descriptors cannot be read, which a test rules out.
fn reflections() -> Option<(Served, Served)> {
    let builder = || {
        Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = builder().build_v1().ok()?;
    let v1alpha = builder().build_v1alpha().ok()?;
    let v1: v1::ServerReflectionServer<_> = v1
        .accept_compressed(Gzip)
        .accept_compressed(Zstd)
        .send_compressed(Gzip)
        .send_compressed(Zstd);
    let v1alpha: v1alpha::ServerReflectionServer<_> = v1alpha
        .accept_compressed(Gzip)
        .accept_compressed(Zstd)
        .send_compressed(Gzip)
        .send_compressed(Zstd);
    Some((BoxCloneSyncService::new(v1), BoxCloneSyncService::new(v1alpha)))
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").field("reflection", &self.reflection.is_some()).finish()
    }
}
