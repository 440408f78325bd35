//! What a plan accepts: methods are refused for their types, files never for their presence.

use rstest::rstest;
use transcoder::{Plan, PlanConfig, PrintOptions};

use crate::library::{SET, compile, hex};

/// The fault of a proto2 file whose one method takes `M`.
fn fault(messages: &str) -> String {
    let source = format!(
        r#"syntax = "proto2"; package t; import "google/api/annotations.proto"; {messages}
           service S {{ rpc Get(M) returns (M) {{ option (google.api.http) = {{ get: "/v1/x" }}; }} }}"#
    );
    match compile(&source) {
        Ok(_) => "accepted".to_owned(),
        Err(errors) => errors[0].message.clone(),
    }
}

#[rstest]
#[case("message M { optional group G = 1 { optional int32 a = 1; } }", "`t.M.g` is a group")]
#[case("message M { required int32 a = 1; }", "`t.M.a` is required")]
#[case("message M { optional E e = 1; } enum E { A = 1; }", "`t.M.e` has a closed enum")]
#[case("message M { extensions 100 to 199; }", "`t.M` takes extensions")]
#[case(
    "message M { option message_set_wire_format = true; extensions 4 to max; }",
    "`t.M` is a MessageSet"
)]
#[case(
    "message M { map<string, N> m = 1; } message N { optional O o = 1; } message O { required int32 a = 1; }",
    "`t.O.a` is required"
)]
fn types_that_json_cannot_express_refuse_their_method(#[case] messages: &str, #[case] why: &str) {
    assert_eq!(fault(messages), format!("JSON cannot express its types: {why}"));
}

#[test]
fn proto2_without_those_features_is_accepted() {
    let plain = "message M { optional int32 a = 1 [default = 7]; repeated string b = 2; oneof c { M d = 3; } }";
    assert_eq!(fault(plain), "accepted");
    let unused = "message M { optional int32 a = 1; } message N { required int32 a = 1; }";
    assert_eq!(fault(unused), "accepted");
}

#[rstest]
#[case("message M { int32 foo_bar = 1; int32 fooBar = 2; }", "two fields claim the name `fooBar`")]
#[case(
    "message M { int32 a = 1 [json_name = \"b\"]; int32 b = 2; }",
    "two fields claim the name `b`"
)]
fn two_fields_with_one_name_are_refused(#[case] message: &str, #[case] why: &str) {
    // The compiler of the test refuses such files itself, so the names are made to clash after.
    let apart = message.replace("fooBar", "foo_bax").replace("\"b\"", "\"c\"");
    let mut set = crate::library::set_of(&format!("syntax = \"proto3\"; package t; {apart}"));
    for (from, to) in [("foo_bax", "foo_bar"), ("fooBax", "fooBar")] {
        replace(&mut set, from.as_bytes(), to.as_bytes());
    }
    replace(&mut set, b"R\x01c", b"R\x01b");
    let errors = Plan::compile(&set, &[], &PlanConfig::default()).unwrap_err();
    let expected = if message.contains("foo") { "two fields claim the name" } else { why };
    assert!(errors[0].message.contains(expected), "{errors:?}");
}

fn replace(set: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    while let Some(at) = set.windows(from.len()).position(|window| window == from) {
        set[at..at + to.len()].copy_from_slice(to);
    }
}

/// An edition 2023 file, which the compiler of the tests does not know, assembled by hand.
/// `features` are those of the file: implicit presence is `0802`, closed enums are `1002`.
fn edition(features: &str) -> Result<Plan, String> {
    let nested = |tag: &str, content: &str| {
        let length = content.split_whitespace().collect::<String>().len() / 2;
        format!("{tag} {length:02x} {content}")
    };
    let text = |tag: &str, text: &str| {
        nested(tag, &text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    // message M { int32 a = 1; E e = 2; } enum E { A = 0; }
    let a = nested("12", &format!("{} 1801 2001 2805", text("0a", "a")));
    let e = nested("12", &format!("{} 1802 2001 280e {}", text("0a", "e"), text("32", ".t.E")));
    let message = nested("22", &format!("{} {a} {e}", text("0a", "M")));
    let value = nested("12", &format!("{} 1000", text("0a", "A")));
    let enumeration = nested("2a", &format!("{} {value}", text("0a", "E")));
    let options = nested("42", &nested("9203", features));
    let head = format!("{} {}", text("0a", "t.proto"), text("12", "t"));
    let tail = format!("{} 70e807", text("62", "editions"));
    let file = nested("0a", &format!("{head} {message} {enumeration} {options} {tail}"));
    Plan::compile(&hex(&file), &[], &PlanConfig::default())
        .map_err(|errors| errors[0].message.clone())
}

#[test]
fn editions_follow_their_features() {
    let print = |features: &str, wire: &str| {
        let plan = edition(features).unwrap();
        let message = plan.message("t.M").unwrap();
        let mut out = bytes::BytesMut::new();
        let options = transcoder::PrintOptions::default();
        let printed = plan.wire_to_json(message, &hex(wire), &options, &mut out);
        printed.map(|()| String::from_utf8(out.to_vec()).unwrap()).map_err(|fault| fault.reason)
    };
    assert_eq!(print("", "0800").unwrap(), r#"{"a":0}"#);
    assert_eq!(print("", "").unwrap(), "{}");
    assert_eq!(print("0802", "").unwrap(), r#"{"a":0,"e":"A"}"#);
    assert_eq!(print("1002", "").unwrap_err(), "TYPE_UNSUPPORTED");
    assert_eq!(print("2802", "").unwrap(), "{}");
}

#[test]
fn a_broken_set_is_an_error_at_every_cut() {
    for cut in (0..512).chain((512..SET.len()).step_by(131)) {
        let _ = Plan::compile(&SET[..cut], &[], &PlanConfig::default());
    }
    assert!(Plan::compile(b"\xff", &[], &PlanConfig::default()).is_err());
}

#[test]
fn the_largest_set_is_compiled_and_one_byte_more_is_not() {
    // What is unknown is passed over, however long it is.
    let set = |length: usize| {
        let mut set = vec![0x7a];
        prost_reflect::prost::encoding::encode_varint((length - 5) as u64, &mut set);
        set.resize(length, b'x');
        Plan::compile(&set, &[], &PlanConfig::default())
    };
    assert!(set(16 << 20).is_ok());
    let errors = set((16 << 20) + 1).unwrap_err();
    assert_eq!(errors[0].message, "the descriptor set is larger than 16 MiB");
}

#[test]
fn well_known_types_and_error_details_are_always_there() {
    let plan = Plan::compile(&[], &[], &PlanConfig::default()).unwrap();
    for name in ["google.protobuf.Struct", "google.api.HttpBody", "google.rpc.BadRequest"] {
        assert_eq!(plan.name_of(plan.message(name).unwrap()), name);
    }
    assert!(plan.message("google.protobuf.FileOptions").is_none());
    assert!(plan.rpcs().is_empty());
}

#[test]
fn our_reader_and_prost_reflect_see_the_same_schema() {
    let pool = prost_reflect::DescriptorPool::decode(SET.as_slice()).unwrap();
    let plan = crate::library::plan();
    let messages: Vec<_> = pool.all_messages().collect();
    assert!(messages.len() > 40);
    for message in messages {
        assert!(plan.message(message.full_name()).is_some(), "{}", message.full_name());
    }
    let methods: Vec<String> = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| method.full_name().to_owned())
        .collect();
    let ours: Vec<&str> = plan.rpcs().iter().map(|rpc| rpc.full_name()).collect();
    assert_eq!(ours, methods);
}

#[test]
fn an_entry_of_a_map_has_a_key_and_a_value() {
    let set = crate::library::set_of(
        r#"syntax = "proto3"; package t; message M { map<string, int32> counts = 1; }"#,
    );
    assert!(Plan::compile(&set, &[], &PlanConfig::default()).is_ok());
    // The key's number becomes that of a third field, its type that of a double.
    for (from, to) in [("key\x18\x01", "key\x18\x03"), ("\x01 \x01(\tR", "\x01 \x01(\x01R")] {
        let mut set = set.clone();
        replace(&mut set, from.as_bytes(), to.as_bytes());
        let errors = Plan::compile(&set, &[], &PlanConfig::default()).unwrap_err();
        assert!(errors[0].message.contains("no map's entry"), "{errors:?}");
    }
}

#[test]
fn the_name_of_an_enum_value_is_escaped() {
    let mut set = crate::library::set_of(
        r#"syntax = "proto3"; package t; message M { E e = 1; } enum E { NULL_ = 0; }"#,
    );
    replace(&mut set, b"NULL_", b"N\"\\\n_");
    let plan = Plan::compile(&set, &[], &PlanConfig::default()).unwrap();
    let mut json = bytes::BytesMut::new();
    let message = plan.message("t.M").unwrap();
    plan.wire_to_json(message, b"", &PrintOptions::default(), &mut json).unwrap();
    assert_eq!(json, r#"{"e":"N\"\\\n_"}"#);
}
