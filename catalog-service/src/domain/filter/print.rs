//! Filters as text, in the language that they are read from.

use std::fmt;

use super::{Comparison, Field, Filter, TextField, TimeField};
use crate::domain::State;

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(all) => joined(f, all, " AND "),
            Self::Or(any) => joined(f, any, " OR "),
            Self::Not(one) => {
                f.write_str("NOT ")?;
                nested(f, one)
            }
            Self::Has(field) => write!(f, "{field}:*"),
            Self::Text(field, comparison, text) => {
                write!(f, "{} {comparison} {}", field.name(), Quoted(text))
            }
            Self::Contains(field, words) => write!(f, "{}:{}", field.name(), Quoted(words)),
            Self::State(state) => write!(f, "state = {}", state_name(*state)),
            Self::InCategory(category) => write!(f, "category = {}", Quoted(category.as_str())),
            Self::BelowCategory(category) => write!(f, "category:{}", Quoted(category.as_str())),
            Self::Price(currency, comparison, micros) => {
                let (units, fraction) = (micros / 1_000_000, micros % 1_000_000);
                write!(f, "{} {comparison} {units}.{fraction:06}", Field::Price(*currency))
            }
            Self::AttributeText(name, comparison, text) => {
                write!(f, "attributes.{} {comparison} {}", Quoted(name), Quoted(text))
            }
            Self::AttributeNumber(name, comparison, number) => {
                write!(f, "attributes.{} {comparison} {number}", Quoted(name))
            }
            Self::AttributeContains(name, words) => {
                write!(f, "attributes.{}:{}", Quoted(name), Quoted(words))
            }
            Self::Time(field, comparison, time) => {
                write!(f, "{} {comparison} \"{time}\"", field.name())
            }
            Self::Word(word) => write!(f, "{}", Quoted(word)),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, filters: &[Filter], by: &str) -> fmt::Result {
    for (index, filter) in filters.iter().enumerate() {
        if index > 0 {
            f.write_str(by)?;
        }
        match filter {
            Filter::Not(_) => write!(f, "{filter}")?,
            _ => nested(f, filter)?,
        }
    }
    Ok(())
}

fn nested(f: &mut fmt::Formatter<'_>, filter: &Filter) -> fmt::Result {
    match filter {
        Filter::And(_) | Filter::Or(_) | Filter::Not(_) => write!(f, "({filter})"),
        _ => write!(f, "{filter}"),
    }
}

/// A text between quotes.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(field) => f.write_str(field.name()),
            Self::State => f.write_str("state"),
            Self::Category => f.write_str("category"),
            Self::Price(None) => f.write_str("price"),
            Self::Price(Some(currency)) => write!(f, "price.{currency}"),
            Self::Attribute(name) => write!(f, "attributes.{}", Quoted(name)),
            Self::Time(field) => f.write_str(field.name()),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl TextField {
    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Slug => "slug",
            Self::Brand => "brand",
            Self::Description => "description",
            Self::Tag => "tag",
            Self::Sku => "sku",
            Self::Gtin => "gtin",
            Self::DeleteActor => "delete_actor",
        }
    }
}

impl TimeField {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create_time",
            Self::Update => "update_time",
            Self::Delete => "delete_time",
            Self::Publish => "publish_time",
            Self::Unpublish => "unpublish_time",
        }
    }
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Draft => "DRAFT",
        State::Active => "ACTIVE",
        State::Archived => "ARCHIVED",
    }
}
