//! What a caller has typed, read as words.

use super::{
    analysis,
    pieces::{Piece, pieces},
};

/// How many words are searched for; those behind them are left out.
const MOST: usize = 32;

/// A word that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// Without case and accents.
    pub(super) text: String,
    /// As it stands in the index.
    pub(super) term: String,
    /// Other terms that mean it together with the word beside it: an amount, or both as one word.
    pub(super) with_neighbour: Vec<String>,
    /// Whether it may be the beginning of a longer word: it is the last, and nothing says that it has ended.
    pub(super) may_go_on: bool,
    /// Whether it is so common that it need not be there.
    pub(super) is_common: bool,
    /// Where it stands in what was typed, in bytes.
    pub(super) place: (usize, usize),
}

/// Everything that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The words outside of quotation marks.
    pub(super) words: Vec<Word>,
    /// The terms between quotation marks, which have to stand side by side.
    pub(super) phrases: Vec<Vec<String>>,
    /// All of it as one code, if it may be one.
    pub(super) code: Option<String>,
}

/// Reads what a caller has typed.
pub(super) fn asked(text: &str) -> Asked {
    let mut asked = Asked::default();
    let mut at = 0;
    for (number, part) in text.split(['"', '“', '”', '„']).enumerate() {
        let found = pieces(part);
        // A mark behind a number means inches, and opens nothing.
        if number % 2 == 1 && !found.is_empty() && text.matches(['"', '“', '”', '„']).count() > 1
        {
            asked.phrases.push(found.iter().map(analysis::of_piece).take(MOST).collect());
        } else {
            asked.words.extend(words(&found, at));
        }
        at += part.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    asked.words.truncate(MOST);
    asked.phrases.truncate(MOST);
    let goes_on = text.ends_with(char::is_alphanumeric);
    if let Some(last) = asked.words.last_mut().filter(|_| goes_on) {
        last.may_go_on = true;
        last.is_common = false;
    }
    if asked.words.iter().all(|word| word.is_common) {
        asked.words.iter_mut().for_each(|word| word.is_common = false);
    }
    let code = analysis::code(text);
    asked.code = (code.len() >= 3 && code.len() <= 64).then_some(code);
    asked
}

fn words(pieces: &[Piece], at: usize) -> Vec<Word> {
    let word = |piece: &Piece| Word {
        text: piece.text.clone(),
        term: analysis::of_piece(piece),
        is_common: is_common(&piece.text),
        place: (at + piece.start, at + piece.end),
        ..Word::default()
    };
    let mut words: Vec<_> = pieces.iter().map(word).collect();
    for first in 1..words.len() {
        let pair = &pieces[first - 1..=first];
        let together = analysis::amount(pair)
            .unwrap_or_else(|| analysis::singular(&format!("{}{}", pair[0].text, pair[1].text)));
        words[first - 1].with_neighbour.push(together.clone());
        words[first].with_neighbour.push(together);
    }
    words
}

/// Words of English, German and French that say nothing about what is sold.
fn is_common(word: &str) -> bool {
    const COMMON: &[&str] = &[
        "a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "auf",
        "aus", "das", "der", "die", "ein", "eine", "fuer", "im", "mit", "oder", "und", "von", "au",
        "avec", "de", "des", "du", "et", "la", "le", "les", "ou", "pour", "un", "une",
    ];
    COMMON.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        asked(text).words.into_iter().map(|word| word.term).collect()
    }

    #[test]
    fn words_are_read_as_they_stand_in_the_index() {
        assert_eq!(terms("Enamel MUGS"), ["enamel", "mug"]);
        assert_eq!(terms("…"), [""; 0]);
        assert_eq!(terms(&"word ".repeat(100)).len(), MOST);
    }

    #[test]
    fn the_last_word_may_go_on_until_something_ends_it() {
        assert!(asked("enamel m").words[1].may_go_on);
        assert!(!asked("enamel m").words[0].may_go_on);
        assert!(!asked("enamel mug ").words[1].may_go_on);
    }

    #[test]
    fn neighbours_are_searched_together_too() {
        let asked = asked("head set 35 cl");
        let together: Vec<_> =
            asked.words.iter().map(|word| word.with_neighbour.join(" ")).collect();
        assert_eq!(together, ["headset", "headset set35", "set35 350ml", "350ml"]);
    }

    #[test]
    fn quotation_marks_hold_words_together_and_inches_do_not() {
        let quoted = asked("red \"enamel mugs\" large");
        assert_eq!(quoted.phrases, [["enamel", "mug"]]);
        assert_eq!(quoted.words.len(), 2);
        let inches = asked("15.6\" laptop");
        assert!(inches.phrases.is_empty());
        assert_eq!(inches.words.len(), 2);
    }

    #[test]
    fn words_know_where_they_were_typed() {
        let text = "red “enamel mug” größe";
        let asked = asked(text);
        let typed: Vec<_> =
            asked.words.iter().map(|word| &text[word.place.0..word.place.1]).collect();
        assert_eq!(typed, ["red", "größe"]);
    }

    #[test]
    fn common_words_count_only_when_there_are_no_others() {
        assert!(asked("stand for ipad").words[1].is_common);
        assert!(asked("the and ").words.iter().all(|word| !word.is_common));
    }

    #[test]
    fn a_code_is_taken_as_a_whole() {
        assert_eq!(asked("EM-35 / Blue").code.as_deref(), Some("em35blue"));
        assert_eq!(asked("ab").code, None);
    }
}
