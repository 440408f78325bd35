//! The functions that filters, and steps of the schema, call from SQL.

use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::ValueRef,
};

use crate::{
    domain::{RevisionFilter, fold, product_of},
    encoding::{self, revision::Head},
};

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
    })?;
    // The name of who deleted a product, read from the part of it that says who changed it; empty when nobody did.
    connection.create_scalar_function("deleted_by", 1, flags, |context| {
        let actors = context.get_raw(0).as_blob()?;
        encoding::product::deleted_by(actors)
            .map_err(|error| rusqlite::Error::UserFunctionError(Box::new(error)))
    })?;
    // Whether fields, one a line, were changed by a revision whose changed fields stand one a line.
    connection.create_scalar_function("touches", 2, flags, |context| {
        let (fields, changed) = (context.get_raw(0).as_str()?, context.get_raw(1).as_str()?);
        let fields: Vec<_> = fields.lines().map(str::to_owned).collect();
        Ok(RevisionFilter::touches(&fields, changed))
    })?;
    add_parts_of_revisions(connection, flags)?;
    add_words_of_the_feed(connection, flags)
}

/// What is kept beside a revision, read from its document.
fn add_parts_of_revisions(connection: &Connection, flags: FunctionFlags) -> rusqlite::Result<()> {
    let head = |context: &Context<'_>| {
        let document = context.get_raw(0).as_blob()?;
        let damaged = |error| rusqlite::Error::UserFunctionError(Box::new(error));
        Head::read(document).map_err(damaged)
    };
    connection.create_scalar_function("revision_time", 1, flags, move |context| {
        Ok(head(context)?.micros())
    })?;
    connection.create_scalar_function("revision_actor", 1, flags, move |context| {
        Ok(head(context)?.actor().to_owned())
    })?;
    connection.create_scalar_function("revision_change", 1, flags, move |context| {
        Ok(head(context)?.kind())
    })?;
    connection.create_scalar_function("revision_fields", 1, flags, move |context| {
        Ok(head(context)?.fields())
    })
}

/// What a change in the feed tells of its resource, read from where it is kept.
fn add_words_of_the_feed(connection: &Connection, flags: FunctionFlags) -> rusqlite::Result<()> {
    fn damaged(error: encoding::Damaged) -> rusqlite::Error {
        rusqlite::Error::UserFunctionError(Box::new(error))
    }
    connection.create_scalar_function("product_in", 1, flags, |context| {
        Ok(product_of(context.get_raw(0).as_str()?).map(str::to_owned))
    })?;
    connection.create_scalar_function("category_title", 1, flags, |context| {
        let category = encoding::category::read(context.get_raw(0).as_blob()?);
        category.map(|category| category.title).map_err(damaged)
    })?;
    connection.create_scalar_function("shop_name", 1, flags, |context| {
        let shop = encoding::shop::read(context.get_raw(0).as_blob()?);
        shop.map(|shop| shop.display_name).map_err(damaged)
    })
}

fn holds(text: &str, folded_words: &str) -> bool {
    if text.is_ascii() {
        return text.to_ascii_lowercase().contains(folded_words);
    }
    fold(text).contains(folded_words)
}
