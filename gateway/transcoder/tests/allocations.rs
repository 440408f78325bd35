//! What one request allocates, once its buffers are warm: nothing on the usual ways.

#![expect(clippy::unwrap_used, reason = "what fails outside a test function fails its test")]

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use transcoder::{Input, ParseOptions, Plan, PlanConfig, PrintOptions, Routed};

const BOOK: &str = r#"{"name":"shelves/1/books/2","title":"A \"book\"","pages":"7","genre":"GENRE_POETRY",
    "authors":["a","b"],"years":[1,2,300],"size":{"width":1},"printTime":"2026-01-01T00:00:00Z",
    "extra":{"a":[1,null,{"b":"c"}]},"cover":"aGVsbG8=","price":19.95,"reader":"r"}"#;

fn plan() -> Plan {
    let mut compiler = protox::Compiler::new(["tests/protos", "../../proto"]).unwrap();
    compiler.include_imports(true).open_file("library.proto").unwrap();
    Plan::compile(&compiler.encode_file_descriptor_set(), &[], &PlanConfig::default()).unwrap()
}

/// How often `run` allocates when its buffer is warm.
fn allocations(mut run: impl FnMut(&mut BytesMut)) -> u64 {
    let mut out = BytesMut::with_capacity(1 << 16);
    run(&mut out);
    out.clear();
    allocation_counter::measure(|| run(black_box(&mut out))).count_total
}

#[test]
fn routing_allocates_nothing() {
    let plan = plan();
    for path in
        ["/v1/shelves/1/books/2", "/v1/shelves/1/books/2:lend", "/v1/none", "/v1/files/a/b/c"]
    {
        let count = allocations(|_| {
            black_box(plan.route("GET", black_box(path)));
        });
        assert_eq!(count, 0, "{path}");
    }
}

#[test]
fn captures_and_bodies_allocate_nothing() {
    let plan = plan();
    let Routed::Hit(get) = plan.route("GET", "/v1/shelves/1/books/2") else { panic!("no rule") };
    let input = Input::default();
    let options = ParseOptions::default();
    assert_eq!(allocations(|out| get.request(&input, &options, out).unwrap()), 0);
    let book = plan.message("library.v1.Book").unwrap();
    let read =
        |out: &mut BytesMut| plan.json_to_wire(book, BOOK.as_bytes(), &options, out).unwrap();
    assert_eq!(allocations(read), 0);
}

#[test]
fn printing_in_order_allocates_nothing() {
    let plan = plan();
    let mut wire = BytesMut::new();
    let book = plan.message("library.v1.Book").unwrap();
    plan.json_to_wire(book, BOOK.as_bytes(), &ParseOptions::default(), &mut wire).unwrap();
    let Routed::Hit(get) = plan.route("GET", "/v1/shelves/1/books/2") else { panic!("no rule") };
    let wire: Bytes = wire.freeze();
    let print = PrintOptions::default();
    let count = allocations(|out| {
        get.response(&wire, &print, out).unwrap();
    });
    assert_eq!(count, 0);
}

#[test]
fn a_long_map_in_order_is_sorted_no_further() {
    let plan = plan();
    let mut labels: Vec<String> = (10..99).map(|number| format!("size {number}")).collect();
    labels.insert(0, "size".to_owned());
    let labels: Vec<String> = labels.iter().map(|label| format!(r#""{label}":"v""#)).collect();
    let body = format!(r#"{{"labels":{{{}}}}}"#, labels.join(","));
    let mut wire = BytesMut::new();
    let book = plan.message("library.v1.Book").unwrap();
    plan.json_to_wire(book, body.as_bytes(), &ParseOptions::default(), &mut wire).unwrap();
    let print = PrintOptions::default();
    let count = allocations(|out| plan.wire_to_json(book, &wire, &print, out).unwrap());
    // The list of keys grows a few times.
    assert!(count <= 8, "{count}");
}
