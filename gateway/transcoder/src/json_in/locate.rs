//! Finds the place of an offset in JSON text: its field path, its line and column.
//! Only faults come here. The text may be broken behind the offset, never before it.

use crate::fault::clip;
use crate::text;

enum Level<'a> {
    Object { key: Option<&'a str>, wants_key: bool },
    Array { index: usize },
}

/// The field path of an offset as the client writes it (`item.parts[3].price`).
pub(super) fn path(json: &str, at: usize, prefix: &str) -> String {
    let mut levels: Vec<Level<'_>> = Vec::new();
    let bytes = json.as_bytes();
    let mut pos = 0;
    while pos <= at && pos < bytes.len() {
        match bytes[pos] {
            b'"' => {
                let end = string_end(bytes, pos);
                if let Some(Level::Object { key, wants_key: wants @ true }) = levels.last_mut() {
                    *key = json.get(pos + 1..end);
                    *wants = false;
                }
                pos = end;
            }
            b'{' | b'[' if pos == at => break,
            b'{' => levels.push(Level::Object { key: None, wants_key: true }),
            b'[' => levels.push(Level::Array { index: 0 }),
            b'}' | b']' => {
                levels.pop();
            }
            b',' => match levels.last_mut() {
                Some(Level::Object { wants_key, .. }) => *wants_key = true,
                Some(Level::Array { index }) => *index += 1,
                None => {}
            },
            _ => {}
        }
        pos += 1;
    }
    let mut path = prefix.to_owned();
    for level in levels {
        match level {
            Level::Object { key: Some(key), .. } => push_key(&mut path, key),
            Level::Object { key: None, .. } => {}
            Level::Array { index } => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

/// The offset of the closing quote, or the end of the text.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'"' => return end,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    bytes.len()
}

fn push_key(path: &mut String, raw: &str) {
    let mut key = Vec::new();
    let plain = text::unescape(raw, |piece| key.extend_from_slice(piece)).is_ok();
    let key = clip(std::str::from_utf8(&key).ok().filter(|_| plain).unwrap_or(raw));
    let word = !key.is_empty()
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@'));
    match word {
        true if path.is_empty() => path.push_str(&key),
        true => path.extend([".", &key]),
        false => path.push_str(&format!("[{key:?}]")),
    }
}

/// Line and column of an offset, both from 1; columns count characters.
pub(super) fn line(json: &str, at: usize) -> (usize, usize) {
    let at = (0..=at.min(json.len())).rev().find(|at| json.is_char_boundary(*at)).unwrap_or(0);
    let before = &json[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}
