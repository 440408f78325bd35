//! Which words of two texts differ.

/// How many pairs of words are compared; beyond, everything between the common ends counts as changed.
const MOST_PAIRS: usize = 250_000;

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) text: String,
    /// Whether the other text does not have it.
    pub(crate) differs: bool,
}

/// Both texts, cut where they begin and cease to differ. Put together again, the stretches of each are the whole text.
pub(crate) fn stretches(old: &str, new: &str) -> (Vec<Stretch>, Vec<Stretch>) {
    let (old, new) = (words(old), words(new));
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = ends.take_while(|(a, b)| a == b).count();
    let middle = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let (in_old, in_new) = common(middle.0, middle.1);
    let whole = |words: &[&str], common: Vec<bool>| {
        let mut marks = vec![true; start];
        marks.extend(common);
        marks.resize(words.len(), true);
        joined(words, &marks)
    };
    (whole(&old, in_old), whole(&new, in_new))
}

/// Words, and what stands between them. A number with its point, and a word with its hyphen, is one.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut before) = (0, None);
    let mut letters = text.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let behind = letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let joins = matches!(letter, '.' | ',' | '-' | '\'') && before == Some(true) && behind;
        let is_word = letter.is_alphanumeric() || joins;
        if before.is_some_and(|before| before != is_word) {
            words.push(&text[start..place]);
            start = place;
        }
        before = Some(is_word);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// Which words of each belong to the longest sequence that both have.
fn common(old: &[&str], new: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let (mut in_old, mut in_new) = (vec![false; old.len()], vec![false; new.len()]);
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        return (in_old, in_new);
    }
    let width = new.len() + 1;
    // The length of the longest common sequence behind each pair of places.
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            let place = row * width + column;
            longest[place] = if old[row] == new[column] {
                longest[place + width + 1] + 1
            } else {
                longest[place + width].max(longest[place + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < old.len() && column < new.len() {
        let place = row * width + column;
        if old[row] == new[column] {
            (in_old[row], in_new[column]) = (true, true);
            (row, column) = (row + 1, column + 1);
        } else if longest[place + width] >= longest[place + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    (in_old, in_new)
}

fn joined(words: &[&str], common: &[bool]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (word, common) in words.iter().zip(common) {
        match stretches.last_mut() {
            Some(last) if last.differs != *common => last.text.push_str(word),
            _ => stretches.push(Stretch { text: (*word).to_owned(), differs: !common }),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn marked(stretches: &[Stretch]) -> String {
        let mark = |one: &Stretch| match one.differs {
            true => format!("[{}]", one.text),
            false => one.text.clone(),
        };
        stretches.iter().map(mark).collect()
    }

    #[rstest]
    #[case("a blue mug", "a red mug", "a [blue] mug", "a [red] mug")]
    #[case("mug", "mug, blue", "mug", "mug[, blue]")]
    #[case("one two three", "one three four", "one [two ]three", "one three[ four]")]
    #[case("€14.90", "€17.90", "€[14.90]", "€[17.90]")]
    #[case("mug-35", "mug-50", "[mug-35]", "[mug-50]")]
    #[case("", "new", "", "[new]")]
    #[case("same", "same", "same", "same")]
    fn words_that_differ_are_marked(
        #[case] old: &str,
        #[case] new: &str,
        #[case] left: &str,
        #[case] right: &str,
    ) {
        let (old, new) = stretches(old, new);
        assert_eq!((marked(&old).as_str(), marked(&new).as_str()), (left, right));
    }

    #[test]
    fn a_long_text_costs_no_more_than_its_ends() {
        let text = |word: &str| format!("same {} end", format!("{word} ").repeat(10_000));
        let (old, _) = stretches(&text("a"), &text("b"));
        assert_eq!(old.iter().map(|one| one.differs).collect::<Vec<_>>(), [false, true, false]);
    }

    proptest::proptest! {
        #[test]
        fn the_stretches_are_the_texts(old in "[ab\n ]{0,40}", new in "[ab\n ]{0,40}") {
            let (left, right) = stretches(&old, &new);
            let whole = |all: &[Stretch]| all.iter().map(|one| one.text.as_str()).collect::<String>();
            assert_eq!(whole(&left), old);
            assert_eq!(whole(&right), new);
            let kept = |all: &[Stretch]| {
                let same = all.iter().filter(|one| !one.differs);
                same.map(|one| one.text.as_str()).collect::<String>()
            };
            assert_eq!(kept(&left), kept(&right));
        }
    }
}
