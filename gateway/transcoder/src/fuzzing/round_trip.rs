//! JSON to wire bytes to JSON: from the first printing on, nothing changes any more.

use super::{
    library::{assert_place, book, decoded, print, print_options, read},
    same,
};
use crate::{FaultClass, ParseOptions};

/// What was read is printed in every way that the first byte can choose, reads back as the same message, and prints the same again.
///
/// # Panics
/// Where that does not hold.
pub fn round_trip(input: &[u8]) {
    let Some((choice, json)) = input.split_first() else { return };
    let (id, descriptor) = book();
    let options = ParseOptions::default();
    let Ok(first) = read(id, json, &options) else { return };
    let style = print_options(*choice);
    let printed = match print(id, &first, &style) {
        Ok(printed) => printed,
        Err(fault) => {
            assert_eq!(fault.class, FaultClass::Limit, "what was read is printed: {fault:?}");
            return;
        }
    };
    let second = read(id, printed.as_bytes(), &options).unwrap_or_else(|fault| {
        assert_place(&fault, printed.as_bytes());
        panic!("what was printed is read: {fault:?}\n{printed}")
    });
    let (one, other) = (decoded(descriptor.clone(), &first), decoded(descriptor, &second));
    assert!(same::messages(&one, &other), "{printed}");
    assert_eq!(print(id, &second, &style).expect("it was printed before"), printed);
}
