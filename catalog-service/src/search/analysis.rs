//! From texts to the terms that stand in the index: words without their plural, numbers, amounts, and words that hang together.

use super::{
    pieces::{Piece, pieces},
    units,
};

/// The longest beginnings of words that stand in the index, in letters. Few words begin with more than that.
pub(super) const BEGINNING: usize = 6;

/// A term, and where it stands among the words of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// As it stands in the index.
    pub(super) text: String,
    /// The number of the word.
    pub(super) position: usize,
}

/// The terms of a text.
pub(super) fn terms(text: &str) -> Vec<Term> {
    let pieces = pieces(text);
    let mut terms = Vec::with_capacity(pieces.len());
    for (position, piece) in pieces.iter().enumerate() {
        terms.push(Term { text: of_piece(piece), position });
        let amount = amount(&pieces[position..]);
        terms.extend(amount.map(|text| Term { text, position }));
        terms.extend(
            together(&pieces[position..], piece.is_joined).map(|text| Term { text, position }),
        );
    }
    terms
}

/// The beginnings of a term that stand in the index.
pub(super) fn beginnings(term: &str) -> impl Iterator<Item = &str> {
    let ends = term.char_indices().map(|(at, letter)| at + letter.len_utf8());
    ends.take(BEGINNING).map(|end| &term[..end])
}

/// The term of a piece by itself.
pub(super) fn of_piece(piece: &Piece) -> String {
    if piece.is_number { piece.text.clone() } else { singular(&piece.text) }
}

/// The amount that begins here, where a unit follows a number.
pub(super) fn amount(pieces: &[Piece]) -> Option<String> {
    let [number, unit, ..] = pieces else { return None };
    (number.is_number && !unit.is_number).then(|| units::amount(&number.text, &unit.text))?
}

/// What hangs together from here on, as one word: `wifi` for `wi-fi`. It begins where nothing hangs before.
fn together(pieces: &[Piece], is_joined: bool) -> Option<String> {
    let behind = pieces.iter().skip(1).take_while(|piece| piece.is_joined).count();
    let is_amount = behind == 1 && amount(pieces).is_some();
    (!is_joined && behind > 0 && behind < 8 && !is_amount).then(|| {
        let whole: String = pieces[..=behind].iter().map(|piece| piece.text.as_str()).collect();
        singular(&whole)
    })
}

/// A code such as a sku as one term: letters and digits only.
pub(super) fn code(text: &str) -> String {
    crate::domain::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A folded word without the endings of an English plural, after Harman's S stemmer, which leaves all else alone. What it makes
/// need not be a word: it is the same for texts and for queries.
pub(super) fn singular(word: &str) -> String {
    let is_plain = word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_plain || word.as_bytes()[word.len() - 2].is_ascii_digit() {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let hissing = ["sses", "shes", "ches", "xes"];
    if hissing.into_iter().any(|end| word.ends_with(end)) {
        return word[..word.len() - 2].to_owned();
    }
    let stays = ["ss", "us", "is"].into_iter().any(|end| word.ends_with(end));
    match word.strip_suffix('s') {
        Some(stem) if !stays => stem.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Enamel mugs", &["enamel", "mug"])]
    #[case("Wi-Fi", &["wi", "wifi", "fi"])]
    #[case("wifi", &["wifi"])]
    #[case("35 cl", &["35", "350ml", "cl"])]
    #[case("0.35l", &["0.35", "350ml", "l"])]
    #[case("16GB", &["16", "16000mb", "gb"])]
    #[case("EM-35/BLUE", &["em", "em35blue", "35", "blue"])]
    #[case("batteries, boxes and glasses", &["battery", "box", "and", "glass"])]
    #[case("bus gas iris", &["bus", "gas", "iris"])]
    fn a_text_has_terms(#[case] text: &str, #[case] expected: &[&str]) {
        let found: Vec<_> = terms(text).into_iter().map(|term| term.text).collect();
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case("enamels", &["e", "en", "ena", "enam", "ename", "enamel"])]
    #[case("öl", &["ö", "öl"])]
    #[case("", &[])]
    fn a_term_has_beginnings(#[case] term: &str, #[case] expected: &[&str]) {
        assert_eq!(beginnings(term).collect::<Vec<_>>(), expected);
    }

    #[rstest]
    #[case("EM-35/blue", "em35blue")]
    #[case("em 35 Blue", "em35blue")]
    #[case("4006381333931", "4006381333931")]
    fn a_code_is_known_without_its_separators(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(code(text), expected);
    }
}
