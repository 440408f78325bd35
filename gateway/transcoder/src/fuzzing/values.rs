//! Values of JSON one behind the other as they come in, against another reader of them.

use bytes::Bytes;
use serde::de::IgnoredAny;

use crate::Values;

/// The values, their lines and the first that is too long are the same wherever the body is cut.
///
/// Together with the space between them they are the body, and where another reader finds nothing but JSON, they are what it finds. The
/// first byte is the longest value, the second the length of a chunk; the rest is the body.
///
/// # Panics
/// Where that does not hold.
pub fn values(input: &[u8]) {
    let [longest, step, body @ ..] = input else { return };
    let longest = usize::from(*longest);
    let whole = cut([body].into_iter(), longest);
    for step in [usize::from(*step) + 1, 1] {
        assert_eq!(cut(body.chunks(step), longest), whole, "chunks of {step}");
    }
    let (found, too_long) = whole;
    let mut rest = body;
    for (line, value) in &found {
        rest = rest.trim_ascii_start();
        let before = &body[..body.len() - rest.len()];
        assert_eq!(*line, 1 + before.iter().filter(|byte| **byte == b'\n').count());
        rest = rest.strip_prefix(&value[..]).expect("values are cut out of the body");
        assert!(value.len() <= longest);
    }
    if too_long.is_none() {
        assert!(rest.trim_ascii_start().is_empty(), "nothing is lost");
        if let Some(others) = read_by_another(body) {
            assert_eq!(found.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), others);
        }
    }
}

/// The values with their lines, and the line of the one that is too long, behind which there are no others.
type Found = (Vec<(usize, Bytes)>, Option<usize>);

fn cut<'b>(chunks: impl Iterator<Item = &'b [u8]>, longest: usize) -> Found {
    let (mut values, mut found) = (Values::new(longest), Vec::new());
    for chunk in chunks {
        values.push(chunk);
        loop {
            match values.next_value() {
                Ok(Some(value)) => found.push(value),
                Ok(None) => break,
                Err(fault) => return (found, fault.line.map(|(line, _)| line)),
            }
        }
    }
    match values.last_value() {
        Ok(last) => {
            found.extend(last);
            (found, None)
        }
        Err(fault) => (found, fault.line.map(|(line, _)| line)),
    }
}

/// The same by serde_json; `None` where it finds a fault.
fn read_by_another(body: &[u8]) -> Option<Vec<Bytes>> {
    let mut stream = serde_json::Deserializer::from_slice(body).into_iter::<IgnoredAny>();
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(value) = stream.next() {
        value.ok()?;
        let to = stream.byte_offset();
        found.push(Bytes::copy_from_slice(body[from..to].trim_ascii()));
        from = to;
    }
    Some(found)
}
