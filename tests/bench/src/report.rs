//! The results as a page of Markdown: where and how they were measured, the ratios beside the targets, then the figures
//! they come from. It judges nothing that the targets do not say.

use std::fmt::{self, Write as _};

use crate::{
    aims::HEAD,
    figures::{Figure, Short},
    load::{CALLERS, Slice},
    rounds::{Call, Way},
    serve::Sizes,
    targets::{EXPRESS, GATEWAY, Measured, PROCESS, SERVICE, SIZES, Target},
};

/// Where and how a run was made.
#[derive(Debug)]
pub(crate) struct Circumstances {
    /// What the caller of the program knows: machine, commit, compiler, date.
    pub(crate) about: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) seconds: f64,
    pub(crate) products: usize,
    pub(crate) series: String,
    pub(crate) depth: i32,
    pub(crate) sizes: Sizes,
    /// How many products the small and the large made shop have, where they were compared.
    pub(crate) made: Option<(u64, u64)>,
}

/// The whole page, or a section below another run's.
pub(crate) struct Report<'a> {
    pub(crate) circumstances: &'a Circumstances,
    pub(crate) measured: &'a Measured,
    pub(crate) is_section: bool,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        self.targets(f, "The gateway: CPU time a request, against the floor", GATEWAY)?;
        self.targets(
            f,
            "The gateway against Express + grpc-js before the same service: times less CPU",
            EXPRESS,
        )?;
        self.targets(f, "The service", SERVICE)?;
        if !self.is_section {
            self.targets(
                f,
                "What the size of a shop costs: a large one against a small one of the same make",
                SIZES,
            )?;
        }
        self.targets(f, "Memory and start", PROCESS)?;
        self.figures(f)?;
        self.loads(f)?;
        if self.is_section { Ok(()) } else { write!(f, "\n{NOT_MEASURED}") }
    }
}

const HOW: &str = "\
Medians, with the lowest and the highest round in parentheses; a ratio is taken within each round. *Reached* says which of the two
targets the median meets: what must be reached, or what we are after. The floor of an HTTP request is the same request, answered by
the gateway's own server code (its accept loop, HTTP settings and limits) with a constant body of the same size and without
any layer; that of a 304 has no body. Where the upstream is in memory, the whole gateway runs with all its layers, and the service's
answer comes ready from the same process: it is the gateway's own cost. Where both services are one process, their CPU time cannot be
told apart and is given together. Express runs on Node.js in production mode before the same service, and its answers were compared with the
gateway's first: the same fields, the same values. Reads carry no credentials; creations carry an editor's. Every request is logged, as by default, to
/dev/null. Every answer had the expected status, or the run would have failed: nothing was shed or refused.
";

const OTHER_SIZES: &str = "\
The targets are those of products of some 600 bytes and pages of some 30 KB. These products have descriptions and attributes as real
ones have, so that a page is larger and more of it has to be transcoded; the targets stand beside the figures all the same.
";

const NOT_MEASURED: &str = "\
## Not measured here

Gateways other than Express (fastify, grpc-gateway), other HTML pages and the cold build of a fresh clone.
";

impl Report<'_> {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_section {
            let Circumstances { products, series, .. } = self.circumstances;
            writeln!(f, "## The same with {products} {series} products\n\n{OTHER_SIZES}\n")?;
            return self.circumstances(f).and_then(|()| writeln!(f));
        }
        writeln!(
            f,
            "# Results of `make bench`\n\nWritten by `tests/bench`, in one run. Only the ratios carry over to other machines.\n"
        )?;
        self.circumstances(f)?;
        writeln!(f, "\n{HOW}")
    }

    /// The marks of a heading.
    fn level(&self) -> &'static str {
        if self.is_section { "###" } else { "##" }
    }

    fn circumstances(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Circumstances { about, rounds, seconds, products, series, depth, sizes, made } =
            self.circumstances;
        for line in about {
            writeln!(f, "* {line}")?;
        }
        writeln!(
            f,
            "* {rounds} rounds of {} s for every call; {CALLERS} callers in a closed loop on the same machine: a",
            Short(*seconds)
        )?;
        writeln!(f, "  connection each for HTTP/1.1, one connection for all of them for gRPC")?;
        writeln!(
            f,
            "* {products} {series} products; answers of {} bytes (a product), {} (the page of 50) and {} (a creation);",
            sizes.product, sizes.page, sizes.created
        )?;
        writeln!(f, "  the page far from the first has {depth} products before it")?;
        let Some((small, large)) = made else { return Ok(()) };
        writeln!(
            f,
            "* two made shops of {small} and {large} products with long-tailed words, attributes, variants and prices; reads of one\n  product go all over the shop"
        )
    }

    fn targets(&self, f: &mut fmt::Formatter<'_>, title: &str, targets: &[Target]) -> fmt::Result {
        writeln!(f, "{} {title}\n\n{HEAD}", self.level())?;
        for target in targets {
            writeln!(f, "{}", target.line(self.measured))?;
        }
        writeln!(f)
    }

    /// The slices as they were: CPU time and rate.
    fn figures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} CPU time of every call\n", self.level())?;
        writeln!(
            f,
            "| call | who | CPU, µs a call | CPU of the service behind, µs | calls a second |\n|---|---|---|---|---|"
        )?;
        for &(call, way) in
            self.measured.rounds.first().iter().flat_map(|round| round.slices.keys())
        {
            let figure = |value: fn(&Slice) -> f64| {
                let slices =
                    self.measured.rounds.iter().filter_map(|round| round.slices.get(&(call, way)));
                Figure::of(slices.map(value)).map(|figure| figure.to_string()).unwrap_or_default()
            };
            let behind = if matches!(way, Way::TwoProcesses | Way::Express) {
                figure(Slice::cpu_behind_per_call)
            } else {
                String::new()
            };
            let (call, way) = (called(call), asked(way));
            let (cpu, rate) = (figure(Slice::cpu_per_call), figure(Slice::rate));
            writeln!(f, "| {call} | {way} | {cpu} | {behind} | {rate} |")?;
        }
        if let Some(read) = Figure::of(self.measured.rounds.iter().map(|round| round.page_read)) {
            writeln!(
                f,
                "| stored bytes of a page of 50 | SQLite alone, one thread | {read} | | |"
            )?;
        }
        Ok(())
    }

    fn loads(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let loads = &self.measured.loads;
        let figure = |value: fn(&crate::loads::Load) -> f64| {
            Figure::of(loads.iter().map(value)).map(|figure| figure.to_string()).unwrap_or_default()
        };
        let mut lines = String::new();
        writeln!(
            lines,
            "| BatchCreateProducts over gRPC, 500 a batch, one batch after the other | {} |",
            figure(|load| load.rate)
        )?;
        writeln!(
            lines,
            "| the same rows into the same tables and indexes by SQLite alone, as durable, as many commits | {} |",
            figure(|load| load.raw_rate)
        )?;
        writeln!(f, "\n{} Load\n\n| how | products a second |\n|---|---|\n{lines}", self.level())?;
        writeln!(f, "The service took {} µs of CPU time a product.", figure(|load| load.cpu))
    }
}

fn called(call: Call) -> &'static str {
    match call {
        Call::Nothing => "empty",
        Call::Product => "one product",
        Call::Unchanged => "304",
        Call::Page => "page of 50",
        Call::DeepPage => "page of 50 far from the first",
        Call::MiddlePage => "page of 50 in the middle",
        Call::ShopList => "the shop's first page, HTML",
        Call::AdminList => "admin's list, 50 rows, HTML",
        Call::Create => "create",
        Call::LoneCreate => "create, one caller",
    }
}

fn asked(way: Way) -> &'static str {
    match way {
        Way::Floor => "constant answer, HTTP",
        Way::Canned => "gateway, upstream in memory",
        Way::OneProcess => "`shelf`: gateway and service together",
        Way::TwoProcesses => "gateway, service in another process",
        Way::Express => "Express + grpc-js, service in another process",
        Way::Rpc => "gRPC",
        Way::RpcSmall => "gRPC, small made shop",
        Way::RpcLarge => "gRPC, large made shop",
        Way::Large => "`shelf`, large made shop",
    }
}
