//! The one source of ids: ordered by time, lower case, without letters that look like digits or each other.

use jiff::Timestamp;
use rand::Rng as _;

/// Crockford's base 32 in lower case: no i, l, o and u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TIME_DIGITS: u32 = 9;
const RANDOM_DIGITS: u32 = 11;

/// Makes a new id: nine digits of milliseconds since 1970, then eleven random ones (55 bits).
pub fn new_id(now: Timestamp) -> String {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let random: u64 = rand::rng().next_u64();
    let mut id = String::with_capacity((TIME_DIGITS + RANDOM_DIGITS) as usize);
    push_digits(&mut id, millis, TIME_DIGITS);
    push_digits(&mut id, random, RANDOM_DIGITS);
    id
}

fn push_digits(id: &mut String, number: u64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = usize::try_from(number >> (5 * place) & 31).unwrap_or_default();
        id.push(char::from(ALPHABET[digit]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> String {
        new_id(Timestamp::from_millisecond(millis).unwrap())
    }

    #[test]
    fn later_ids_sort_behind_earlier_ones() {
        assert!(at(1_700_000_000_000) < at(1_700_000_000_001));
        assert!(at(1_700_000_000_001) < at(4_000_000_000_000));
    }

    #[test]
    fn ids_of_one_moment_differ() {
        let ids: std::collections::HashSet<_> = (0..1_000).map(|_| at(1_700_000_000_000)).collect();
        assert_eq!(ids.len(), 1_000);
    }

    #[test]
    fn an_id_has_only_digits_and_unmistakable_letters() {
        let id = at(1_700_000_000_000);
        assert_eq!(id.len(), 20);
        assert!(id.bytes().all(|byte| ALPHABET.contains(&byte)));
    }
}
