//! The rounds: in each of them every call is put to every server, one after the other, so that what disturbs the machine
//! disturbs them all.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use crate::{
    asked,
    express::Express,
    house::{House, endpoint},
    load::{self, Bound, CALLERS, Slice, Work},
    made::{Made, Sizes},
    process::Server,
    shop, store,
};

/// How often the stored bytes of a page are read in a round.
const PAGE_READS: u32 = 2_000;
/// How many creations there are at most in a slice, so that the catalogs stay small.
const CREATIONS: u64 = 4_000;

/// How many look at the shop's pages at once where it counts how long one waits: fewer than would only wait for one another.
const VISITORS: usize = 8;

/// How many products lie before the deep page of a made shop.
const DEPTH: i32 = 10_000;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    /// Nothing: an empty message answered by an empty one.
    Nothing,
    /// One product.
    Product,
    /// One product that the caller has already.
    Unchanged,
    /// The first page of 50.
    Page,
    /// A page of 50 far from the first.
    DeepPage,
    /// A page of 50 in the middle of a large shop.
    MiddlePage,
    /// The shop's first page as HTML.
    ShopList,
    /// The admin's list of products, 50 rows, as a page of HTML.
    AdminList,
    /// A new product.
    Create,
    /// A new product, by a single caller.
    LoneCreate,
}

/// Who is asked, and whose CPU time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// A server with a constant answer.
    Floor,
    /// The gateway before an upstream in its process that answers from memory.
    Canned,
    /// The gateway and the service in one process, counted together.
    OneProcess,
    /// The gateway before the service in another process.
    TwoProcesses,
    /// Express before the same service, in another process.
    Express,
    /// The service, over gRPC.
    Rpc,
    /// Both in one process with the small made shop, over gRPC.
    RpcSmall,
    /// The same with the large made shop.
    RpcLarge,
    /// The gateway and the service in one process with the large made shop.
    Large,
}

/// One slice of a round.
struct Case<'a> {
    call: Call,
    way: Way,
    work: Work,
    callers: usize,
    server: &'a Server,
    behind: Option<&'a Server>,
}

/// What one round measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Round {
    /// By what was asked and who was.
    pub(crate) slices: BTreeMap<(Call, Way), Slice>,
    /// CPU time of reading the stored bytes of a page of 50, in microseconds.
    pub(crate) page_read: f64,
}

impl Round {
    /// CPU time of the measured server, in microseconds a call.
    pub(crate) fn cpu(&self, call: Call, way: Way) -> Option<f64> {
        self.slices.get(&(call, way)).map(Slice::cpu_per_call)
    }

    /// CPU time of the measured server and of the one behind it, in microseconds a call.
    pub(crate) fn cpu_together(&self, call: Call, way: Way) -> Option<f64> {
        let slice = self.slices.get(&(call, way))?;
        Some(slice.cpu_per_call() + slice.cpu_behind_per_call())
    }

    /// Within what time 99 of 100 calls are answered, in milliseconds.
    pub(crate) fn slowest(&self, call: Call, way: Way) -> Option<f64> {
        Some(self.slices.get(&(call, way))?.slowest.as_secs_f64() * 1e3)
    }

    /// How many times less CPU time a call takes than by Express.
    pub(crate) fn against_express(&self, call: Call, way: Way) -> Option<f64> {
        Some(self.cpu(call, Way::Express)? / self.cpu(call, way)?)
    }

    /// The same with the service that both need.
    pub(crate) fn against_express_together(&self, call: Call, way: Way) -> Option<f64> {
        Some(self.cpu_together(call, Way::Express)? / self.cpu_together(call, way)?)
    }

    /// CPU time of a call, in CPU times of the same call answered by a constant.
    pub(crate) fn against_floor(&self, call: Call, way: Way) -> Option<f64> {
        Some(self.cpu(call, way)? / self.cpu(call, Way::Floor)?)
    }
}

/// Runs the rounds, each in another order, and says on standard error how far they are.
pub(crate) async fn run(house: &House, rounds: usize, bound: Bound) -> Result<Vec<Round>> {
    let mut cases = cases(house).await?;
    for case in &cases {
        case.server.settle().await?;
    }
    let mut done = Vec::with_capacity(rounds);
    for number in 1..=rounds {
        eprintln!("round {number} of {rounds}");
        let database = house.reading.1.service.database();
        let page_read = store::page_read(&database, PAGE_READS)?;
        let mut round = Round { page_read, ..Round::default() };
        for case in &cases {
            round.slices.insert((case.call, case.way), case.slice(bound).await?);
        }
        done.push(round);
        let turned = cases.len() * 3 / 7;
        cases.rotate_left(turned);
    }
    Ok(done)
}

impl Case<'_> {
    async fn slice(&self, bound: Bound) -> Result<Slice> {
        let calls = match self.call {
            Call::Create | Call::LoneCreate => bound.calls.min(CREATIONS),
            _ => bound.calls,
        };
        let bound = Bound { calls, ..bound };
        let slice = load::slice(&self.work, self.callers, bound, self.server, self.behind).await;
        slice.with_context(|| format!("{:?} of {:?}", self.call, self.way))
    }
}

async fn cases(house: &House) -> Result<Vec<Case<'_>>> {
    let mut cases = Vec::new();
    for way in [Way::Floor, Way::Canned, Way::OneProcess, Way::TwoProcesses] {
        reads(house, way, &mut cases).await?;
        creations(house, way, &mut cases)?;
    }
    if let Some((reading, creating)) = &house.express {
        by_express(house, reading, creating, &mut cases)?;
    }
    let (canned, editor) = (house.canned_at, &house.reading.1.service.shop);
    cases.push(Case {
        call: Call::AdminList,
        way: Way::Canned,
        work: asked::admin_list(canned, editor.token()?)?,
        callers: CALLERS,
        server: &house.canned,
        behind: None,
    });
    shop_lists(house, &mut cases);
    over_grpc(house, &mut cases).await?;
    if let Some(sizes) = &house.sized {
        by_size(sizes, &mut cases).await?;
    }
    Ok(cases)
}

/// The shop's first page: what rendering it takes, and how long a visitor waits for it.
fn shop_lists<'a>(house: &'a House, cases: &mut Vec<Case<'a>>) {
    let (one, _) = &house.reading;
    let places = [
        (Way::Canned, house.canned_at, CALLERS, &house.canned),
        (Way::OneProcess, one.http, VISITORS, &one.shelf),
    ];
    cases.extend(places.map(|(way, address, callers, server)| {
        let (call, work) = (Call::ShopList, asked::shop_list(address));
        Case { call, way, work, callers, server, behind: None }
    }));
}

/// The calls over HTTP that change nothing.
async fn reads<'a>(house: &'a House, way: Way, cases: &mut Vec<Case<'a>>) -> Result<()> {
    let (one, two) = &house.reading;
    let (server, address, behind) = match way {
        Way::Canned => (&house.canned, house.canned_at, None),
        Way::OneProcess => (&one.shelf, one.http, None),
        Way::TwoProcesses => (&two.gateway, two.http, Some(&two.service.server)),
        _ => (&house.constant, house.constant_at, None),
    };
    let works = [
        (Call::Product, asked::product(address, &house.names)),
        (Call::Page, asked::page(address)),
        (Call::Unchanged, asked::unchanged(address, &house.names).await?),
    ];
    let cased = |(call, work)| Case { call, way, work, callers: CALLERS, server, behind };
    cases.extend(works.into_iter().map(cased));
    Ok(())
}

/// The calls over HTTP that create.
fn creations<'a>(house: &'a House, way: Way, cases: &mut Vec<Case<'a>>) -> Result<()> {
    let (one, two) = &house.creating;
    let (server, address, behind, shop) = match way {
        Way::Canned => (&house.canned, house.canned_at, None, &one.shop),
        Way::OneProcess => (&one.shelf, one.http, None, &one.shop),
        Way::TwoProcesses => (&two.gateway, two.http, Some(&two.service.server), &two.service.shop),
        _ => (&house.constant, house.constant_at, None, &one.shop),
    };
    let mut add = |call, series, callers| {
        let work = asked::create(address, series, shop.authorization()?)?;
        cases.push(Case { call, way, work, callers, server, behind });
        anyhow::Ok(())
    };
    add(Call::Create, "made", CALLERS)?;
    if way == Way::OneProcess {
        add(Call::LoneCreate, "lone", 1)?;
    }
    Ok(())
}

/// The calls that Express answers, too.
fn by_express<'a>(
    house: &'a House,
    reading: &'a Express,
    creating: &'a Express,
    cases: &mut Vec<Case<'a>>,
) -> Result<()> {
    let (readable, creatable) = (&house.reading.1.service, &house.creating.1.service);
    let create = asked::create(creating.http, "express", creatable.shop.authorization()?)?;
    let works = [
        (Call::Product, asked::product(reading.http, &house.names), reading, readable),
        (Call::Page, asked::page(reading.http), reading, readable),
        (Call::Create, create, creating, creatable),
    ];
    cases.extend(works.map(|(call, work, express, service)| Case {
        call,
        way: Way::Express,
        work,
        callers: CALLERS,
        server: &express.server,
        behind: Some(&service.server),
    }));
    Ok(())
}

/// The calls over gRPC, of the service alone.
async fn over_grpc<'a>(house: &'a House, cases: &mut Vec<Case<'a>>) -> Result<()> {
    let service = &house.reading.1.service;
    let served = endpoint(service.grpc)?;
    let token = shop::token_at(&served, house.depth).await?;
    let works = [
        (Call::Product, asked::rpc_product(&served, &house.names)),
        (Call::Page, asked::rpc_page(&served, String::new())),
        (Call::DeepPage, asked::rpc_page(&served, token)),
    ];
    let case =
        |call, way, work, server| Case { call, way, work, callers: CALLERS, server, behind: None };
    cases.extend(works.map(|(call, work)| case(call, Way::Rpc, work, &service.server)));
    let empty = asked::rpc_empty(&endpoint(house.empty_at)?);
    cases.push(case(Call::Nothing, Way::Rpc, empty, &house.empty));
    Ok(())
}

/// The calls that tell what the size of a shop costs.
async fn by_size<'a>(sizes: &'a Sizes, cases: &mut Vec<Case<'a>>) -> Result<()> {
    let Sizes { small, large } = sizes;
    let case = |call, way, work, made: &'a Made| {
        let (callers, server) = (CALLERS, &made.shelf);
        Case { call, way, work, callers, server, behind: None }
    };
    for (way, made) in [(Way::RpcSmall, small), (Way::RpcLarge, large)] {
        let served = endpoint(made.grpc)?;
        cases.push(case(Call::Product, way, asked::rpc_product(&served, &made.names), made));
        cases.push(case(Call::Page, way, asked::rpc_page(&served, String::new()), made));
        let deep = made.token_at(DEPTH).await?;
        cases.push(case(Call::DeepPage, way, asked::rpc_page(&served, deep), made));
    }
    let middle = large.token_at(i32::try_from(large.count / 2)?).await?;
    let middle = asked::rpc_page(&endpoint(large.grpc)?, middle);
    cases.push(case(Call::MiddlePage, Way::RpcLarge, middle, large));
    let product = asked::product(large.http, &large.names);
    cases.push(case(Call::Product, Way::Large, product, large));
    cases.push(case(Call::Page, Way::Large, asked::page(large.http), large));
    Ok(())
}
