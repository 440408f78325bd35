//! What Shelf aims at, next to how each figure comes from the measurements. The targets are ratios of one run.

use crate::{
    aims::{Both, Good, NONE, aims, row},
    figures::Figure,
    loads::Load,
    rounds::{
        Call::{
            AdminList, Create, DeepPage, LoneCreate, MiddlePage, Nothing, Page, Product, ShopList,
            Unchanged,
        },
        Round,
        Way::{Canned, Large, OneProcess, Rpc, RpcLarge, RpcSmall, TwoProcesses},
    },
    starts::{LargeStart, Start},
};

/// Bytes in a megabyte.
const MB: f64 = 1e6;

/// All that a run measured.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) rounds: Vec<Round>,
    pub(crate) loads: Vec<Load>,
    pub(crate) starts: Vec<Start>,
    pub(crate) large_starts: Vec<LargeStart>,
}

impl Measured {
    fn rounds(&self, figure: impl Fn(&Round) -> Option<f64>) -> Option<Figure> {
        Figure::of(self.rounds.iter().filter_map(figure))
    }

    fn loads(&self, figure: impl Fn(&Load) -> f64) -> Option<Figure> {
        Figure::of(self.loads.iter().map(figure))
    }

    fn starts(&self, figure: impl Fn(&Start) -> f64) -> Option<Figure> {
        Figure::of(self.starts.iter().map(figure))
    }

    fn large_starts(&self, figure: impl Fn(&LargeStart) -> f64) -> Option<Figure> {
        Figure::of(self.large_starts.iter().map(figure))
    }
}

/// One line of the targets.
pub(crate) struct Target {
    what: &'static str,
    good: Good,
    aims: Both,
    figure: fn(&Measured) -> Option<Figure>,
}

impl Target {
    const fn at_most(
        what: &'static str,
        unit: &'static str,
        aims: Both,
        figure: fn(&Measured) -> Option<Figure>,
    ) -> Self {
        Self { what, good: Good::AtMost(unit), aims, figure }
    }

    const fn at_least(
        what: &'static str,
        unit: &'static str,
        aims: Both,
        figure: fn(&Measured) -> Option<Figure>,
    ) -> Self {
        Self { what, good: Good::AtLeast(unit), aims, figure }
    }

    /// The line of the table: what, the figure, both aims, and which of them the median reaches.
    pub(crate) fn line(&self, measured: &Measured) -> String {
        row(self.what, (self.figure)(measured), self.good, self.aims)
    }
}

/// CPU time of the gateway.
pub(crate) const GATEWAY: &[Target] = &[
    Target::at_most(
        "GET one product, gateway in one process, upstream in memory",
        "×",
        aims(2.0, 1.3),
        |m| m.rounds(|round| round.against_floor(Product, Canned)),
    ),
    Target::at_most("GET one product, two processes: the gateway", "×", aims(3.5, 1.6), |m| {
        m.rounds(|round| round.against_floor(Product, TwoProcesses))
    }),
    Target::at_most(
        "GET one product, one process: gateway, service and SQLite together",
        "×",
        aims(2.5, 1.6),
        |m| m.rounds(|round| round.against_floor(Product, OneProcess)),
    ),
    Target::at_most(
        "page of 50, gateway in one process, upstream in memory",
        "×",
        aims(3.5, 3.1),
        |m| m.rounds(|round| round.against_floor(Page, Canned)),
    ),
    Target::at_most("page of 50, two processes: the gateway", "×", aims(6.0, 4.0), |m| {
        m.rounds(|round| round.against_floor(Page, TwoProcesses))
    }),
    Target::at_most(
        "page of 50, one process: gateway, service and SQLite together",
        "×",
        NONE,
        |m| m.rounds(|round| round.against_floor(Page, OneProcess)),
    ),
    Target::at_most("POST create, gateway in one process, upstream in memory", "×", NONE, |m| {
        m.rounds(|round| round.against_floor(Create, Canned))
    }),
    Target::at_most("POST create, two processes: the gateway", "×", NONE, |m| {
        m.rounds(|round| round.against_floor(Create, TwoProcesses))
    }),
    Target::at_most(
        "POST create, one process: gateway, service and durable SQLite together",
        "×",
        NONE,
        |m| m.rounds(|round| round.against_floor(Create, OneProcess)),
    ),
    Target::at_most(
        "304 by If-None-Match, gateway in one process, upstream in memory",
        "×",
        (Some(1.3), None),
        |m| m.rounds(|round| round.against_floor(Unchanged, Canned)),
    ),
    Target::at_most("304, two processes: the gateway", "×", NONE, |m| {
        m.rounds(|round| round.against_floor(Unchanged, TwoProcesses))
    }),
    Target::at_most("304, one process: gateway, service and SQLite together", "×", NONE, |m| {
        m.rounds(|round| round.against_floor(Unchanged, OneProcess))
    }),
    Target::at_most(
        "the admin's list of 50 as HTML, gateway in one process, upstream in memory",
        "µs",
        aims(60.0, 30.0),
        |m| m.rounds(|round| round.cpu(AdminList, Canned)),
    ),
    Target::at_most(
        "the shop's list of 50 as HTML, gateway in one process, upstream in memory",
        "µs",
        (Some(100.0), None),
        |m| m.rounds(|round| round.cpu(ShopList, Canned)),
    ),
    Target::at_most(
        "the shop's first page as HTML from one process, 8 at once: 99 of 100 have all of it within",
        "ms",
        (Some(20.0), None),
        |m| m.rounds(|round| round.slowest(ShopList, OneProcess)),
    ),
];

/// CPU time of the gateway, of Express and grpc-js in its place.
pub(crate) const EXPRESS: &[Target] = &[
    Target::at_least(
        "GET one product, gateway in one process, upstream in memory",
        "× less",
        aims(40.0, 75.0),
        |m| m.rounds(|round| round.against_express(Product, Canned)),
    ),
    Target::at_least(
        "GET one product, two processes: the gateway",
        "× less",
        aims(25.0, 55.0),
        |m| m.rounds(|round| round.against_express(Product, TwoProcesses)),
    ),
    Target::at_least(
        "GET one product, one process, gateway and service together on both sides",
        "× less",
        NONE,
        |m| m.rounds(|round| round.against_express_together(Product, OneProcess)),
    ),
    Target::at_least(
        "page of 50, gateway in one process, upstream in memory",
        "× less",
        NONE,
        |m| m.rounds(|round| round.against_express(Page, Canned)),
    ),
    Target::at_least("page of 50, two processes: the gateway", "× less", NONE, |m| {
        m.rounds(|round| round.against_express(Page, TwoProcesses))
    }),
    Target::at_least(
        "page of 50, one process, gateway and service together on both sides",
        "× less",
        NONE,
        |m| m.rounds(|round| round.against_express_together(Page, OneProcess)),
    ),
    Target::at_least(
        "POST create, gateway in one process, upstream in memory",
        "× less",
        NONE,
        |m| m.rounds(|round| round.against_express(Create, Canned)),
    ),
    Target::at_least("POST create, two processes: the gateway", "× less", NONE, |m| {
        m.rounds(|round| round.against_express(Create, TwoProcesses))
    }),
    Target::at_least(
        "POST create, one process, gateway and service together on both sides",
        "× less",
        NONE,
        |m| m.rounds(|round| round.against_express_together(Create, OneProcess)),
    ),
];

/// What the size of a shop costs.
pub(crate) const SIZES: &[Target] = &[
    Target::at_most("Get over gRPC, large against small", "×", aims(1.5, 1.2), |m| {
        m.rounds(|round| Some(round.cpu(Product, RpcLarge)? / round.cpu(Product, RpcSmall)?))
    }),
    Target::at_most("page of 50 over gRPC, large against small", "×", aims(1.5, 1.2), |m| {
        m.rounds(|round| Some(round.cpu(Page, RpcLarge)? / round.cpu(Page, RpcSmall)?))
    }),
    Target::at_most(
        "page of 50 with 10,000 before it, large shop, against its first",
        "×",
        aims(1.2, 1.0),
        |m| m.rounds(|round| Some(round.cpu(DeepPage, RpcLarge)? / round.cpu(Page, RpcLarge)?)),
    ),
    Target::at_most(
        "page of 50 in the middle of the large shop, against its first",
        "×",
        NONE,
        |m| m.rounds(|round| Some(round.cpu(MiddlePage, RpcLarge)? / round.cpu(Page, RpcLarge)?)),
    ),
    Target::at_most(
        "GET one product, one process, large shop, against the floor",
        "×",
        aims(2.5, 1.6),
        |m| m.rounds(|round| round.against_floor(Product, Large)),
    ),
    Target::at_most("page of 50, one process, large shop, against the floor", "×", NONE, |m| {
        m.rounds(|round| round.against_floor(Page, Large))
    }),
];

/// The service over gRPC, and its store.
pub(crate) const SERVICE: &[Target] = &[
    Target::at_most(
        "Get over gRPC, 64 callers, against an empty tonic call",
        "×",
        aims(1.6, 0.5),
        |m| m.rounds(|round| Some(round.cpu(Product, Rpc)? / round.cpu(Nothing, Rpc)?)),
    ),
    Target::at_most(
        "page of 50 over gRPC, against an empty call plus the raw read of its bytes",
        "×",
        aims(3.0, 2.0),
        |m| {
            m.rounds(|round| {
                Some(round.cpu(Page, Rpc)? / (round.cpu(Nothing, Rpc)? + round.page_read))
            })
        },
    ),
    Target::at_most(
        "page of 50 far from the first, against the first",
        "×",
        aims(1.2, 1.0),
        |m| m.rounds(|round| Some(round.cpu(DeepPage, Rpc)? / round.cpu(Page, Rpc)?)),
    ),
    Target::at_least(
        "durable single creations a second, 64 callers, against one caller's",
        "×",
        aims(5.0, 8.0),
        |m| {
            m.rounds(|round| {
                let rate = |call| Some(round.slices.get(&(call, OneProcess))?.rate());
                Some(rate(Create)? / rate(LoneCreate)?)
            })
        },
    ),
    Target::at_least(
        "load through BatchCreateProducts, of the raw insert rate of the same tables",
        "%",
        aims(35.0, 60.0),
        |m| m.loads(|load| load.share() * 100.0),
    ),
];

/// Memory and start.
pub(crate) const PROCESS: &[Target] = &[
    Target::at_most("memory, resident: gateway alone", "MB", aims(20.0, 10.0), |m| {
        m.starts(|start| start.gateway as f64 / MB)
    }),
    Target::at_most("memory, resident: `shelf`, idle", "MB", aims(40.0, 25.0), |m| {
        m.starts(|start| start.idle as f64 / MB)
    }),
    Target::at_most("the same without the pages of files", "MB", NONE, |m| {
        m.starts(|start| start.idle_own as f64 / MB)
    }),
    Target::at_most("memory, resident: `shelf`, 64 connections", "MB", aims(250.0, 150.0), |m| {
        m.starts(|start| start.busy as f64 / MB)
    }),
    Target::at_most("`shelf` from start to first answer", "s", aims(0.5, 0.2), |m| {
        m.starts(|start| start.first_answer.as_secs_f64())
    }),
    Target::at_most("memory, resident: `shelf`, large shop, idle", "MB", NONE, |m| {
        m.large_starts(|start| start.idle as f64 / MB)
    }),
    Target::at_most(
        "memory, resident: `shelf`, large shop, 64 connections that read all over it, list and search",
        "MB",
        aims(250.0, 150.0),
        |m| m.large_starts(|start| start.busy as f64 / MB),
    ),
    Target::at_most(
        "the same without the pages of files that the system can take back",
        "MB",
        NONE,
        |m| m.large_starts(|start| start.busy_own as f64 / MB),
    ),
    Target::at_most(
        "`shelf` from start to first answer, large shop, index on the disk",
        "s",
        aims(0.5, 0.2),
        |m| m.large_starts(|start| start.first_answer.as_secs_f64()),
    ),
    Target::at_most(
        "`shelf` from start to its first found products, large shop, index on the disk",
        "s",
        NONE,
        |m| m.large_starts(|start| start.first_found.as_secs_f64()),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_says_so() {
        let nothing = Measured {
            rounds: Vec::new(),
            loads: Vec::new(),
            starts: Vec::new(),
            large_starts: Vec::new(),
        };
        for target in GATEWAY.iter().chain(EXPRESS).chain(SERVICE).chain(SIZES).chain(PROCESS) {
            assert!(target.line(&nothing).contains("not measured"), "{}", target.what);
        }
    }
}
