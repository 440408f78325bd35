//! Entity tags and `If-None-Match`.

use rstest::rstest;
use transcoder::{Coding, PrintOptions};

use crate::library::{call, hex};

const BOOK: &str = "/v1/shelves/1/books/2";

fn tag(wire: &str, options: PrintOptions, coding: Coding) -> String {
    call("GET", BOOK).etag(&hex(wire), &options, coding).as_str().to_owned()
}

#[test]
fn a_tag_holds_the_etag_of_the_resource_and_a_hash() {
    let tag = tag("1203 227622", PrintOptions::default(), Coding::Identity);
    assert!(tag.starts_with("\"t1.InYi.") && tag.ends_with('"'), "{tag}");
    assert_eq!(tag.len(), "\"t1.InYi.\"".len() + 22);
}

#[test]
fn a_tag_changes_with_all_that_changes_the_body() {
    let plain = PrintOptions::default();
    let mut tags = vec![
        tag("1a0154", plain, Coding::Identity),
        tag("1a0155", plain, Coding::Identity),
        tag("", plain, Coding::Identity),
        tag("1a0154", plain, Coding::Gzip),
        tag("1a0154", plain, Coding::Brotli),
        tag("1a0154", plain, Coding::Zstd),
        tag("1a0154", PrintOptions { omit_defaults: true, ..plain }, Coding::Identity),
        tag("1a0154", PrintOptions { int64_as_numbers: true, ..plain }, Coding::Identity),
        tag("1a0154", PrintOptions { enums_as_ints: true, ..plain }, Coding::Identity),
        tag("1a0154", PrintOptions { proto_names: true, ..plain }, Coding::Identity),
    ];
    assert_eq!(tag("1a0154", plain, Coding::Identity), tags[0]);
    tags.sort_unstable();
    let count = tags.len();
    tags.dedup();
    assert_eq!(tags.len(), count);
}

#[test]
fn a_tag_changes_with_the_plan() {
    let source = r#"syntax = "proto3"; package t; import "google/api/annotations.proto"; message M { string a = 1; }
        service S { rpc G(M) returns (M) { option (google.api.http) = { get: "/m" }; } }"#;
    let tag = |source: &str| {
        let plan = crate::library::compile(source).unwrap();
        let transcoder::Routed::Hit(call) = plan.route("GET", "/m") else { panic!("no rule") };
        call.etag(b"", &PrintOptions::default(), Coding::Identity).as_str().to_owned()
    };
    assert_eq!(tag(source), tag(source));
    assert_ne!(tag(source), tag(&source.replace("string a", "string b")));
}

#[rstest]
#[case("*", true)]
#[case("TAG", true)]
#[case("W/TAG", true)]
#[case("\"a,b\", TAG", true)]
#[case("\"x\",,W/TAG", true)]
#[case("\"x\"", false)]
#[case("", false)]
#[case("TAG\"", false)]
#[case("w/TAG", false)]
#[case("TAG, \"a b\"", false)]
#[case("TAG x", false)]
#[case("\"a\tb\", TAG", false)]
fn if_none_match_compares_weakly(#[case] header: &str, #[case] matches: bool) {
    let tag = call("GET", BOOK).etag(b"", &PrintOptions::default(), Coding::Identity);
    assert_eq!(tag.matches(&header.replace("TAG", tag.as_str())), matches);
}

#[test]
fn a_very_long_etag_of_a_resource_is_left_out() {
    let long = format!("12ac02 {}", "61".repeat(300));
    assert!(tag(&long, PrintOptions::default(), Coding::Identity).starts_with("\"t1.."));
}
