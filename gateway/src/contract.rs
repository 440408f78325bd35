//! What JSON calls follow: the contract's tables, held so that they can be exchanged under way, and the manner of the JSON.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, OnceLock},
};

use arc_swap::ArcSwapOption;
use http::HeaderName;
use transcoder::{
    Dialect, ErrorOptions, ErrorShape, ParseOptions, Plan, PlanConfig, PrintOptions, ResumeRule,
    Rpc,
};

use crate::assets::File;

/// What a gateway is in front of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// Shelf's catalog-service: pages, relay and JSON.
    Shelf,
    /// Any service: its JSON alone, and no word of Shelf.
    Service,
}

impl Front {
    /// The domain of the reasons that the gateway itself gives.
    pub(crate) fn domain(self) -> &'static str {
        match self {
            Self::Shelf => "shelf",
            Self::Service => "gateway",
        }
    }
}

/// How JSON is read and written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// How it is read.
    pub parse: ParseOptions,
    /// How it is printed.
    pub print: PrintOptions,
    /// The outer shape of an error.
    pub errors: ErrorShape,
    /// Whose clients it is for.
    pub profile: Profile,
    /// What passes beside the messages.
    pub passed: Passed,
}

/// Whose clients a gateway is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Its own.
    #[default]
    Own,
    /// Those of the grpc-gateway project, with what they rely on.
    GrpcGateway,
}

impl Profile {
    /// How the rules of a contract are read for them.
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Own => Dialect::Google,
            Self::GrpcGateway => Dialect::GrpcGateway,
        }
    }
}

/// The names of headers that pass, beside those that always do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Of a request, to the service as metadata.
    pub on: Vec<HeaderName>,
    /// Metadata of a reply, to the client as headers.
    pub back: Vec<HeaderName>,
}

/// The contract of a gateway. Its tables are exchanged as a whole; whoever took them before goes on with those.
#[derive(Debug)]
pub struct Contract {
    front: Front,
    manner: Manner,
    in_force: ArcSwapOption<InForce>,
}

/// The tables, and the document that describes them once somebody has asked for it.
#[derive(Debug)]
struct InForce {
    plan: Arc<Plan>,
    description: OnceLock<File>,
}

impl Contract {
    /// The contract of the catalog-service, or another that has its place in a test.
    pub(crate) fn of_shelf(plan: Arc<Plan>) -> Self {
        let contract = Self::empty(Front::Shelf, Manner::default());
        contract.exchange(plan);
        contract
    }

    /// The contract of any service, which is not known yet.
    pub fn of_service(manner: Manner) -> Self {
        Self::empty(Front::Service, manner)
    }

    fn empty(front: Front, manner: Manner) -> Self {
        Self { front, manner, in_force: ArcSwapOption::empty() }
    }

    /// The tables, once they are known. A request takes them once.
    pub fn plan(&self) -> Option<Arc<Plan>> {
        self.in_force.load().as_ref().map(|in_force| Arc::clone(&in_force.plan))
    }

    /// Puts other tables in place of those that are there.
    pub fn exchange(&self, plan: Arc<Plan>) {
        let in_force = InForce { plan, description: OnceLock::new() };
        self.in_force.store(Some(Arc::new(in_force)));
    }

    /// The answer that is made of the tables' description, which is written when it is first asked for.
    pub(crate) fn described<T>(
        &self,
        write: impl FnOnce(&Plan) -> File,
        answer: impl FnOnce(&File) -> T,
    ) -> Option<T> {
        let in_force = self.in_force.load_full()?;
        Some(answer(in_force.description.get_or_init(|| write(&in_force.plan))))
    }

    /// What the gateway is in front of.
    pub fn front(&self) -> Front {
        self.front
    }

    /// How JSON is read.
    pub(crate) fn parse(&self) -> &ParseOptions {
        &self.manner.parse
    }

    /// How JSON is printed.
    pub(crate) fn print(&self) -> &PrintOptions {
        &self.manner.print
    }

    /// Whose clients the gateway is for.
    pub(crate) fn profile(&self) -> Profile {
        self.manner.profile
    }

    /// What passes beside the messages.
    pub(crate) fn passed(&self) -> &Passed {
        &self.manner.passed
    }

    /// How errors are printed.
    pub(crate) fn errors(&self) -> ErrorOptions {
        let mut options = ErrorOptions::new(self.front.domain());
        (options.shape, options.print) = (self.manner.errors, self.manner.print);
        options
    }
}

/// Tables that know no service: enough for an error that no service gave.
///
/// # Panics
/// Never: the transcoder's own types are without fault, which its tests hold.
pub(crate) fn plain() -> &'static Plan {
    static PLAIN: LazyLock<Plan> = LazyLock::new(|| {
        let plan = Plan::compile(&[], &[], &PlanConfig::default());
        plan.unwrap_or_else(|errors| panic!("the empty contract is faulty: {errors:?}"))
    });
    &PLAIN
}

/// Shelf's own tables.
///
/// # Panics
/// When the descriptors that the build embedded break a rule of the transcoder; a test compiles them.
pub(crate) fn plan() -> &'static Arc<Plan> {
    static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
        let config = PlanConfig { resumes: vec![watching()], ..PlanConfig::default() };
        let plan = Plan::compile(proto::FILE_DESCRIPTOR_SET, &[], &config);
        Arc::new(
            plan.unwrap_or_else(|errors| panic!("the embedded contract is faulty: {errors:?}")),
        )
    });
    &PLAN
}

/// A browser that reconnects goes on behind the last event that it has.
fn watching() -> ResumeRule {
    ResumeRule {
        selector: "shelf.catalog.v1.ProductService.WatchProducts".into(),
        event_id: "resume_token".into(),
        request: "resume_token".into(),
    }
}

/// The method at this path of gRPC.
pub(crate) fn method(path: &str) -> Option<&'static Rpc> {
    static METHODS: LazyLock<HashMap<&str, &Rpc>> =
        LazyLock::new(|| plan().rpcs().iter().map(|rpc| (rpc.grpc_path(), &**rpc)).collect());
    METHODS.get(path).copied()
}

/// What a call is for. Each is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It changes nothing.
    Read,
    /// It changes nothing, and goes through an index for words: its name says that it searches or suggests.
    Search,
    /// It may change something.
    Write,
}

/// What the method at this path of gRPC is for. One that the contract does not know changes nothing.
pub(crate) fn purpose(path: &str) -> Purpose {
    method(path).map_or(Purpose::Read, purpose_of)
}

/// What a method is for.
pub(crate) fn purpose_of(rpc: &Rpc) -> Purpose {
    let name = rpc.grpc_path().rsplit('/').next().unwrap_or_default();
    match rpc.reads() {
        false => Purpose::Write,
        true if ["Search", "Suggest"].iter().any(|verb| name.starts_with(verb)) => Purpose::Search,
        true => Purpose::Read,
    }
}
