//! Filters and orders judged by looking at products: what every store has to agree with.

use std::cmp::Ordering;

use proto::catalog::Product as Wire;

use crate::domain::{
    Currency, Filter, Order, State,
    filter::{Comparison, Field, TextField, TimeField},
    fold,
    order::OrderField,
};

/// Whether a product matches. There are two categories: `kitchen` stands below `home`.
pub(crate) fn matches(filter: &Filter, product: &Wire) -> bool {
    match filter {
        Filter::And(all) => all.iter().all(|one| matches(one, product)),
        Filter::Or(any) => any.iter().any(|one| matches(one, product)),
        Filter::Not(one) => !matches(one, product),
        Filter::Has(field) => is_set(field, product),
        Filter::Text(field, comparison, text) => {
            let texts = texts(*field, product);
            let compare = |own: &String| holds(*comparison, own.cmp(text));
            match comparison {
                Comparison::NotEqual => !texts.is_empty() && texts.iter().all(compare),
                _ => texts.iter().any(compare),
            }
        }
        Filter::Contains(field, words) => {
            texts(*field, product).iter().any(|text| fold(text).contains(&fold(words)))
        }
        Filter::State(state) => {
            let own = match product.state() {
                proto::catalog::product::State::Active => State::Active,
                proto::catalog::product::State::Archived => State::Archived,
                _ => State::Draft,
            };
            own == *state
        }
        Filter::InCategory(category) => product.categories.contains(&category.name()),
        Filter::BelowCategory(category) => product.categories.iter().any(|own| {
            *own == category.name() || (category.as_str() == "home" && own == "categories/kitchen")
        }),
        Filter::Price(currency, comparison, micros) => {
            price(*currency, product).is_some_and(|own| holds(*comparison, own.cmp(micros)))
        }
        Filter::AttributeText(name, comparison, text) => attribute_text(name, product)
            .is_some_and(|own| holds(*comparison, own.as_str().cmp(text))),
        Filter::AttributeNumber(name, comparison, number) => {
            let own = attribute_number(name, product);
            own.is_some_and(|own| holds(*comparison, own.total_cmp(number)))
        }
        Filter::AttributeContains(name, words) => {
            attribute_text(name, product).is_some_and(|own| fold(&own).contains(&fold(words)))
        }
        Filter::Time(field, comparison, given) => {
            let given = given.as_microsecond();
            time(*field, product).is_some_and(|own| holds(*comparison, own.cmp(&given)))
        }
        Filter::Word(word) => [TextField::Title, TextField::Brand, TextField::Sku]
            .into_iter()
            .flat_map(|field| texts(field, product))
            .any(|text| fold(&text).contains(&fold(word))),
    }
}

fn holds(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    }
}

fn is_set(field: &Field, product: &Wire) -> bool {
    match field {
        Field::Text(field) => !texts(*field, product).is_empty(),
        Field::State => true,
        Field::Category => !product.categories.is_empty(),
        Field::Price(currency) => price(*currency, product).is_some(),
        Field::Attribute(name) => product.attributes.contains_key(name),
        Field::Time(field) => time(*field, product).is_some(),
    }
}

/// The texts of a field that are not empty.
fn texts(field: TextField, product: &Wire) -> Vec<String> {
    let variants = product.variants.iter();
    let texts: Vec<String> = match field {
        TextField::Title => vec![product.title.clone()],
        TextField::Slug => vec![product.slug.clone()],
        TextField::Brand => vec![product.brand.clone()],
        TextField::Description => vec![product.description.clone()],
        TextField::Tag => product.tags.clone(),
        TextField::Sku => variants.map(|variant| variant.sku.clone()).collect(),
        TextField::DeleteActor => {
            product.delete_actor.iter().map(|actor| actor.name.clone()).collect()
        }
        TextField::Gtin => variants.flat_map(|variant| variant.gtins.clone()).collect(),
    };
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}

fn price(currency: Option<Currency>, product: &Wire) -> Option<i64> {
    let code = currency.unwrap_or(Currency::EUR).code();
    let prices = product.variants.iter().flat_map(|variant| &variant.prices);
    let amounts = prices.filter_map(|price| price.amount.as_ref());
    let own = amounts.filter(|amount| amount.currency_code == code);
    own.map(|amount| amount.units * 1_000_000 + i64::from(amount.nanos / 1_000)).min()
}

fn attribute_text(name: &str, product: &Wire) -> Option<String> {
    match product.attributes.get(name)?.value.clone()? {
        proto::catalog::attribute_value::Value::Text(text) => Some(text),
        proto::catalog::attribute_value::Value::Number(_) => None,
    }
}

fn attribute_number(name: &str, product: &Wire) -> Option<f64> {
    match product.attributes.get(name)?.value.clone()? {
        proto::catalog::attribute_value::Value::Number(number) => Some(number),
        proto::catalog::attribute_value::Value::Text(_) => None,
    }
}

fn time(field: TimeField, product: &Wire) -> Option<i64> {
    let time = match field {
        TimeField::Create => product.create_time,
        TimeField::Update => product.update_time,
        TimeField::Delete => product.delete_time,
        TimeField::Publish => product.publish_time,
        TimeField::Unpublish => product.unpublish_time,
    }?;
    Some(time.seconds * 1_000_000 + i64::from(time.nanos) / 1_000)
}

/// How two products stand to each other in an order.
pub(crate) fn compare(order: &Order, one: &Wire, other: &Wire) -> Ordering {
    for key in order.keys() {
        let by_text = |one: &str, other: &str| turned(one.cmp(other), key.descending);
        let by_number = |one: Option<i64>, other: Option<i64>| match (one, other) {
            (Some(one), Some(other)) => turned(one.cmp(&other), key.descending),
            // Without the field last, either way.
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        let by_time = |field| by_number(time(field, one), time(field, other));
        let ordering = match key.field {
            OrderField::Title => by_text(&fold(&one.title), &fold(&other.title)),
            OrderField::Slug => by_text(&one.slug, &other.slug),
            OrderField::Price => by_number(price(None, one), price(None, other)),
            OrderField::CreateTime => by_time(TimeField::Create),
            OrderField::UpdateTime => by_time(TimeField::Update),
            OrderField::DeleteTime => by_time(TimeField::Delete),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    turned(one.name.cmp(&other.name), order.id_descends())
}

fn turned(ordering: Ordering, descending: bool) -> Ordering {
    if descending { ordering.reverse() } else { ordering }
}
