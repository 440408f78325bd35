//! Asks a service what it offers, by gRPC server reflection: its services, the file of each, and what those import.
//!
//! Each round is one call whose questions are all known before it begins. The answers are bounded, as whoever answers may not be
//! well disposed.

use std::{collections::BTreeSet, time::Duration};

use bytes::{BufMut as _, BytesMut};
use prost::Message as _;
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Status};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, ServerReflectionResponse,
    server_reflection_request::MessageRequest as Question,
    server_reflection_response::MessageResponse as Answer,
};

use super::{
    Unread,
    files::{self, Files, MOST_BYTES},
};
use crate::upstream::{self, Messages, Outgoing, Target, Upstream};

/// The method in the versions in which it is answered, the newer one first; their messages are the same.
const METHODS: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// How long all of it may take.
const TIME: Duration = Duration::from_secs(10);

/// The descriptor set of all that the service offers.
///
/// # Errors
/// It does not answer, or not within the bounds, or what it answers is not whole.
pub(super) async fn read(upstream: &Upstream) -> Result<Vec<u8>, Unread> {
    let until = Instant::now() + TIME;
    let read = async {
        for method in METHODS {
            match (Reflection { upstream, method, until }).read().await {
                Err(Unread::Status(status)) if status.code() == Code::Unimplemented => {}
                read => return read,
            }
        }
        Err(Unread::NoReflection)
    };
    timeout_at(until, read).await.unwrap_or(Err(Unread::TooSlow))
}

/// One reading, in one version.
struct Reflection<'a> {
    upstream: &'a Upstream,
    method: &'static str,
    until: Instant,
}

impl Reflection<'_> {
    async fn read(&self) -> Result<Vec<u8>, Unread> {
        let services = self.services().await?;
        let mut files = Files::default();
        let symbols = services.iter().cloned().map(Question::FileContainingSymbol);
        self.add(&mut files, symbols.collect(), |index| {
            Some(format!("the service `{}`", services[index]))
        })
        .await?;
        let mut asked = BTreeSet::new();
        loop {
            let missing = files.missing(&asked)?;
            if missing.is_empty() {
                return Ok(files.set());
            }
            asked.extend(missing.iter().cloned());
            let questions = missing.iter().cloned().map(Question::FileByFilename).collect();
            self.add(&mut files, questions, |index| {
                let name = &missing[index];
                (!files::is_well_known(name)).then(|| format!("the import `{name}`"))
            })
            .await?;
        }
    }

    /// The names of the services, without reflection itself.
    async fn services(&self) -> Result<Vec<String>, Unread> {
        let mut answers = self.ask(&[Question::ListServices(String::new())]).await?;
        let Answer::ListServicesResponse(list) = next(&mut answers).await? else {
            return Err(Unread::NoAnswer);
        };
        let names = list.service.into_iter().map(|service| service.name);
        let names: BTreeSet<String> =
            names.filter(|name| !name.starts_with("grpc.reflection.")).collect();
        match names.is_empty() {
            true => Err(Unread::NoService),
            false => Ok(names.into_iter().collect()),
        }
    }

    /// Adds the files that answer these questions. What cannot be told is an error, by the name that it is given, if any.
    async fn add(
        &self,
        files: &mut Files,
        questions: Vec<Question>,
        name: impl Fn(usize) -> Option<String>,
    ) -> Result<(), Unread> {
        let mut answers = self.ask(&questions).await?;
        for index in 0..questions.len() {
            match (next(&mut answers).await?, name(index)) {
                (Answer::FileDescriptorResponse(answer), _) => {
                    answer
                        .file_descriptor_proto
                        .into_iter()
                        .try_for_each(|file| files.add(file))?;
                }
                (Answer::ErrorResponse(_), None) => {}
                (Answer::ErrorResponse(error), Some(name)) => {
                    return Err(Unread::Untold { name, why: error.error_message });
                }
                _ => return Err(Unread::NoAnswer),
            }
        }
        Ok(())
    }

    async fn ask(&self, questions: &[Question]) -> Result<Messages, Unread> {
        let mut frames = BytesMut::new();
        for question in questions {
            let request = ServerReflectionRequest {
                host: String::new(),
                message_request: Some(question.clone()),
            };
            let mut frame = upstream::begin(request.encoded_len());
            frame.put_slice(&request.encode_to_vec());
            frames.put(upstream::end(frame));
        }
        let outgoing = Outgoing::until(self.until);
        let target = Target::Path(self.method);
        // A little more than the files themselves, for what stands around them.
        let most = MOST_BYTES + (64 << 10);
        Ok(self.upstream.stream(target, &outgoing, frames.freeze(), most).await?)
    }
}

/// The next answer.
async fn next(answers: &mut Messages) -> Result<Answer, Unread> {
    let message = answers.next().await?.ok_or(Unread::NoAnswer)?;
    let response = ServerReflectionResponse::decode(message).map_err(|_| Unread::NoAnswer)?;
    response.message_response.ok_or(Unread::NoAnswer)
}

impl From<Status> for Unread {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_service_that_does_not_describe_itself_is_given_up_after_ten_seconds() {
        let never = tower::service_fn(|_| {
            std::future::pending::<Result<http::Response<tonic::body::Body>, Status>>()
        });
        let begun = Instant::now();
        let unread = read(&Upstream::in_process(never)).await.unwrap_err();
        assert_eq!(begun.elapsed(), TIME);
        let told = unread.to_string();
        assert!(matches!(unread, Unread::TooSlow | Unread::Status(_)), "{told}");
        assert!(!told.contains("catalog"), "{told}");
    }
}
