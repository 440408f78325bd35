//! The functions that filters call from SQL.

use rusqlite::{Connection, functions::FunctionFlags, types::ValueRef};

use crate::{domain::fold, encoding};

/// Adds them to a connection.
pub(super) fn add(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    // Whether a text holds words that are folded already.
    connection.create_scalar_function("holds", 2, flags, |context| {
        let (ValueRef::Text(text), ValueRef::Text(words)) =
            (context.get_raw(0), context.get_raw(1))
        else {
            return Ok(false);
        };
        Ok(holds(&String::from_utf8_lossy(text), &String::from_utf8_lossy(words)))
    })?;
    // The description in an encoded product.
    connection.create_scalar_function("description", 1, flags, |context| {
        let document = context.get_raw(0).as_blob()?;
        Ok(encoding::product::description(document).to_owned())
    })
}

fn holds(text: &str, folded_words: &str) -> bool {
    if text.is_ascii() {
        return text.to_ascii_lowercase().contains(folded_words);
    }
    fold(text).contains(folded_words)
}
