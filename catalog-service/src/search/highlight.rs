//! Marks in a text what was searched for.

use super::{analysis, pieces::pieces};
use crate::domain::{Segment, Terms};

/// How much of a long text is shown around what was searched for, in characters.
const SHOWN: usize = 160;

/// How much of it stands before the first mark.
const BEFORE: usize = 40;

/// The text in parts, of which those are marked that are among the terms.
pub(crate) fn marked(text: &str, terms: &Terms) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut at = 0;
    for (start, end) in matches(text, terms) {
        add(&mut segments, &text[at..start], false);
        add(&mut segments, &text[start..end], true);
        at = end;
    }
    add(&mut segments, &text[at..], false);
    segments
}

/// The part of a long text around the first thing that was searched for; nothing when it holds none.
pub(crate) fn excerpt(text: &str, terms: &Terms) -> Vec<Segment> {
    let Some((first, _)) = matches(text, terms).next() else { return Vec::new() };
    let boundary = |at: usize| text.floor_char_boundary(at);
    let mut start = boundary(first.saturating_sub(BEFORE));
    let mut end = boundary((start + SHOWN).min(text.len()));
    // Words are not cut in two.
    if start > 0 {
        start =
            text[start..first].find(char::is_whitespace).map_or(first, |space| start + space + 1);
    }
    if end < text.len() {
        end = text[start..end].rfind(char::is_whitespace).map_or(end, |space| start + space);
    }
    let mut segments = marked(text[start..end].trim_end(), terms);
    if start > 0 {
        segments.insert(0, Segment { text: "… ".to_owned(), is_match: false });
    }
    if end < text.len() {
        segments.push(Segment { text: " …".to_owned(), is_match: false });
    }
    segments
}

fn matches<'a>(text: &'a str, terms: &'a Terms) -> impl Iterator<Item = (usize, usize)> {
    let pieces = pieces(text);
    let of_text = analysis::terms(text);
    let mut found = vec![false; pieces.len()];
    for term in of_text.iter().filter(|term| terms.has(&term.text)) {
        let is_own = analysis::of_piece(&pieces[term.position]) == term.text;
        found[term.position] = true;
        // An amount, or what hangs together, takes in the pieces behind it.
        if !is_own {
            let behind = pieces[term.position + 1..].iter().take_while(|piece| piece.is_joined);
            let count = behind.count().max(1);
            found.iter_mut().skip(term.position).take(count + 1).for_each(|found| *found = true);
        }
    }
    let places = pieces.into_iter().zip(found).filter(|(_, found)| *found);
    places.map(|(piece, _)| (piece.start, piece.end))
}

fn add(segments: &mut Vec<Segment>, text: &str, is_match: bool) {
    if !text.is_empty() {
        segments.push(Segment { text: text.to_owned(), is_match });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(segments: &[Segment]) -> String {
        let one = |segment: &Segment| match segment.is_match {
            true => format!("[{}]", segment.text),
            false => segment.text.clone(),
        };
        segments.iter().map(one).collect()
    }

    fn terms(terms: &[&str]) -> Terms {
        let words = terms.iter().map(|term| (*term).to_owned()).collect();
        Terms { words, beginnings: Vec::new() }
    }

    #[test]
    fn what_was_searched_for_is_marked() {
        let mugs = marked("Enamel Mugs, 35 cl <b>", &terms(&["mug", "350ml"]));
        assert_eq!(shown(&mugs), "Enamel [Mugs], [35] [cl] <b>");
        let set = marked("Wi-Fi router", &terms(&["wifi"]));
        assert_eq!(shown(&set), "[Wi]-[Fi] router");
        assert_eq!(shown(&marked("Größe", &terms(&["groesse"]))), "[Größe]");
        assert_eq!(shown(&marked("", &terms(&["a"]))), "");
        let begun = Terms { beginnings: vec!["ena".to_owned()], ..terms(&["mug"]) };
        assert_eq!(shown(&marked("Enamel jug, mug", &begun)), "[Enamel] jug, [mug]");
    }

    #[test]
    fn a_long_text_is_shown_around_the_first_mark() {
        let text = format!("{} enamel mug {}", "before ".repeat(30), "behind ".repeat(60));
        let shown = shown(&excerpt(&text, &terms(&["enamel"])));
        assert!(shown.starts_with("… before ") && shown.contains("[enamel] mug"), "{shown}");
        assert!(shown.ends_with("behind …") && shown.chars().count() < 180, "{shown}");
        assert!(excerpt(&text, &terms(&["teapot"])).is_empty());
    }
}
