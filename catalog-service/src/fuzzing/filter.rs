//! Filters and orders: their texts, and what a store finds by them.

use std::fmt::Display;

use super::shop;
use crate::{
    domain::{Audience, Filter, Order, ProductQuery, RevisionFilter, View},
    store::evaluator,
};

/// What is read prints as a text that reads the same; an error lies within its text; a store finds what looking at each product finds, in
/// the order that sorting them gives, on pages of two as on one.
///
/// The first line is a filter, the second an order.
///
/// # Panics
/// Where that does not hold.
pub fn filter(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (filter, order) = text.split_once('\n').unwrap_or((text, ""));
    if let Err(error) = RevisionFilter::parse(filter) {
        assert_column(filter, error.column, &error);
    }
    let filter = match Filter::parse(filter) {
        Ok(parsed) => parsed,
        Err(error) => return assert_column(filter, error.column, &error),
    };
    let order = match Order::parse(order) {
        Ok(parsed) => parsed,
        Err(error) => return assert_column(order, error.column, &error),
    };
    assert_eq!(Order::parse(&order.to_string()).as_ref(), Ok(&order));
    if let Some(filter) = &filter {
        reads_back(filter);
    }
    finds_what_is_there(filter.as_ref(), order);
}

/// Columns count characters from 1, and an error may stand behind the last.
fn assert_column(text: &str, column: usize, error: &dyn Display) {
    assert!((1..=text.chars().count() + 1).contains(&column), "{error}");
}

fn reads_back(filter: &Filter) {
    let printed = filter.to_string();
    match Filter::parse(&printed) {
        Ok(again) => assert_eq!(again.as_ref(), Some(filter), "{printed}"),
        // Printing writes out what was implied, and may so get longer, or more deeply nested, than a text may be.
        Err(error) => {
            let outgrown = printed.len() > 2_048 || error.message.contains("16 deep");
            assert!(outgrown, "{error}: {printed}");
        }
    }
}

fn finds_what_is_there(filter: Option<&Filter>, order: Order) {
    shop::with(|shop| {
        let matching = |product: &&proto::catalog::Product| {
            filter.is_none_or(|filter| evaluator::matches(filter, product))
        };
        let mut expected: Vec<_> = shop.products.iter().filter(matching).collect();
        expected.sort_by(|one, other| evaluator::compare(&order, one, other));
        let expected: Vec<_> = expected.into_iter().map(|product| product.name.clone()).collect();
        let query = ProductQuery {
            filter: filter.cloned(),
            order,
            show_deleted: true,
            view: View::Basic,
            audience: Audience::Staff,
            among: None,
        };
        for size in [2, 50] {
            if let Some(found) = shop.names(&query, size) {
                assert_eq!(found, expected, "pages of {size}");
            }
        }
    });
}
