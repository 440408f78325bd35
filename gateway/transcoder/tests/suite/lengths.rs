//! What is printed and read by words of eight bytes: every length, and whatever is particular at every place.

use prost::encoding::encode_varint;

use crate::library::{TERSE, json, json_of, message, wire_of};

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
