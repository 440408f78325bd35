//! Wire bytes as they are printed: order, merging, defaults, broken bytes, depth.

use bytes::BytesMut;
use rstest::rstest;
use transcoder::{FaultClass, PrintOptions};

use crate::library::{TERSE, book, compile, hex, json, json_of, message, wire};

fn prints(wire: &str, expected: &str) {
    assert_eq!(json(&hex(wire)).unwrap(), expected, "{wire}");
}

fn class(wire: &[u8]) -> FaultClass {
    let fault = json(wire).unwrap_err();
    assert_eq!(fault.status, 500);
    fault.class
}

// Field 3 is title, 4 pages, 6 authors, 7 labels, 8 years, 9 size, 18 reader, 19 crate, 21 anything.
#[rstest]
#[case::last_scalar_wins("1a0161 2005 1a0162", r#"{"title":"b","pages":"5"}"#)]
#[case::out_of_order("2005 1a0161", r#"{"title":"a","pages":"5"}"#)]
#[case::split_list("320161 1a0174 320162", r#"{"title":"t","authors":["a","b"]}"#)]
#[case::split_packed("420101 1a0174 4002 420103", r#"{"title":"t","years":[1,2,3]}"#)]
#[case::packed_and_not("4001 42020203 4004", r#"{"years":[1,2,3,4]}"#)]
#[case::empty_packed("4200 4001 4200", r#"{"years":[1]}"#)]
#[case::only_empty_packed("4200", "{}")]
#[case::only_empty_packed_slowly("4200 1a0174", r#"{"title":"t"}"#)]
#[case::merged_message("4a020801 4a021002", r#"{"size":{"width":1,"height":2}}"#)]
#[case::merged_around_another("4a020801 5000 4a041002 0803", r#"{"size":{"width":3,"height":2}}"#)]
#[case::duplicate_key(
    "3a060a016b120161 3a060a016c120162 3a060a016b120163",
    r#"{"labels":{"l":"b","k":"c"}}"#
)]
#[case::entry_defaults("3a00 3a030a016b", r#"{"labels":{"":"","k":""}}"#)]
#[case::value_before_key("3a06120161 0a016b", r#"{"labels":{"k":"a"}}"#)]
#[case::unknown_in_entry("3a08 0a016b 1801 120161", r#"{"labels":{"k":"a"}}"#)]
#[case::repeated_in_entry("3a0c 0a016b 120161 0a016c 120162", r#"{"labels":{"l":"b"}}"#)]
#[case::merged_in_entry(
    "c2010a 0801 12020801 12021002",
    r#"{"boxes":{"true":{"width":1,"height":2}}}"#
)]
#[case::entry_replaced_whole(
    "c20106 0801 12020801 c20106 0801 12021002",
    r#"{"boxes":{"true":{"height":2}}}"#
)]
#[case::broken_and_replaced("9201 02 61ff 9a01020801", r#"{"crate":{"width":1}}"#)]
#[case::oneof_last("920101 61 9a01020801", r#"{"crate":{"width":1}}"#)]
#[case::oneof_first_again("9a01020801 92010161", r#"{"reader":"a"}"#)]
#[case::oneof_merges("9a01020801 9a01021002", r#"{"crate":{"width":1,"height":2}}"#)]
#[case::oneof_interrupted("9a01020801 92010161 9a01021002", r#"{"crate":{"height":2}}"#)]
#[case::wrong_wire_type("1801 2203616263 1a0174", r#"{"title":"t"}"#)]
#[case::unknown_fields(
    "f83f05 fa3f0161 f93f0102030405060708 fd3f01020304 1a0174",
    r#"{"title":"t"}"#
)]
#[case::unknown_group("fb3f 0801 0b0801 0c fc3f 1a0174", r#"{"title":"t"}"#)]
#[case::wide_int32("40ffffffffffffffffff01", r#"{"years":[-1]}"#)]
#[case::truncated_int32("4081 8080 8010", r#"{"years":[1]}"#)]
#[case::truncated_enum("288280808010", r#"{"genre":"GENRE_POETRY"}"#)]
#[case::unknown_enum("2863", r#"{"genre":99}"#)]
#[case::any_bool("b00202", r#"{"lent":true}"#)]
#[case::overlong_varint("2085808080808000", r#"{"pages":"5"}"#)]
#[case::surplus_bits("20ffffffffffffffffff7f", r#"{"pages":"-1"}"#)]
#[case::implicit_zeros("1a00 2000 2800 820100 890100000000 00000000", "{}")]
#[case::minus_zero("890100000000 00000080", r#"{"price":-0}"#)]
#[case::explicit_zeros("7200 920100", r#"{"subtitle":"","reader":""}"#)]
#[case::null_value("a00100", r#"{"nobody":null}"#)]
#[case::list_around_another("320161 f83f05 320162", r#"{"authors":["a","b"]}"#)]
#[case::map_around_another(
    "3a060a016b120161 f83f05 3a060a016c120162",
    r#"{"labels":{"k":"a","l":"b"}}"#
)]
#[case::empty_packed_before_more("4200 42020102", r#"{"years":[1,2]}"#)]
#[case::overlong_tag("928100 0161", r#"{"reader":"a"}"#)]
#[case::tag_of_two_bytes_beyond_255("9203 0161 1a0174", r#"{"title":"t"}"#)]
#[case::duplicate_long_key(
    "3a0f0a0a6162636465666768696a120161 3a0f0a0a6162636465666768696a120162",
    r#"{"labels":{"abcdefghij":"b"}}"#
)]
#[case::duplicate_long_key_later(
    "3a0f0a0a6162636465666768696a120161 3a0f0a0a6062636465666768696a120162 3a0f0a0a6162636465666768696a120163",
    r#"{"labels":{"`bcdefghij":"b","abcdefghij":"c"}}"#
)]
#[case::duplicate_key_of_messages(
    "f20208 0a016b 12031a0161 f20208 0a016b 12031a0162",
    r#"{"shelf":{"k":{"title":"b"}}}"#
)]
#[case::whole_numbers("890100000000 000024c0 89010000c0ffffffdf41", r#"{"price":2147483647}"#)]
#[case::beyond_whole_numbers("8901000000000000e041", r#"{"price":2147483648}"#)]
fn any_legal_order_prints_the_same(#[case] wire: &str, #[case] expected: &str) {
    prints(wire, expected);
}

#[test]
fn defaults_are_printed_in_order_and_nothing_with_presence_is_invented() {
    let options = PrintOptions::default();
    let printed = json_of(book(), b"", &options).unwrap();
    let start = r#"{"name":"","etag":"","title":"","pages":"0","genre":"GENRE_UNSPECIFIED","authors":[],"labels":{},"years":[],"cover":"","price":0,"parts":[],"#;
    assert!(printed.starts_with(start), "{printed}");
    for absent in ["size", "createTime", "subtitle", "note", "reader", "crate", "nobody", "next"] {
        assert!(!printed.contains(&format!("\"{absent}\":")), "{absent}");
    }
    // A repeated empty name sends the message down the slow path.
    assert_eq!(json_of(book(), &hex("0a00 0a00"), &options).unwrap(), printed);
}

#[rstest]
#[case::early_end("1a0161")]
#[case::late_field("b00201")]
#[case::list("320161 320162")]
#[case::map("3a060a016b120161")]
#[case::message("4a020801")]
#[case::oneof("92010161")]
fn both_paths_fill_the_gaps_alike(#[case] wire: &str) {
    let print = |wire: &str| json_of(book(), &hex(wire), &PrintOptions::default()).unwrap();
    assert_eq!(print(&format!("0a00 0a00 {wire}")), print(wire));
}

#[test]
fn options_change_names_numbers_and_enums() {
    let wire = wire(
        r#"{"pages":"5","genre":"GENRE_POETRY","printTime":"2026-01-01T00:00:00Z","big":"7","u64":"1"}"#,
    );
    let wire = wire.unwrap();
    let print = |options| json_of(book(), &wire, &options).unwrap();
    let time = r#""2026-01-01T00:00:00Z""#;
    let long = PrintOptions { int64_as_numbers: true, ..TERSE };
    assert_eq!(
        print(long),
        format!(r#"{{"pages":5,"genre":"GENRE_POETRY","printTime":{time},"u64":1,"big":7}}"#)
    );
    let ints = PrintOptions { enums_as_ints: true, ..TERSE };
    assert_eq!(
        print(ints),
        format!(r#"{{"pages":"5","genre":2,"printTime":{time},"u64":"1","big":"7"}}"#)
    );
    let proto = PrintOptions { proto_names: true, ..TERSE };
    assert_eq!(
        print(proto),
        format!(
            r#"{{"pages":"5","genre":"GENRE_POETRY","print_time":{time},"u64":"1","big":"7"}}"#
        )
    );
}

#[rstest]
#[case::negative_nanos("google.protobuf.Timestamp", "10ffffffffffffffffff01")]
#[case::oversized_nanos("google.protobuf.Timestamp", "108094ebdc03")]
#[case::year_zero("google.protobuf.Timestamp", "08ff91b8c398feffffff01")]
#[case::year_10000("google.protobuf.Timestamp", "088083d1ffaf07")]
#[case::mixed_signs("google.protobuf.Duration", "0801 10ffffffffffffffffff01")]
#[case::long_duration("google.protobuf.Duration", "0881bcaece9709")]
#[case::camel_path("google.protobuf.FieldMask", "0a026142")]
#[case::double_underscore("google.protobuf.FieldMask", "0a04615f5f62")]
#[case::digit_after_underscore("google.protobuf.FieldMask", "0a03615f31")]
#[case::trailing_underscore("google.protobuf.FieldMask", "0a02615f")]
#[case::empty_path("google.protobuf.FieldMask", "0a0161 0a00")]
#[case::quote_in_path("google.protobuf.FieldMask", "0a0122")]
#[case::nan_value("google.protobuf.Value", "11000000000000f87f")]
#[case::infinite_value("google.protobuf.Value", "11000000000000f07f")]
#[case::no_kind("google.protobuf.Value", "")]
#[case::any_without_type("google.protobuf.Any", "120108")]
#[case::any_of_unknown_type("google.protobuf.Any", "0a03782f79 120108")]
#[case::any_without_slash("google.protobuf.Any", "0a0178")]
fn values_without_a_json_form_are_unprintable(#[case] name: &str, #[case] wire: &str) {
    let fault = json_of(message(name), &hex(wire), &TERSE).unwrap_err();
    assert_eq!((fault.class, fault.status), (FaultClass::Unprintable, 500), "{fault}");
}

#[rstest]
#[case("google.protobuf.Any", "", "{}")]
#[case(
    "google.protobuf.Any",
    "0a17 782f676f6f676c652e70726f746f6275662e456d707479",
    r#"{"@type":"x/google.protobuf.Empty","value":{}}"#
)]
#[case("google.protobuf.Timestamp", "", r#""1970-01-01T00:00:00Z""#)]
#[case("google.protobuf.Duration", "", r#""0s""#)]
#[case("google.protobuf.FieldMask", "", r#""""#)]
#[case("google.protobuf.FieldMask", "0a03612e62 0a03635f64", r#""a.b,cD""#)]
#[case("google.protobuf.Struct", "", "{}")]
#[case("google.protobuf.ListValue", "", "[]")]
#[case("google.protobuf.Int64Value", "", r#""0""#)]
#[case("google.protobuf.BytesValue", "", r#""""#)]
#[case("google.protobuf.BoolValue", "0801 0800", "false")]
#[case("google.protobuf.Value", "0800 2001", "true")]
#[case("google.protobuf.Value", "2a00 2a00", "{}")]
#[case("google.protobuf.Value", "3204 0a020800 3204 0a022001", "[null,true]")]
#[case("google.protobuf.Value", "3204 0a020800 2001 3204 0a022001", "[true]")]
#[case("google.protobuf.Struct", "0a07 0a0161 1202 0800 0a07 0a0161 1202 2001", r#"{"a":true}"#)]
fn well_known_types_print_their_own_form(
    #[case] name: &str,
    #[case] wire: &str,
    #[case] expected: &str,
) {
    assert_eq!(json_of(message(name), &hex(wire), &TERSE).unwrap(), expected);
}

#[rstest]
#[case::field_number_zero("0001")]
#[case::wide_tag("f8ffffffff7f01")]
#[case::wire_type_6("1e")]
#[case::wire_type_7("1f")]
#[case::end_without_start("fc3f")]
#[case::wrong_group_end("fb3f f43f")]
#[case::open_group("fb3f 0801")]
#[case::eleven_byte_varint("2080808080808080808080 01")]
#[case::long_length("1affffffff0f61")]
#[case::huge_length("1affffffffffffffffff01")]
#[case::invalid_utf8("1a01ff")]
#[case::surrogate("1a03eda080")]
#[case::invalid_utf8_key("3a030a01ff")]
#[case::packed_cut("420180")]
fn broken_bytes_are_malformed(#[case] wire: &str) {
    assert_eq!(class(&hex(wire)), FaultClass::Malformed);
}

#[test]
fn every_cut_of_a_message_is_an_error_or_a_shorter_message() {
    let whole = wire(
        r#"{"title":"tt","size":{"width":300},"labels":{"a":"b"},"years":[1,300],"price":1.5,
            "extra":{"k":[1,{"x":null}]},"origin":{"@type":"x/library.v1.Size","width":1},"ratio":2}"#,
    )
    .unwrap();
    let mut errors = 0;
    for cut in 0..whole.len() {
        errors += usize::from(json(&whole[..cut]).is_err());
    }
    assert!(errors > whole.len() * 3 / 4, "{errors} of {}", whole.len());
}

/// A message with each field once, in every rotation and reversal of its order.
#[test]
fn every_order_of_fields_prints_as_the_sorted_order() {
    let fields = [
        "1a0161",
        "2005",
        "2801",
        "320162",
        "3a060a016b120161",
        "420101",
        "4a020801",
        "5a020801",
        "720173",
        "92010172",
        "b00201",
    ]
    .map(hex);
    let sorted = json(&fields.concat()).unwrap();
    for rotation in 0..fields.len() {
        let mut order = fields.to_vec();
        order.rotate_left(rotation);
        assert_eq!(json(&order.concat()).unwrap(), sorted);
        order.reverse();
        assert_eq!(json(&order.concat()).unwrap(), sorted);
    }
}

fn wrapped(tag: &[u8], mut inner: Vec<u8>, depth: usize) -> Vec<u8> {
    for _ in 0..depth {
        let mut outer = tag.to_vec();
        let mut length = inner.len();
        while length >= 0x80 {
            outer.push(length as u8 | 0x80);
            length >>= 7;
        }
        outer.push(length as u8);
        outer.extend(inner);
        inner = outer;
    }
    inner
}

#[test]
fn depth_is_bounded() {
    let next = |depth| json(&wrapped(&hex("9a02"), Vec::new(), depth));
    assert!(next(98).is_ok() && next(99).is_ok());
    assert_eq!(next(100).unwrap_err().class, FaultClass::Limit);
    let group =
        |depth: usize| json(&[hex("fb3f").repeat(depth), hex("fc3f").repeat(depth)].concat());
    assert!(group(100).is_ok());
    assert_eq!(group(101).unwrap_err().class, FaultClass::Limit);
    assert_eq!(group(100_000).unwrap_err().class, FaultClass::Limit);
    // Lists in lists of a Value take two messages each.
    let list = |depth: usize| {
        let id = message("google.protobuf.ListValue");
        let mut wire = Vec::new();
        for _ in 0..depth {
            wire = wrapped(&hex("0a"), wrapped(&hex("32"), wire, 1), 1);
        }
        json_of(id, &wire, &TERSE)
    };
    assert!(list(49).is_ok());
    assert_eq!(list(50).unwrap_err().class, FaultClass::Limit);
    // An Any is a message, and so is what is in it.
    let any = |depth: usize| {
        let kind = [&[0x0a, 0x15][..], b"x/google.protobuf.Any"].concat();
        let mut wire = Vec::new();
        for _ in 0..depth {
            wire = [kind.clone(), wrapped(&hex("12"), wire, 1)].concat();
        }
        json_of(message("google.protobuf.Any"), &wire, &TERSE)
    };
    assert!(any(98).is_ok() && any(99).is_ok());
    assert_eq!(any(100).unwrap_err().class, FaultClass::Limit);
}

#[test]
fn worst_case_nesting_on_the_slow_path_takes_linear_time_per_level() {
    // Each level repeats a scalar, so that every level would restart by itself.
    let mut wire = Vec::new();
    for _ in 0..99 {
        wire = [hex("1a0161 1a0162"), wrapped(&hex("9a02"), wire, 1)].concat();
    }
    let start = std::time::Instant::now();
    assert!(json(&wire).unwrap().ends_with(&"}".repeat(99)));
    let many = hex("3a060a016b120161").repeat(200_000);
    assert_eq!(json(&many).unwrap(), r#"{"labels":{"k":"a"}}"#);
    let alternating = hex("92010161 9a01020801").repeat(100_000);
    assert_eq!(json(&alternating).unwrap(), r#"{"crate":{"width":1}}"#);
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn a_message_may_have_more_oneofs_than_a_word_has_bits() {
    let choice =
        |n: u32| format!("oneof c{n} {{ bool a{n} = {}; bool b{n} = {}; }}", 2 * n - 1, 2 * n);
    let choices: String = (1..=70).map(choice).collect();
    let plan = compile(&format!("syntax = \"proto3\"; message Choices {{ {choices} }}")).unwrap();
    let printed = |wire: &str| {
        let mut out = BytesMut::new();
        plan.wire_to_json(plan.message("Choices").unwrap(), &hex(wire), &TERSE, &mut out).unwrap();
        String::from_utf8(out.to_vec()).unwrap()
    };
    // Of the oneofs 1, 65 and 70 the first member, then their second as well.
    assert_eq!(printed("0801 880801 d80801"), r#"{"a1":true,"a65":true,"a70":true}"#);
    assert_eq!(printed("0801 1001"), r#"{"b1":true}"#);
    assert_eq!(printed("880801 900801 d80801 e00801"), r#"{"b65":true,"b70":true}"#);
}

#[test]
fn long_maps_print_whole_whatever_their_order() {
    let entry = |key: usize| {
        let text = format!("k{key}");
        [&[0x3a, text.len() as u8 + 5, 0x0a, text.len() as u8], text.as_bytes(), &[0x12, 1, b'v']]
            .concat()
    };
    for step in [1, 7, 999] {
        let keys: Vec<usize> = (0..1_000).map(|index| index * step % 1_000).collect();
        let wire: Vec<u8> = keys.iter().flat_map(|key| entry(*key)).collect();
        let printed = json(&wire).unwrap();
        assert_eq!(printed.matches("\"v\"").count(), 1_000, "{step}");
    }
}

#[test]
fn sizes_are_limited_before_and_after_printing() {
    let small = PrintOptions { max_wire: 3, ..TERSE };
    assert!(json_of(book(), &hex("1a0161"), &small).is_ok());
    assert_eq!(json_of(book(), &hex("1a026161"), &small).unwrap_err().reason, "RESPONSE_TOO_LARGE");
    let parts = hex("b20100").repeat(3);
    let exact = json_of(book(), &parts, &TERSE).unwrap().len();
    let fits = PrintOptions { max_bytes: exact, ..TERSE };
    assert!(json_of(book(), &parts, &fits).is_ok());
    let tight = PrintOptions { max_bytes: exact - 1, ..TERSE };
    let fault = json_of(book(), &parts, &tight).unwrap_err();
    assert_eq!((fault.class, fault.reason), (FaultClass::Limit, "RESPONSE_TOO_LARGE"));
}
