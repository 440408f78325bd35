//! Which fields a product has, and what they compare with.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    Comparison, Field, Filter, FilterError, TextField, TimeField,
    scan::{Comparator, Piece},
};
use crate::domain::{CategoryId, Currency, State};

/// The fields of the contract.
const KNOWN: &str = "state, title, slug, brand, description, category, tag, sku, gtin, price, price.CURRENCY, \
     attributes.NAME, create_time, update_time, delete_time, publish_time, unpublish_time, delete_actor";

/// The field that a dotted name means.
pub(super) fn field(path: &[Piece]) -> Result<Field, FilterError> {
    let names: Vec<_> = path.iter().map(|piece| piece.text.as_str()).collect();
    Ok(match names.as_slice() {
        ["state"] => Field::State,
        ["title"] => Field::Text(TextField::Title),
        ["slug"] => Field::Text(TextField::Slug),
        ["brand"] => Field::Text(TextField::Brand),
        ["description"] => Field::Text(TextField::Description),
        ["tag"] => Field::Text(TextField::Tag),
        ["sku"] => Field::Text(TextField::Sku),
        ["gtin"] => Field::Text(TextField::Gtin),
        ["delete_actor"] => Field::Text(TextField::DeleteActor),
        ["category"] => Field::Category,
        ["price"] => Field::Price(None),
        ["price", code] => match Currency::parse(code) {
            Ok(currency) => Field::Price(Some(currency)),
            Err(error) => return Err(at(&path[1], error.to_string())),
        },
        ["attributes", name @ ..] if !name.is_empty() => Field::Attribute(name.join(".")),
        ["create_time"] => Field::Time(TimeField::Create),
        ["update_time"] => Field::Time(TimeField::Update),
        ["delete_time"] => Field::Time(TimeField::Delete),
        ["publish_time"] => Field::Time(TimeField::Publish),
        ["unpublish_time"] => Field::Time(TimeField::Unpublish),
        _ => {
            let message = format!("`{}` is not a field; take one of {KNOWN}", names.join("."));
            return Err(at(&path[0], message));
        }
    })
}

/// The condition that a field, a comparator and a value make.
pub(super) fn restriction(
    field: Field,
    comparator: Comparator,
    value: &Piece,
) -> Result<Filter, FilterError> {
    if comparator == Comparator::Has && value.text == "*" && !value.quoted {
        return Ok(Filter::Has(field));
    }
    if comparator == Comparator::Has && value.text.is_empty() {
        return Err(at(value, "an empty text is in every text; ask `:*` whether there is one"));
    }
    match (field, comparator) {
        (Field::Text(field), Comparator::Is(comparison)) => {
            Ok(Filter::Text(field, comparison, value.text.clone()))
        }
        (Field::Text(field), Comparator::Has) => Ok(Filter::Contains(field, value.text.clone())),
        (Field::State, comparator) => state(comparator, value),
        (Field::Category, comparator) => category(comparator, value),
        (Field::Price(currency), Comparator::Is(comparison)) => {
            Ok(Filter::Price(currency, comparison, micros(value)?))
        }
        (Field::Attribute(name), Comparator::Is(comparison)) => {
            Ok(match value.text.parse::<f64>() {
                Ok(number) if !value.quoted && number.is_finite() => {
                    Filter::AttributeNumber(name, comparison, number)
                }
                _ => Filter::AttributeText(name, comparison, value.text.clone()),
            })
        }
        (Field::Attribute(name), Comparator::Has) => {
            Ok(Filter::AttributeContains(name, value.text.clone()))
        }
        (Field::Time(field), Comparator::Is(comparison)) => {
            Ok(Filter::Time(field, comparison, time(value)?))
        }
        (Field::Price(_) | Field::Time(_), Comparator::Has) => {
            Err(at(value, "behind `:` only `*` can stand here, which asks whether there is one"))
        }
    }
}

fn state(comparator: Comparator, value: &Piece) -> Result<Filter, FilterError> {
    let state = Filter::State(match value.text.strip_prefix("STATE_").unwrap_or(&value.text) {
        "DRAFT" => State::Draft,
        "ACTIVE" => State::Active,
        "ARCHIVED" => State::Archived,
        other => {
            return Err(at(
                value,
                format!("`{other}` is not a state; take DRAFT, ACTIVE, ARCHIVED"),
            ));
        }
    });
    equality(comparator, value, state)
}

fn category(comparator: Comparator, value: &Piece) -> Result<Filter, FilterError> {
    let id = value.text.strip_prefix("categories/").unwrap_or(&value.text);
    let id = CategoryId::parse(id).map_err(|error| at(value, error.to_string()))?;
    match comparator {
        Comparator::Has => Ok(Filter::BelowCategory(id)),
        Comparator::Is(_) => equality(comparator, value, Filter::InCategory(id)),
    }
}

/// What has no order compares by `=`, `!=` and `:` only.
fn equality(comparator: Comparator, value: &Piece, equal: Filter) -> Result<Filter, FilterError> {
    match comparator {
        Comparator::Has | Comparator::Is(Comparison::Equal) => Ok(equal),
        Comparator::Is(Comparison::NotEqual) => Ok(Filter::Not(Box::new(equal))),
        Comparator::Is(_) => Err(at(value, "this field has no order; compare by `=` or `!=`")),
    }
}

/// An amount of at most six decimal places, in millionths.
fn micros(value: &Piece) -> Result<i64, FilterError> {
    let parse = || {
        let (units, fraction) = value.text.split_once('.').unwrap_or((&value.text, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(units) || !is_number(fraction) || fraction.len() > 6 {
            return None;
        }
        let units: i64 = units.parse().ok()?;
        let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
        units.checked_mul(1_000_000)?.checked_add(fraction)
    };
    let message = "is not an amount of at most six decimal places, such as 19.99";
    parse().ok_or_else(|| at(value, format!("`{}` {message}", value.text)))
}

/// A time of RFC 3339, or a day, which begins at midnight UTC.
pub(super) fn time(value: &Piece) -> Result<Timestamp, FilterError> {
    let day = || value.text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok();
    let time = value.text.parse().ok().or_else(|| day().map(|day| day.timestamp()));
    let message = "is not a time such as 2026-11-23T08:30:00Z, or a day such as 2026-11-23";
    time.map(crate::domain::to_microseconds)
        .ok_or_else(|| at(value, format!("`{}` {message}", value.text)))
}

fn at(piece: &Piece, message: impl Into<String>) -> FilterError {
    FilterError { column: piece.column, message: message.into() }
}
