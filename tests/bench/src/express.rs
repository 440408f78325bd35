//! The gateway of `tests/bench/express`, as it is usually written for Node: started before the measured services, and believed only
//! when it answers what Shelf's own gateway answers.

use std::{net::SocketAddr, path::Path};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use prost_reflect::MessageDescriptor;

use crate::{
    asked,
    house::{Service, TwoProcesses},
    load::Work,
    meaning,
    process::{Program, Server, free_address},
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/express/gateway.js");
const PROTOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto");

/// One such gateway.
#[derive(Debug)]
pub(crate) struct Express {
    pub(crate) server: Server,
    pub(crate) http: SocketAddr,
}

impl Express {
    /// Starts one before the service of the reads and one before that of the creations, and compares their answers.
    pub(crate) async fn pair(
        node: &Path,
        reading: &TwoProcesses,
        creating: &TwoProcesses,
        names: &[String],
    ) -> Result<(Self, Self)> {
        let (reads, creates) =
            (Self::start(node, &reading.service)?, Self::start(node, &creating.service)?);
        reads.compare_reads(reading, names).await?;
        creates.compare_creations(creating).await?;
        Ok((reads, creates))
    }

    fn start(node: &Path, service: &Service) -> Result<Self> {
        let http = free_address()?;
        let program = Program::at(node)
            .with_variable("NODE_ENV", "production")
            .with(SCRIPT)
            .listening("--listen", http)
            .with("--catalog")
            .with(service.grpc.to_string())
            .with("--protos")
            .with(PROTOS);
        let server = program.start().context("Express does not start; `make bench` installs it")?;
        Ok(Self { server, http })
    }

    async fn compare_reads(&self, own: &TwoProcesses, names: &[String]) -> Result<()> {
        let product = message("Product")?;
        for name in names.iter().take(20) {
            let one = [name.clone()];
            compare(&product, asked::product(own.http, &one), asked::product(self.http, &one))
                .await?;
        }
        let page = message("ListProductsResponse")?;
        compare(&page, asked::page(own.http), asked::page(self.http)).await
    }

    /// What is answered to a creation has to be what Shelf's own gateway then reads.
    async fn compare_creations(&self, own: &TwoProcesses) -> Result<()> {
        let create = asked::create(self.http, "compared", own.service.shop.authorization()?)?;
        let created = asked::answer(&create).await?;
        let name: serde_json::Value = serde_json::from_slice(&created)?;
        let name = name["name"].as_str().context("Express has created a product without a name")?;
        // Nobody but an editor sees a draft.
        let read = asked::draft(own.http, name, own.service.shop.authorization()?)?;
        ensure_same(&message("Product")?, &asked::answer(&read).await?, &created)
    }
}

async fn compare(message: &MessageDescriptor, own: Work, express: Work) -> Result<()> {
    ensure_same(message, &asked::answer(&own).await?, &asked::answer(&express).await?)
}

fn ensure_same(message: &MessageDescriptor, own: &Bytes, express: &Bytes) -> Result<()> {
    meaning::ensure_same(message, own, express)
        .context("Express answers otherwise than the gateway")
}

fn message(name: &str) -> Result<MessageDescriptor> {
    let found = proto::descriptor_pool().get_message_by_name(&format!("shelf.catalog.v1.{name}"));
    found.with_context(|| format!("the contract has no {name}"))
}
