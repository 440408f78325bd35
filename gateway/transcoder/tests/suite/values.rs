//! Single values as they are read and printed again: numbers, bytes, times, masks, maps.

use rstest::rstest;

use crate::library::{accepts, blame, hex, refuses, wire};

#[rstest]
#[case("1.0", "1")]
#[case("1e5", "100000")]
#[case("\"1e5\"", "100000")]
#[case("\"1.0\"", "1")]
#[case("12.50e1", "125")]
#[case("1000e-3", "1")]
#[case("-0", "0")]
#[case("0e999999999999", "0")]
#[case("9007199254740993", "9007199254740993")]
#[case("\"9223372036854775807\"", "9223372036854775807")]
#[case("-9223372036854775808", "-9223372036854775808")]
#[case("9.223372036854775807e18", "9223372036854775807")]
#[case("92233720368547758070e-1", "9223372036854775807")]
fn integers_are_read_exactly(#[case] text: &str, #[case] value: &str) {
    let printed = if value == "0" { "{}".to_owned() } else { format!(r#"{{"pages":"{value}"}}"#) };
    accepts(&format!(r#"{{"pages":{text}}}"#), &printed);
}

#[test]
fn unsigned_integers_reach_their_bounds() {
    accepts(r#"{"u64":1.8446744073709551615e19}"#, r#"{"u64":"18446744073709551615"}"#);
    accepts(r#"{"u32":"4294967295","u64":"-0"}"#, r#"{"u32":4294967295}"#);
    accepts(
        r#"{"genre":2.0,"shelves":{"1e1":1}}"#,
        r#"{"genre":"GENRE_POETRY","shelves":{"10":"GENRE_NOVEL"}}"#,
    );
}

#[rstest]
#[case("pages", "0.5")]
#[case("pages", "1e-1")]
#[case("pages", "9223372036854775808")]
#[case("pages", "1e19")]
#[case("pages", "1e999999999999999999999")]
#[case("pages", "\"01\"")]
#[case("pages", "\"+1\"")]
#[case("pages", "\" 1\"")]
#[case("pages", "\"1 \"")]
#[case("pages", "\"\"")]
#[case("pages", "\"0x1\"")]
#[case("pages", "\"NaN\"")]
#[case("pages", "true")]
#[case("pages", "[1]")]
#[case("u32", "-1")]
#[case("u32", "4294967296")]
#[case("u64", "18446744073709551616")]
#[case("u64", "184467440737095516150e0")]
#[case("genre", "2147483648")]
#[case("genre", "0.5")]
#[case("genre", "\"genre_poetry\"")]
#[case("genre", "\"NOPE\"")]
#[case("genre", "true")]
#[case("lent", "\"true\"")]
#[case("lent", "1")]
#[case("lent", "\"\"")]
#[case("price", "\"nan\"")]
#[case("price", "\"inf\"")]
#[case("price", "\"+Infinity\"")]
#[case("price", "\"-NaN\"")]
#[case("price", "1e400")]
#[case("price", "\"1e400\"")]
#[case("price", "\"1.\"")]
#[case("price", "\"\"")]
#[case("ratio", "3.5e38")]
#[case("ratio", "-3.4028235677973367e38")]
#[case("cover", "\"AAAAA\"")]
#[case("cover", "\"AA =\"")]
#[case("cover", "\"AA=\"")]
#[case("cover", "\"A\"")]
#[case("cover", "\"A===\"")]
#[case("cover", "1")]
#[case("title", "1")]
#[case("size", "[]")]
#[case("size", "\"\"")]
#[case("authors", "\"a\"")]
#[case("labels", "[]")]
#[case("note", "{\"value\":\"x\"}")]
#[case("empty", "null1")]
#[case("printTime", "0")]
#[case("loan", "1")]
#[case("mask", "[]")]
#[case("list", "{}")]
#[case("extra", "[]")]
fn a_wrong_value_is_refused(#[case] field: &str, #[case] text: &str) {
    let (reason, found) = blame(wire(&format!(r#"{{"{field}":{text}}}"#)));
    assert!(
        reason == "FIELD_INVALID" && found == field || reason == "JSON_SYNTAX" && field == "empty"
    );
}

#[rstest]
#[case("price", "-0", "-0")]
#[case("price", "-0.0", "-0")]
#[case("price", "\"NaN\"", "\"NaN\"")]
#[case("price", "\"-Infinity\"", "\"-Infinity\"")]
#[case("price", "\"1.5e3\"", "1500")]
#[case("price", "5e-324", "5e-324")]
#[case("price", "2.2250738585072011e-308", "2.225073858507201e-308")]
#[case("price", "1.7976931348623157e308", "1.7976931348623157e308")]
#[case("price", "9007199254740993", "9007199254740992")]
#[case("price", "0.1", "0.1")]
#[case("price", "1e16", "10000000000000000")]
#[case("price", "1e-7", "1e-7")]
#[case("ratio", "0.1", "0.1")]
#[case("ratio", "16777217", "16777216")]
#[case("ratio", "3.4028235e38", "3.4028235e38")]
#[case("ratio", "1e-45", "1e-45")]
#[case("ratio", "\"Infinity\"", "\"Infinity\"")]
fn floats_round_once_and_print_the_shortest(
    #[case] field: &str,
    #[case] text: &str,
    #[case] printed: &str,
) {
    accepts(&format!(r#"{{"{field}":{text}}}"#), &format!(r#"{{"{field}":{printed}}}"#));
}

#[rstest]
#[case("+/8=")]
#[case("-_8=")]
#[case("-_8")]
#[case("+_8")]
fn both_base64_alphabets_are_read_padded_or_not(#[case] text: &str) {
    accepts(&format!(r#"{{"cover":"{text}"}}"#), r#"{"cover":"+/8="}"#);
}

#[rstest]
#[case("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z")]
#[case("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
#[case("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z")]
#[case("2024-02-29T12:00:00.1+05:30", "2024-02-29T06:30:00.100Z")]
#[case("2000-02-29T00:00:00.000001-23:59", "2000-02-29T23:59:00.000001Z")]
#[case("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z")]
fn timestamps_are_read_with_offsets_and_printed_in_utc(#[case] text: &str, #[case] printed: &str) {
    accepts(&format!(r#"{{"printTime":"{text}"}}"#), &format!(r#"{{"printTime":"{printed}"}}"#));
}

#[rstest]
#[case("2026-01-01t00:00:00Z")]
#[case("2026-01-01T00:00:00z")]
#[case("2026-01-01T00:00:00")]
#[case("2026-01-01 00:00:00Z")]
#[case("2026-01-01T00:00:60Z")]
#[case("2026-01-01T24:00:00Z")]
#[case("2026-02-30T00:00:00Z")]
#[case("2025-02-29T00:00:00Z")]
#[case("1900-02-29T00:00:00Z")]
#[case("2026-13-01T00:00:00Z")]
#[case("2026-00-01T00:00:00Z")]
#[case("2026-01-00T00:00:00Z")]
#[case("2026-01-01T00:00:00.Z")]
#[case("2026-01-01T00:00:00.0123456789Z")]
#[case("0000-12-31T23:59:59Z")]
#[case("0001-01-01T00:00:00+00:01")]
#[case("9999-12-31T23:59:59-00:01")]
#[case("2026-01-01T00:00:00+0000")]
#[case("2026-01-01T00:00:00+24:00")]
#[case("10000-01-01T00:00:00Z")]
#[case("2026-1-1T00:00:00Z")]
#[case(" 2026-01-01T00:00:00Z")]
#[case("2026-01-01T00:00:00ZZ")]
#[case("٢٠٢٦-01-01T00:00:00Z")]
#[case("")]
fn other_texts_are_no_timestamps(#[case] text: &str) {
    refuses(&format!(r#"{{"printTime":"{text}"}}"#), "FIELD_INVALID", "printTime");
}

#[rstest]
#[case("1s", "1s")]
#[case("-0.5s", "-0.500s")]
#[case("1.000001s", "1.000001s")]
#[case("-315576000000.999999999s", "-315576000000.999999999s")]
#[case("0.000000001s", "0.000000001s")]
#[case("0s", "0s")]
fn durations_are_read_and_printed(#[case] text: &str, #[case] printed: &str) {
    accepts(&format!(r#"{{"loan":"{text}"}}"#), &format!(r#"{{"loan":"{printed}"}}"#));
}

#[rstest]
#[case("1")]
#[case(".5s")]
#[case("1.s")]
#[case("+1s")]
#[case("--1s")]
#[case("1.0000000001s")]
#[case("315576000001s")]
#[case("1 s")]
#[case("s")]
#[case("-s")]
#[case("9999999999999999999999s")]
fn other_texts_are_no_durations(#[case] text: &str) {
    refuses(&format!(r#"{{"loan":"{text}"}}"#), "FIELD_INVALID", "loan");
}

#[test]
fn field_masks_change_their_spelling() {
    assert_eq!(
        wire(r#"{"mask":"aBc.dE,f"}"#).unwrap(),
        hex("fa010d 0a08 615f62632e645f65 0a01 66")
    );
    accepts(r#"{"mask":"aBc.dE,f"}"#, r#"{"mask":"aBc.dE,f"}"#);
    accepts(r#"{"mask":""}"#, r#"{"mask":""}"#);
    for bad in ["a_b", "a,,b", "a,", ",", r#"a\"b"#, r"a\\b", r"a\nb"] {
        refuses(&format!(r#"{{"mask":"{bad}"}}"#), "FIELD_INVALID", "mask");
    }
}

#[rstest]
#[case(r#"{"note":"","big":"5","flag":false}"#, r#"{"note":"","big":"5","flag":false}"#)]
#[case(r#"{"big":0}"#, r#"{"big":"0"}"#)]
#[case(r#"{"empty":{}}"#, r#"{"empty":{}}"#)]
#[case(
    r#"{"extra":{"a":[1,"x",true,null,{"b":{}}],"":0}}"#,
    r#"{"extra":{"a":[1,"x",true,null,{"b":{}}],"":0}}"#
)]
#[case(r#"{"value":[],"values":[{},"",0,false]}"#, r#"{"values":[{},"",0,false],"value":[]}"#)]
#[case(r#"{"extra":{},"list":[]}"#, r#"{"extra":{},"list":[]}"#)]
#[case(
    r#"{"shelves":{"-1":"GENRE_NOVEL","2":7},"boxes":{"true":{},"false":{"width":1}}}"#,
    r#"{"shelves":{"-1":"GENRE_NOVEL","2":7},"boxes":{"true":{},"false":{"width":1}}}"#
)]
#[case(
    r#"{"genres":[0,2,"GENRE_FICTION",99]}"#,
    r#"{"genres":["GENRE_UNSPECIFIED","GENRE_POETRY","GENRE_NOVEL",99]}"#
)]
#[case(
    r#"{"s32":-1,"s64":"-9223372036854775808","f32":1,"sf64":-1}"#,
    r#"{"s32":-1,"s64":"-9223372036854775808","f32":1,"sf64":"-1"}"#
)]
#[case(r#"{"years":[],"authors":[],"labels":{},"numbers":[1.5]}"#, r#"{"numbers":[1.5]}"#)]
#[case(
    r#"{"subtitle":"","title":"","pages":0,"price":0.0,"lent":false,"cover":""}"#,
    r#"{"subtitle":""}"#
)]
fn other_kinds_come_back(#[case] body: &str, #[case] printed: &str) {
    accepts(body, printed);
}

#[rstest]
#[case(r#"{"boxes":{"True":{}}}"#, "boxes.True")]
#[case(r#"{"boxes":{"1":{}}}"#, "boxes.1")]
#[case(r#"{"shelves":{"":1}}"#, "shelves[\"\"]")]
#[case(r#"{"shelves":{"1.5":1}}"#, "shelves[\"1.5\"]")]
#[case(r#"{"shelves":{"2147483648":1}}"#, "shelves.2147483648")]
fn a_bad_map_key_is_refused(#[case] body: &str, #[case] field: &str) {
    refuses(body, "FIELD_INVALID", field);
}
