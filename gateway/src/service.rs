//! A gateway in front of any annotated service: where its contract comes from, and how that is kept up to date.
//!
//! Nothing here knows what a service does, and no request waits for any of it: a contract is read and compiled beside them, and then
//! exchanged in one step. What cannot be used leaves the one before in force.

mod files;
mod following;
mod reflection;
mod rules;

use std::{fs, io::Read as _, path::PathBuf, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use tonic::Status;
use transcoder::{Plan, PlanConfig, PlanError};

pub use rules::{RuleFile, RuleFileInvalid};

use crate::{
    contract::{Contract, Front, Manner},
    upstream::{self, Upstream},
};
use files::MOST_BYTES;
use following::Following;

/// Where the contract of a service is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file with a serialized `google.protobuf.FileDescriptorSet`.
    File(PathBuf),
    /// The service itself, by gRPC server reflection.
    Reflection,
}

/// What a gateway in front of any service was told at start, checked.
#[derive(Clone, Debug)]
pub struct Service {
    /// Where the contract is read.
    pub source: Source,
    /// After how long it is read again.
    pub every: Duration,
    /// Leave out methods with faulty rules instead of refusing the whole contract.
    pub skip_invalid: bool,
    /// Rules from outside the contract, which replace its own.
    pub rules: RuleFile,
    /// How JSON is read and written.
    pub manner: Manner,
}

/// Why a contract could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The file is not there, or may not be read.
    #[error("`{path}` cannot be read: {error}", path = path.display())]
    File {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The service refused to answer, or is away.
    #[error("{}", told(.0))]
    Status(Box<Status>),
    /// The service knows neither version of reflection.
    #[error(
        "the service answers neither grpc.reflection.v1 nor v1alpha: switch reflection on in it, or say --descriptor-set instead of --reflect"
    )]
    NoReflection,
    /// It names no service but reflection.
    #[error("the service names no service of its own")]
    NoService,
    /// It answered something else than it was asked.
    #[error("the service answered no description to what it was asked")]
    NoAnswer,
    /// It names something and does not tell it.
    #[error("the service does not tell {name}: {why}")]
    Untold {
        /// What was asked for.
        name: String,
        /// What the service said.
        why: String,
    },
    /// Bytes that are no file of descriptors.
    #[error("what was told is no file of descriptors")]
    NoFile,
    /// One name, and two files.
    #[error("there are two different files called `{0}`")]
    TwoFiles(String),
    /// More than 16 MiB or 4,096 files.
    #[error("the description is larger than 16 MiB or 4,096 files")]
    TooLarge,
    /// It took longer than 10 s.
    #[error("the service did not describe itself within 10 seconds")]
    TooSlow,
}

impl Service {
    /// The contract, in force already where it comes from a file, and what keeps it up to date.
    ///
    /// # Errors
    /// All that is wrong with the file.
    pub fn begin(self) -> Result<(Arc<Contract>, Watch), Vec<String>> {
        let contract = Arc::new(Contract::of_service(self.manner.clone()));
        let mut following = Following::default();
        if let Source::File(path) = &self.source {
            let set = read_file(path).map_err(|unread| vec![unread.to_string()])?;
            let plan = self.compile(&set)?;
            self.note_skipped(&plan);
            put_in_force(&contract, plan);
            following.take(set);
        }
        Ok((Arc::clone(&contract), Watch { service: Arc::new(self), contract, following }))
    }

    /// The tables of a set.
    fn compile(&self, set: &[u8]) -> Result<Plan, Vec<String>> {
        let (skip_invalid, dialect) = (self.skip_invalid, self.manner.profile.dialect());
        let config = PlanConfig { skip_invalid, dialect, ..PlanConfig::default() };
        let plan = Plan::compile(set, self.rules.rules(), &config);
        plan.map_err(|errors| errors.iter().map(|error| self.told(error)).collect())
    }

    /// Logs what was left out.
    fn note_skipped(&self, plan: &Plan) {
        for error in plan.skipped() {
            tracing::warn!(error = self.told(error), "a method or rule is left out");
        }
    }

    /// An error, with the line of the rule if that stands in the file of rules.
    fn told(&self, error: &PlanError) -> String {
        match self.rules.place_of(error) {
            Some(place) => format!("{place}: {error}"),
            None => error.to_string(),
        }
    }

    async fn read(&self, upstream: &Upstream) -> Result<Vec<u8>, Unread> {
        match &self.source {
            Source::File(path) => read_file(path),
            Source::Reflection => reflection::read(upstream).await,
        }
    }
}

/// Keeps a contract up to date.
#[derive(Debug)]
pub struct Watch {
    service: Arc<Service>,
    contract: Arc<Contract>,
    following: Following,
}

impl Watch {
    /// Reads the contract again and again until `shutdown`.
    pub async fn run(mut self, upstream: Upstream, shutdown: CancellationToken) {
        let mut connections = upstream.connections();
        let mut trouble = String::new();
        loop {
            match self.service.read(&upstream).await {
                Ok(set) => {
                    trouble.clear();
                    if let Some(set) = self.following.heard(set) {
                        self.change(set).await;
                    }
                }
                Err(unread) => note(&mut trouble, unread.to_string()),
            }
            let pause = self.following.pause(self.service.every);
            if self.following.rests(&mut connections, pause, &shutdown).await.is_break() {
                return;
            }
        }
    }

    /// Puts a set in force, if it can be.
    async fn change(&self, set: Vec<u8>) {
        let service = Arc::clone(&self.service);
        // Beside the requests: a large set takes a while.
        let compiled = tokio::task::spawn_blocking(move || service.compile(&set)).await;
        let errors = match compiled {
            Ok(Ok(plan)) => {
                self.service.note_skipped(&plan);
                return put_in_force(&self.contract, plan);
            }
            Ok(Err(errors)) => errors,
            Err(panic) => vec![panic.to_string()],
        };
        let errors = errors.join("; ");
        let serving = self.contract.plan().is_some();
        tracing::error!(%errors, serving, "the contract cannot be used; the one before stays in force");
    }
}

fn put_in_force(contract: &Contract, plan: Plan) {
    let fingerprint = format!("{:032x}", plan.fingerprint());
    tracing::info!(methods = plan.rpcs().len(), fingerprint, "the contract is in force");
    contract.exchange(Arc::new(plan));
}

/// Logs why a contract cannot be read, once for as long as it is the same.
fn note(before: &mut String, trouble: String) {
    if *before != trouble {
        tracing::warn!(error = trouble, "the contract could not be read; trying again");
        *before = trouble;
    }
}

/// A set is a small file; what is larger is not read to its end.
fn read_file(path: &PathBuf) -> Result<Vec<u8>, Unread> {
    let mut set = Vec::new();
    let read = fs::File::open(path)
        .and_then(|file| file.take(MOST_BYTES as u64 + 1).read_to_end(&mut set));
    match read {
        Ok(length) if length > MOST_BYTES => Err(Unread::TooLarge),
        Ok(_) => Ok(set),
        Err(error) => Err(Unread::File { path: path.clone(), error }),
    }
}

fn told(status: &Status) -> String {
    let status = upstream::worded(status, Front::Service);
    format!("the service does not describe itself ({:?}): {}", status.code(), status.message())
}
