//! Keys as most writers put them down are found in one step; all other ways to write the same are read alike.

use transcoder::ParseOptions;

use crate::library::{blame, wire, wire_with};

/// Members in the order of their fields, with names of all lengths and values of all kinds.
const MEMBERS: [(&str, &str); 12] = [
    ("name", r#""n""#),
    ("etag", r#""e""#),
    ("title", r#""a \"title\"""#),
    ("genre", r#""GENRE_POETRY""#),
    ("authors", r#"["a","b"]"#),
    ("labels", r#"{"a":"b","c":""}"#),
    ("years", "[1,-2,300]"),
    ("size", r#"{"width":3,"maker":"m"}"#),
    ("createTime", r#""2026-01-02T03:04:05Z""#),
    ("subtitle", r#""""#),
    ("stra\\\"nge", r#""s""#),
    ("next", r#"{"title":"t","u32":7}"#),
];

/// The members with these signs between them.
fn body(members: &[(&str, &str)], comma: &str, colon: &str) -> String {
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("\"{name}\"{colon}{value}")).collect();
    format!("{{{}}}", members.join(comma))
}

#[test]
fn space_around_keys_changes_nothing() {
    let compact = wire(&body(&MEMBERS, ",", ":")).unwrap();
    for comma in [",", ", ", " ,", "\n,\t"] {
        for colon in [":", ": ", " :", "\r\n:\n "] {
            let spaced = body(&MEMBERS, comma, colon);
            assert_eq!(wire(&spaced).unwrap(), compact, "{spaced}");
            assert_eq!(wire(&spaced.replace('{', "{ ").replace('}', " }")).unwrap(), compact);
        }
    }
}

#[test]
fn a_member_may_be_left_out_or_come_elsewhere() {
    let whole = wire(&body(&MEMBERS, ",", ":")).unwrap();
    for left_out in 0..MEMBERS.len() {
        let mut members = MEMBERS.to_vec();
        let moved = members.remove(left_out);
        let alone = wire(&body(&[moved], ",", ":")).unwrap();
        let rest = wire(&body(&members, ",", ":")).unwrap();
        assert_eq!(rest.len() + alone.len(), whole.len());
        for place in 0..=members.len() {
            let mut members = members.clone();
            members.insert(place, moved);
            let mixed = wire(&body(&members, ",", ":")).unwrap();
            let before = wire(&body(&members[..place], ",", ":")).unwrap();
            assert_eq!(mixed, [&before, &alone, &rest[before.len()..]].concat());
        }
    }
}

#[test]
fn keys_may_be_escaped_or_spelled_as_in_the_proto_file() {
    let compact = wire(&body(&MEMBERS, ",", ":")).unwrap();
    let escaped = body(&MEMBERS, ",", ":").replace("\"name", "\"\\u006eame");
    assert!(escaped.contains(r#""\u006eame""#));
    assert_eq!(wire(&escaped).unwrap(), compact);
    let by_proto = body(&MEMBERS, ",", ":").replace("createTime", "create_time");
    assert_eq!(wire(&by_proto).unwrap(), compact);
}

#[test]
fn a_body_that_ends_early_is_refused_wherever_it_ends() {
    let whole = body(&MEMBERS, ",", ":");
    for end in 0..whole.len() {
        assert_eq!(blame(wire(&whole[..end])).0, "JSON_SYNTAX", "{}", &whole[..end]);
    }
}

#[test]
fn what_is_almost_a_key_is_none() {
    for body in [
        r#"{,"name":"n"}"#,
        r#"{"name":"n","etag" "e"}"#,
        r#"{"name":"n"."etag":"e"}"#,
        r#"{"name":"n""etag":"e"}"#,
        r#"{"name":"n",,"etag":"e"}"#,
        r#"{"name":"n",etag":"e"}"#,
        r#"{"name":,"etag":"e"}"#,
    ] {
        assert_eq!(blame(wire(body)).0, "JSON_SYNTAX", "{body}");
    }
}

#[test]
fn keys_found_in_one_step_are_counted_too() {
    let members = &MEMBERS[..3];
    let options = |max_keys| ParseOptions { max_keys, ..ParseOptions::default() };
    for (comma, colon) in [(",", ":"), (", ", ": ")] {
        let body = body(members, comma, colon);
        wire_with(&body, &options(3)).unwrap();
        assert_eq!(blame(wire_with(&body, &options(2))).0, "KEYS_EXCEEDED");
    }
}
