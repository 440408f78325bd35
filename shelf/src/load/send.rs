//! The calls of a load: a chunk is sent until nothing of it is left, each time under an id of its own.

use std::{io, time::Duration};

use proto::catalog::{BatchCreateProductsRequest, product_service_client::ProductServiceClient};
use secrecy::{ExposeSecret as _, SecretString};
use tonic::{
    Code, Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::{Chunk, Fault, Line, Outcome, Progress, refusals};

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often a call is sent again under the same id when the service cannot be reached or is busy.
const AGAIN: u32 = 5;
/// The pause before that, unless the service names one; it doubles.
const PAUSE: Duration = Duration::from_millis(500);

/// Why a load ended early. What was loaded before stays.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error("cannot read the products: {0}")]
    Unreadable(#[source] io::Error),
    /// The address or the token.
    #[error("{0}")]
    Settings(String),
    /// The service.
    #[error("the catalog-service refused the products: {0}; what was loaded before stays")]
    Refused(#[source] Box<Status>),
}

/// The catalog as an editor reaches it.
#[derive(Clone, Debug)]
pub struct Catalog {
    products: ProductServiceClient<InterceptedService<Channel, Bearer>>,
}

/// The caller's token on every call.
#[derive(Clone, Debug)]
struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl Catalog {
    /// A connection that is made with the first call.
    ///
    /// # Errors
    /// The address is none, or the token cannot be sent.
    pub fn connect(address: &str, token: &SecretString) -> Result<Self, Error> {
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|_| {
                Error::Settings(format!(
                    "`{address}` is not an address, such as `http://127.0.0.1:50051`"
                ))
            })?
            .timeout(DEADLINE);
        let mut bearer = MetadataValue::try_from(format!("Bearer {}", token.expose_secret()))
            .map_err(|_| Error::Settings("the token holds characters that no token has".into()))?;
        bearer.set_sensitive(true);
        let products =
            ProductServiceClient::with_interceptor(endpoint.connect_lazy(), Bearer(bearer));
        Ok(Self { products })
    }

    /// Sends a chunk, without the lines that are refused, until the rest is in.
    ///
    /// # Errors
    /// The service refuses for another reason than the lines.
    pub async fn load(
        &mut self,
        chunk: Chunk,
        outcome: &mut Outcome,
        progress: &mut Progress<'_>,
    ) -> Result<(), Error> {
        for fault in &chunk.faults {
            outcome.faulty += 1;
            progress.fault(fault);
        }
        let first = Uuid::new_v4();
        let mut lines = chunk.lines;
        let mut round = 0_u32;
        while !lines.is_empty() {
            let id = Uuid::new_v5(&first, &round.to_be_bytes());
            let Err(status) = self.send(&lines, &id, false).await else {
                outcome.loaded += lines.len();
                break;
            };
            lines = self.without_refused(lines, &status, outcome, progress).await?;
            round += 1;
        }
        Ok(())
    }

    /// The lines that an error does not name; those it names are counted and told.
    async fn without_refused(
        &mut self,
        lines: Vec<Line>,
        status: &Status,
        outcome: &mut Outcome,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<Line>, Error> {
        let mut refused = refusals(status);
        refused.retain(|index, _| *index < lines.len());
        if refused.is_empty() {
            return Err(Error::Refused(Box::new(status.clone())));
        }
        let mut left = Vec::with_capacity(lines.len());
        for (index, line) in lines.into_iter().enumerate() {
            match refused.remove(&index) {
                None => left.push(line),
                Some(refusal) if refusal.present => outcome.present += 1,
                Some(refusal) => {
                    let all = self.violations(&line, refusal.violations).await;
                    outcome.faulty += 1;
                    progress.fault(&Fault { number: line.number, violations: all });
                }
            }
        }
        Ok(left)
    }

    /// All violations of one line. An error tells at most 8 KiB for a whole batch, so that the line is asked about alone.
    async fn violations(&mut self, line: &Line, known: Vec<String>) -> Vec<String> {
        let alone = self.send(std::slice::from_ref(line), &Uuid::new_v4(), true).await;
        let asked = alone.err().and_then(|status| refusals(&status).remove(&0));
        match asked {
            Some(refusal) if refusal.violations.len() >= known.len() => refusal.violations,
            _ => known,
        }
    }

    async fn send(&mut self, lines: &[Line], id: &Uuid, validate_only: bool) -> Result<(), Status> {
        let message = BatchCreateProductsRequest {
            requests: lines.iter().map(|line| line.request.clone()).collect(),
            request_id: id.to_string(),
            validate_only,
        };
        let mut tries = 0;
        loop {
            match self.products.batch_create_products(message.clone()).await {
                Ok(_) => return Ok(()),
                Err(status) if tries < AGAIN && is_passing(&status) => {
                    pause(&status, tries).await;
                    tries += 1;
                }
                Err(status) => return Err(status),
            }
        }
    }
}

/// Whether the same call may go better in a moment. The id makes it safe to send again.
fn is_passing(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded => true,
        Code::ResourceExhausted => status.get_error_details().retry_info().is_some(),
        _ => false,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a busy or restarting service is asked again after a while"
)]
async fn pause(status: &Status, tries: u32) {
    let named = status.get_error_details().retry_info().and_then(|retry| retry.retry_delay);
    tokio::time::sleep(named.unwrap_or(PAUSE * 2_u32.pow(tries))).await;
}
