//! What is recorded beside the targets: the scanner against serde_json, bodies that are hard, routes, entity tags.

use std::hint::black_box;

use anyhow::{Context as _, Result, anyhow, ensure};
use bytes::BytesMut;
use prost::Message as _;
use prost_types::{
    DescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto,
    ServiceDescriptorProto,
};
use serde::de::{DeserializeSeed as _, IgnoredAny};
use transcoder::{Call, Coding, Plan, PlanConfig, PrintOptions, Routed, RuleOverride};
use transcoding::{
    agreed,
    body::Body,
    sides::{Defaults, Direct, NAMES, Side as _, plan, used},
};

use crate::{race::Race, races, walk::Walk};

/// The lanes of [`scanning`].
pub(crate) const SKIPS: &str = "the transcoder's scanner, skipping";
pub(crate) const BARE: &str = "serde_json, skipping";
pub(crate) const VISITS: &str = "serde_json, telling a visitor all";
pub(crate) const READS: &str = "the whole transcoder";
/// The only lane of what nobody else does.
pub(crate) const ALONE: &str = NAMES[0];

/// The lanes of [`replies`].
pub(crate) const WHOLE: &str = "entity tag and JSON";
pub(crate) const UNCHANGED: &str = "entity tag alone";

/// How many rules the routes are looked up among.
const RULES: usize = 1_000;

/// All that is recorded.
pub(crate) fn races() -> Result<Vec<Race<'static>>> {
    let mut races = Vec::new();
    for body in Body::aimed() {
        races.push(scanning(&body)?);
    }
    for body in Body::hard() {
        let wire = agreed::wire(&body)?;
        races.push(races::to_json(
            format!("wire to JSON, {}", body.what),
            &body,
            &wire,
            Defaults::Omitted,
        )?);
        races.push(races::to_wire(format!("JSON to wire, {}", body.what), &body)?);
    }
    races.extend([unknown()?, route()?, replies()?]);
    Ok(races)
}

/// The same text by the transcoder's scanner and by serde_json's. The scanner alone is what reads over an unknown member.
fn scanning(body: &Body) -> Result<Race<'static>> {
    let unknown = format!("{{\"unknown\":{}}}", body.json).into_bytes();
    let text = body.json.clone().into_bytes();
    let (bare, visited) = (text.clone(), text.clone());
    let mut skips = Direct::new("goods.v1.Item", Defaults::Omitted)?.lenient();
    ensure!(skips.to_wire(&unknown)?.is_empty(), "an unknown member was read");
    let mut reads = Direct::new(body.message, Defaults::Omitted)?;
    Ok(Race::new(format!("reading {}", body.what))
        .with(SKIPS, move || used(skips.to_wire(black_box(&unknown))))
        .with(BARE, move || {
            black_box(serde_json::from_slice::<IgnoredAny>(black_box(&bare))?);
            Ok(())
        })
        .with(VISITS, move || {
            let mut sum = 0;
            let mut json = serde_json::Deserializer::from_slice(black_box(&visited));
            Walk(&mut sum).deserialize(&mut json)?;
            black_box(sum);
            Ok(json.end()?)
        })
        .with(READS, move || used(reads.to_wire(black_box(&text)))))
}

fn unknown() -> Result<Race<'static>> {
    let body = Body::with_unknown();
    let mut lenient = Direct::new(body.message, Defaults::Omitted)?.lenient();
    let known = lenient.to_wire(Body::item().json.as_bytes())?.to_vec();
    ensure!(lenient.to_wire(body.json.as_bytes())? == known, "an unknown member was read");
    Ok(Race::new(format!("JSON to wire, {}", body.what))
        .with(ALONE, move || used(lenient.to_wire(black_box(body.json.as_bytes())))))
}

fn route() -> Result<Race<'static>> {
    let plan = plan_of_many_rules()?;
    let path = format!("/v1/shop/kind{}/items/blue-kettle-1", RULES / 2);
    ensure!(matches!(plan.route("GET", &path), Routed::Hit(_)), "no rule has `{path}`");
    Ok(Race::new(format!("looking up a route among {RULES} rules")).with(ALONE, move || {
        black_box(plan.route("GET", black_box(&path)));
        Ok(())
    }))
}

/// One service, whose methods have a rule each.
fn plan_of_many_rules() -> Result<Plan> {
    let name = |text: &str| Some(text.to_owned());
    let method = |number: usize| MethodDescriptorProto {
        name: Some(format!("GetItem{number}")),
        input_type: name(".many.Item"),
        output_type: name(".many.Item"),
        ..MethodDescriptorProto::default()
    };
    let file = FileDescriptorProto {
        name: name("many.proto"),
        package: name("many"),
        syntax: name("proto3"),
        message_type: vec![DescriptorProto { name: name("Item"), ..DescriptorProto::default() }],
        service: vec![ServiceDescriptorProto {
            name: name("Many"),
            method: (0..RULES).map(method).collect(),
            ..ServiceDescriptorProto::default()
        }],
        ..FileDescriptorProto::default()
    };
    let rule = |number| RuleOverride {
        selector: format!("many.Many.GetItem{number}"),
        method: "GET".to_owned(),
        template: format!("/v1/shop/kind{number}/items/*"),
        ..RuleOverride::default()
    };
    let rules: Vec<RuleOverride> = (0..RULES).map(rule).collect();
    let set = FileDescriptorSet { file: vec![file] }.encode_to_vec();
    Plan::compile(&set, &rules, &PlanConfig::default()).map_err(|faults| anyhow!("{faults:?}"))
}

/// A reply in full, and a reply that its caller has already.
fn replies() -> Result<Race<'static>> {
    let (call, wire) = (call()?, bytes::Bytes::from(agreed::wire(&Body::item())?));
    let (print, sent) = (PrintOptions::default(), wire.clone());
    let known = call.etag(&wire, &print, Coding::Identity).as_str().to_owned();
    ensure!(!call.etag(&wire[1..], &print, Coding::Identity).matches(&known), "all tags are one");
    let mut out = BytesMut::new();
    Ok(Race::new("a reply of one product")
        .with(WHOLE, move || {
            out.clear();
            black_box(call.etag(black_box(&sent), &print, Coding::Identity));
            let reply = call.response(&sent, &print, &mut out);
            black_box(reply.map_err(|fault| anyhow!("{fault:?}"))?);
            Ok(())
        })
        .with(UNCHANGED, move || {
            let etag = call.etag(black_box(&wire), &print, Coding::Identity);
            etag.matches(black_box(&known)).then_some(()).context("the tag has changed")
        }))
}

fn call() -> Result<Call<'static, 'static>> {
    match plan()?.route("GET", "/v1/items/blue-kettle-1") {
        Routed::Hit(call) => Ok(call),
        _ => Err(anyhow!("there is no rule for an item")),
    }
}
