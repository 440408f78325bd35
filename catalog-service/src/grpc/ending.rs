//! When a streaming answer ends that has not come to its own end: with its time, with its connection, with the service, or with what
//! its caller may do.

use std::{future::pending, time::Duration};

use http::{Extensions, HeaderMap};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use super::{
    GrpcService,
    credentials::{self, role_missing},
    deadline::Allowed,
    problem,
    roles::Method,
    status,
};
use crate::access;

/// Says that a connection is to end, so that the streams on it do; the socket puts it on every request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closing(pub(crate) CancellationToken);

/// What ends a stream.
pub(super) struct Ending {
    allowed: Allowed,
    closing: Closing,
    method: &'static Method,
    /// The token that it was called with.
    token: Option<String>,
}

impl Ending {
    /// What ends the answer to a call.
    ///
    /// # Errors
    /// INVALID_ARGUMENT for a deadline that is none.
    pub(super) fn of(
        service: &GrpcService,
        method: &'static Method,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Self, Status> {
        // Credentials that are none are refused where calls are counted.
        let token = match method.ignores_credentials {
            true => None,
            false => credentials::bearer(headers).unwrap_or_default().map(str::to_owned),
        };
        let allowed = service.0.limits.deadlines.of_stream(headers)?;
        let closing = extensions.get::<Closing>().cloned().unwrap_or_default();
        Ok(Self { allowed, closing, method, token })
    }

    /// Comes when the stream is to end, and says how.
    pub(super) async fn come(self, service: GrpcService) -> Status {
        let in_good_order = || Status::new(Code::Ok, "");
        let time = timeout(self.allowed.time(), pending::<()>());
        tokio::select! {
            biased;
            () = service.0.stopping.cancelled() => status::shutting_down(),
            () = self.closing.0.cancelled() => in_good_order(),
            taken = taken_away(&service, self.method, self.token.as_deref()) => taken,
            _ = time => match self.allowed {
                Allowed::Asked(_) => status::deadline_exceeded(),
                Allowed::Longest(_) => in_good_order(),
            },
        }
    }
}

/// Comes when a token no longer opens a method; it is asked for again and again, and that is no use of it.
async fn taken_away(service: &GrpcService, method: &Method, token: Option<&str>) -> Status {
    let Some(token) = token else { return pending().await };
    let every: Duration = service.0.limits.watch.check;
    loop {
        let _passed = timeout(every, pending::<()>()).await;
        match service.0.access.look(token).await {
            Ok(holder) => {
                let role = holder.caller().role;
                if method.role.is_none_or(|least| role < least) {
                    return role_missing(role, method.role);
                }
            }
            // A store that cannot say so takes nothing away.
            Err(access::Error::Store(_)) => {}
            Err(error) => return problem::of_access(error),
        }
    }
}
