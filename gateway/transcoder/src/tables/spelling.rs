//! The key of a member as most writers of JSON put it down: without an escape that is not needed, and with its colon right
//! behind it. Whether that stands somewhere is seen by comparing two words, without looking for the key's end.

/// How long a spelling may be: what fits into two words.
const LONGEST: usize = 16;

/// A quoted name and its colon.
#[derive(Debug)]
pub(crate) struct Spelling {
    text: u128,
    /// The bits of the text that count.
    mask: u128,
    length: usize,
}

impl Spelling {
    /// `None` when the text is too long.
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        let mask = u128::MAX.checked_shr(128 - 8 * text.len() as u32).unwrap_or(0);
        Some(Self { text: u128::from_le_bytes(bytes), mask, length: text.len() })
    }

    /// How long it is, when `json` starts with it. Near the end of the text, the answer may be no all the same.
    #[inline(always)]
    pub(crate) fn starts(&self, json: &[u8]) -> Option<usize> {
        let start = u128::from_le_bytes(*json.first_chunk()?);
        ((start ^ self.text) & self.mask == 0).then_some(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_is_found_where_it_stands_in_full() {
        for length in 1..=LONGEST {
            let text: Vec<u8> = (0..length).map(|at| b'a' + at as u8).collect();
            let spelling = Spelling::new(&text).unwrap();
            let mut json = [&text[..], &[b'"'; LONGEST]].concat();
            assert_eq!(spelling.starts(&json), Some(length));
            assert_eq!(spelling.starts(&json[..LONGEST]), Some(length));
            assert_eq!(spelling.starts(&json[..LONGEST - 1]), None);
            for at in 0..length {
                json[at] ^= 0x20;
                assert_eq!(spelling.starts(&json), None);
                json[at] ^= 0x20;
            }
        }
        assert!(Spelling::new(&[b'a'; LONGEST + 1]).is_none());
    }
}
