//! What is printed and read by words of eight bytes: every length, and whatever is particular at every place.

use prost::encoding::encode_varint;

use transcoder::MsgId;

use crate::library::{TERSE, blame, hex, json, json_of, message, wire, wire_of};

/// A book of which only the title is set.
fn titled(title: &[u8]) -> Vec<u8> {
    let mut wire = vec![0x1a];
    encode_varint(title.len() as u64, &mut wire);
    wire.extend(title);
    wire
}

/// A plain text of that length.
fn plain(length: usize) -> String {
    (0..length).map(|at| char::from(b'a' + (at % 26) as u8)).collect()
}

#[test]
fn texts_of_every_length_print_with_whatever_stands_anywhere_in_them() {
    let particular = ["\"", "\\", "\n", "\u{0}", "\u{1f}", "\u{7f}", "é", "€", "𝄞", " "];
    for length in (0..40).chain([63, 64, 65, 127, 128, 129, 200]) {
        for inserted in particular.into_iter().chain(["", "\"\"", "\\\n\"", "é\"é"]) {
            for place in 0..=length {
                let mut title = plain(length);
                title.insert_str(place, inserted);
                let expected = match title.as_str() {
                    "" => "{}".to_owned(),
                    title => format!("{{\"title\":{}}}", serde_json::to_string(title).unwrap()),
                };
                assert_eq!(json(&titled(title.as_bytes())).unwrap(), expected);
            }
        }
    }
}

#[test]
fn what_is_no_text_is_refused_wherever_it_stands() {
    for length in 0..40 {
        for place in 0..=length {
            for broken in [&b"\x80"[..], b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\"\xc0"]
            {
                let mut title = plain(length).into_bytes();
                title.splice(place..place, broken.iter().copied());
                assert_eq!(json(&titled(&title)).unwrap_err().reason, "RESPONSE_INVALID");
            }
        }
    }
}

#[test]
fn texts_of_every_length_are_read_whatever_is_escaped_anywhere_in_them() {
    let escapes = [
        (r#"\""#, "\""),
        (r"\\", "\\"),
        (r"\/", "/"),
        (r"\n", "\n"),
        (r"\u0000", "\0"),
        (r"\u001F", "\u{1f}"),
        (r"\u00e9", "é"),
        (r"\u20AC\t", "€\t"),
        (r"\ud834\udd1e", "𝄞"),
        ("é", "é"),
        ("", ""),
    ];
    for length in (0..40).chain([63, 64, 65, 119, 120, 121, 127, 128, 129, 200]) {
        for (escape, meant) in escapes {
            for place in 0..=length {
                let (mut body, mut title) = (plain(length), plain(length));
                body.insert_str(place, escape);
                title.insert_str(place, meant);
                let read = wire(&format!("{{\"title\":\"{body}\"}}")).unwrap();
                let expected = if title.is_empty() { vec![] } else { titled(title.as_bytes()) };
                assert_eq!(read, expected, "{body}");
            }
        }
    }
}

#[test]
fn what_is_no_escape_is_refused_wherever_it_stands() {
    for length in 0..40 {
        for place in 0..=length {
            for broken in
                [r"\x", r"\u12 ", r"\u12g4", r"\ud800", r"\ud800\u0041", r"\é", "\n", "\u{1f}"]
            {
                let mut title = plain(length);
                title.insert_str(place, broken);
                let (reason, _) = blame(wire(&format!("{{\"title\":\"{title}\"}}")));
                assert_eq!(reason, "JSON_SYNTAX", "{title}");
            }
        }
    }
}

#[test]
fn bytes_of_every_length_come_back_and_no_other_letter_is_taken() {
    let wrapper = message("google.protobuf.BytesValue");
    for length in 0..100 {
        let content: Vec<u8> = (0..length).map(|at| (at * 37 + 250) as u8).collect();
        let mut bytes = vec![0x0a];
        encode_varint(length as u64, &mut bytes);
        bytes.extend(&content);
        let printed = json_of(wrapper, &bytes, &TERSE).unwrap();
        assert_eq!(printed.len(), content.len().div_ceil(3) * 4 + 2);
        let read = wire_of(wrapper, printed.as_bytes(), &Default::default()).unwrap();
        assert_eq!(read, if length == 0 { &[][..] } else { &bytes });
        for place in 1..printed.trim_end_matches(['"', '=']).len() {
            let mut wrong = printed.clone();
            wrong.replace_range(place..=place, "!");
            wire_of(wrapper, wrong.as_bytes(), &Default::default()).unwrap_err();
        }
    }
    assert_eq!(json_of(wrapper, &hex("0a04 00fbefff"), &TERSE).unwrap(), "\"APvv/w==\"");
}

/// A number prints as short as Rust writes it, and is read back. Where two such texts are equally near, Rust takes the
/// greater one, and we the even one, as JavaScript does.
fn prints_shortest(wrapper: MsgId, wire: &[u8], by_rust: &str) {
    let printed = json_of(wrapper, wire, &TERSE).unwrap();
    let (digits, last) = printed.split_at(printed.find('e').unwrap_or(printed.len()) - 1);
    assert!(printed.len() == by_rust.len() && by_rust.starts_with(digits), "{printed} {by_rust}");
    assert!(printed == by_rust || b"02468".contains(&last.as_bytes()[0]), "{printed} {by_rust}");
    let read = wire_of(wrapper, printed.as_bytes(), &Default::default()).unwrap();
    assert_eq!(read, wire, "{printed}");
}

/// As Rust writes it, with an exponent where digits would be many.
fn shortest(value: impl std::fmt::Display + std::fmt::LowerExp, magnitude: f64) -> String {
    match magnitude == 0.0 || (1e-5..1e17).contains(&magnitude) {
        true => value.to_string(),
        false => format!("{value:e}"),
    }
}

#[test]
fn doubles_of_every_magnitude_print_their_shortest_text() {
    let wrapper = message("google.protobuf.DoubleValue");
    let mantissas = [0, 1, 0x8_0000_0000_0000, 0x5_5555_5555_5555, 0xf_ffff_ffff_ffff];
    let steps = (0..0x7ff).flat_map(|exponent| mantissas.map(|bits| exponent << 52 | bits));
    let prices = (1..=20_000).map(|cents| (f64::from(cents) / 100.0).to_bits());
    let powers = (-20..25).map(|power| format!("1e{power}").parse::<f64>().unwrap().to_bits());
    let edges = powers.flat_map(|power| [power - 1, power, power + 1]);
    for bits in steps.chain(prices).chain(edges).filter(|bits| *bits != 0) {
        for value in [f64::from_bits(bits), -f64::from_bits(bits)] {
            let wire = [&[0x09], &value.to_le_bytes()[..]].concat();
            prints_shortest(wrapper, &wire, &shortest(value, value.abs()));
        }
    }
    prints_shortest(wrapper, &hex("09 0000000000000080"), "-0");
}

#[test]
fn floats_of_every_magnitude_print_their_shortest_text() {
    let wrapper = message("google.protobuf.FloatValue");
    let mantissas = [0, 1, 0x40_0000, 0x2a_aaaa, 0x7f_ffff];
    let steps = (0..0xff).flat_map(|exponent| mantissas.map(|bits| exponent << 23 | bits));
    let powers = (-20..25).map(|power| format!("1e{power}").parse::<f32>().unwrap().to_bits());
    let edges = powers.flat_map(|power| [power - 1, power, power + 1]);
    for bits in steps.chain(edges).filter(|bits| *bits != 0) {
        for value in [f32::from_bits(bits), -f32::from_bits(bits)] {
            let wire = [&[0x0d], &value.to_le_bytes()[..]].concat();
            prints_shortest(wrapper, &wire, &shortest(value, f64::from(value.abs())));
        }
    }
    prints_shortest(wrapper, &hex("0d 00000080"), "-0");
}

#[test]
fn integers_of_every_length_are_read_bare_and_in_quotes() {
    let powers = (0..63).map(|bit| 1_i64 << bit);
    let tens = (0..19).map(|digits| 10_i64.pow(digits));
    let edges = powers.chain(tens).flat_map(|edge| [edge - 1, edge, edge + 1]);
    for edge in edges.chain([i64::MAX]).filter(|edge| *edge > 0) {
        for value in [edge, -edge, -edge - 1] {
            let mut expected = vec![0x20];
            encode_varint(value as u64, &mut expected);
            for text in [format!("{value}"), format!("\"{value}\""), format!("{value}.0")] {
                for body in [format!("{{\"pages\":{text}}}"), format!("{{ \"pages\" : {text}\n}}")]
                {
                    assert_eq!(wire(&body).unwrap(), expected, "{body}");
                }
            }
            // A digit more than fits, or one that must not be there.
            for text in [
                format!("{value}00000000000000000000"),
                value.to_string().replacen(char::is_numeric, "01", 1),
            ] {
                for text in [format!("\"{text}\""), text] {
                    wire(&format!("{{\"pages\":{text}}}")).unwrap_err();
                }
            }
            assert_eq!(
                wire(&format!("{{\"price\":{value}}}")).unwrap()[2..],
                (value as f64).to_le_bytes()
            );
            assert_eq!(
                wire(&format!("{{\"ratio\":{value}}}")).unwrap()[2..],
                (value as f32).to_le_bytes()
            );
        }
    }
}

#[test]
fn integers_of_every_length_come_back() {
    let wrapper = message("google.protobuf.UInt64Value");
    let powers = (0..64).map(|bit| 1_u64 << bit);
    let tens = (0..20).map(|digits| 10_u64.pow(digits));
    for value in powers.chain(tens).flat_map(|edge| [edge - 1, edge, edge + 1]).chain([u64::MAX]) {
        let mut wire = vec![0x08];
        encode_varint(value, &mut wire);
        for behind in [0, 8] {
            // What stands behind a number must not matter: an unknown field here.
            let mut longer = wire.clone();
            longer.extend([0x7a, behind].iter().chain(&vec![0; usize::from(behind)]));
            let printed = json_of(wrapper, &longer, &TERSE).unwrap();
            assert_eq!(printed, format!("\"{value}\""));
            let read = wire_of(wrapper, printed.as_bytes(), &Default::default()).unwrap();
            assert_eq!(read, if value == 0 { &[][..] } else { &wire });
        }
    }
}

#[test]
fn days_of_all_years_print_as_they_are_read() {
    let timestamp = message("google.protobuf.Timestamp");
    let (first, last) = (-62_135_596_800_i64, 253_402_300_799);
    // Every length of month and year, and every time of day in turn.
    let step = 86_400 * 13 + 3_661;
    for seconds in (first..=last).step_by(step).chain([last]) {
        let mut wire = vec![0x08];
        encode_varint(seconds as u64, &mut wire);
        let printed = json_of(timestamp, &wire, &TERSE).unwrap();
        let read = wire_of(timestamp, printed.as_bytes(), &Default::default()).unwrap();
        assert_eq!(read, if seconds == 0 { &[][..] } else { &wire }, "{printed}");
    }
}
