//! Lines of JSON as they come in, against cutting the whole body at its line breaks.

use bytes::Bytes;

use crate::Lines;

/// The lines, their numbers and the first that is too long are the same wherever the body is cut.
///
/// The first byte is the longest line, the second the length of a chunk; the rest is the body.
///
/// # Panics
/// Where that does not hold.
pub fn lines(input: &[u8]) {
    let [longest, step, body @ ..] = input else { return };
    let longest = usize::from(*longest);
    let expected = whole(body, longest);
    for step in [usize::from(*step) + 1, 1, body.len().max(1)] {
        assert_eq!(cut(body.chunks(step), longest), expected, "chunks of {step}");
    }
}

/// The lines with their numbers, and the number of the one that is too long, behind which there are no others.
type Found = (Vec<(usize, Bytes)>, Option<usize>);

fn cut<'b>(chunks: impl Iterator<Item = &'b [u8]>, longest: usize) -> Found {
    let (mut lines, mut found) = (Lines::new(longest), Vec::new());
    for chunk in chunks {
        lines.push(chunk);
        loop {
            match lines.next_line() {
                Ok(Some(line)) => found.push(line),
                Ok(None) => break,
                Err(fault) => return (found, fault.line.map(|(line, _)| line)),
            }
        }
    }
    match lines.last_line() {
        Ok(last) => {
            found.extend(last);
            (found, None)
        }
        Err(fault) => (found, fault.line.map(|(line, _)| line)),
    }
}

fn whole(body: &[u8], longest: usize) -> Found {
    let mut found = Vec::new();
    for (index, line) in body.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > longest {
            return (found, Some(index + 1));
        }
        if !line.trim_ascii().is_empty() {
            found.push((index + 1, Bytes::copy_from_slice(line)));
        }
    }
    (found, None)
}
