//! Where the words and numbers of a text are: the one reading on which indexing, searching and marking agree.

use crate::domain::fold;

/// The longest word that is looked at; longer ones are no words.
const LONGEST: usize = 64;

/// A word or a number in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// Without case and accents; a number in plain digits with a point.
    pub(super) text: String,
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Whether it is a number.
    pub(super) is_number: bool,
    /// Whether nothing but a sign such as `-` stands between it and the piece before: `wi-fi`, `16GB`.
    pub(super) is_joined: bool,
}

/// The pieces of a text in their order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = next(text, rest, char::is_alphanumeric) {
        let end = next(text, start, |c| !c.is_alphanumeric()).unwrap_or(text.len());
        rest = run(text, start, end, &mut found);
    }
    found
}

fn next(text: &str, from: usize, wanted: impl Fn(char) -> bool) -> Option<usize> {
    text.get(from..)?.char_indices().find(|(_, c)| wanted(*c)).map(|(at, _)| from + at)
}

/// Takes what one run of letters and digits holds, and tells where to go on.
fn run(text: &str, start: usize, end: usize, found: &mut Vec<Piece>) -> usize {
    let digits = text[start..end].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits == end - start {
        if digits == 0 {
            push(text, start, end, false, found);
            return end;
        }
        let end = end_of_number(text, end);
        push(text, start, end, true, found);
        return unit_sign(text, end, found);
    }
    // Digits with letters behind them are an amount only where the letters are a unit: `16gb`, not `1080p`.
    if super::units::is_unit(&fold(&text[start + digits..end])) {
        push(text, start, start + digits, true, found);
        push(text, start + digits, end, false, found);
    } else {
        push(text, start, end, false, found);
    }
    end
}

/// A number goes on behind a point or comma with further digits, and behind those a unit may follow at once: `1.5kg`.
fn end_of_number(text: &str, mut end: usize) -> usize {
    loop {
        let rest = &text.as_bytes()[end..];
        let is_point = matches!(rest.first(), Some(b'.' | b','));
        let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
        if !is_point || digits == 0 {
            return end;
        }
        end += 1 + digits;
    }
}

/// Takes the sign for inches, `17"`, and the letters that follow a decimal at once, for a unit.
fn unit_sign(text: &str, end: usize, found: &mut Vec<Piece>) -> usize {
    let inches = ["\"", "″", "”"].into_iter().find(|sign| text[end..].starts_with(sign));
    if let Some(sign) = inches {
        let (start, end) = (end, end + sign.len());
        found.push(Piece { text: "in".to_owned(), start, end, is_number: false, is_joined: true });
        return end;
    }
    end
}

fn push(text: &str, start: usize, end: usize, is_number: bool, found: &mut Vec<Piece>) {
    let source = &text[start..end];
    if source.len() > LONGEST {
        return;
    }
    let folded = if is_number { plain_number(source) } else { fold(source) };
    let is_joined = found.last().is_some_and(|before| {
        let between = &text[before.end..start];
        between.is_empty() || matches!(between, "-" | "_" | "/" | "." | "'" | "’" | "‑" | "–" | "+")
    });
    found.push(Piece { text: folded, start, end, is_number, is_joined });
}

/// `1,440` and `1.440.000` have their thousands apart; `1,5` is one and a half.
fn plain_number(source: &str) -> String {
    let signs = source.matches(['.', ',']).count();
    let last = source.rfind(['.', ',']);
    let Some(last) = last else { return source.to_owned() };
    let decimals = &source[last + 1..];
    let groups = source.split(['.', ',']).skip(1).all(|group| group.len() == 3);
    let is_comma = source[last..].starts_with(',');
    if groups && (signs > 1 || is_comma) {
        return source.replace(['.', ','], "");
    }
    let whole = source[..last].replace(['.', ','], "");
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Enamel mug, 35 cl", &["enamel", "mug", "35", "cl"])]
    #[case("16GB DDR4", &["16", "gb", "ddr4"])]
    #[case("1.5kg flour", &["1.5", "kg", "flour"])]
    #[case("1,5 l", &["1.5", "l"])]
    #[case("1,440 x 900", &["1440", "x", "900"])]
    #[case("15.60\" screen", &["15.6", "in", "screen"])]
    #[case("1080p Full-HD", &["1080p", "full", "hd"])]
    #[case("dv7-1211ea", &["dv7", "1211ea"])]
    #[case("Größe Café", &["groesse", "cafe"])]
    #[case("… — !", &[])]
    #[case("", &[])]
    fn a_text_falls_into_pieces(#[case] text: &str, #[case] expected: &[&str]) {
        let found: Vec<_> = pieces(text).into_iter().map(|piece| piece.text).collect();
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case("Wi-Fi router", &[false, true, false])]
    #[case("EM-35/BLUE", &[false, true, true])]
    #[case("16GB", &[false, true])]
    #[case("one, two", &[false, false])]
    fn pieces_know_whether_they_hang_together(#[case] text: &str, #[case] expected: &[bool]) {
        let found: Vec<_> = pieces(text).into_iter().map(|piece| piece.is_joined).collect();
        assert_eq!(found, expected);
    }

    proptest::proptest! {
        #[test]
        fn every_piece_lies_in_its_text(text in "\\PC{0,60}") {
            let mut end = 0;
            for piece in pieces(&text) {
                proptest::prop_assert!(piece.start >= end && piece.end > piece.start);
                proptest::prop_assert!(text.get(piece.start..piece.end).is_some());
                end = piece.end;
            }
        }
    }
}
