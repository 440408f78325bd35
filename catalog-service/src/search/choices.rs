//! Whether a document is among what was chosen, kind by kind.

use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, StrColumn},
};

use super::schema::{self, SEPARATOR, name};
use crate::domain::{Choice, Money};

/// A kind of choice. What is chosen within one kind does not narrow what is counted of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    State,
    Category,
    Brand,
    Price,
    Attribute(String),
}

/// What was chosen, for the documents of one segment.
pub(super) struct SegmentChoices {
    tests: Vec<(Kind, Test)>,
}

enum Test {
    /// One of these numbers in the column's dictionary.
    Any(Option<Column<u64>>, Vec<u64>),
    /// One of these numbers.
    Number(Column<u64>, Vec<u64>),
    /// From one amount to below another.
    Price(Column<i64>, i64, i64),
}

/// How a document stands to what was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is among it.
    Chosen,
    /// It fails one kind only, by number.
    But(usize),
    /// It fails more than one.
    Out,
}

impl SegmentChoices {
    pub(super) fn of(choice: &Choice, segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let mut tests = Vec::new();
        if !choice.states.is_empty() {
            let wanted = choice.states.iter().copied().map(schema::state).collect();
            tests.push((Kind::State, Test::Number(fast.u64(name::STATE)?, wanted)));
        }
        if !choice.categories.is_empty() {
            let ids = choice.categories.iter().map(|id| id.as_str().to_owned());
            tests.push((Kind::Category, any(fast.str(name::CATEGORY)?, ids)?));
        }
        if !choice.brands.is_empty() {
            let brands = choice.brands.iter().cloned();
            tests.push((Kind::Brand, any(fast.str(name::BRAND)?, brands)?));
        }
        if choice.price_from.is_some() || choice.price_below.is_some() {
            let from = choice.price_from.map_or(i64::MIN, Money::micros);
            let below = choice.price_below.map_or(i64::MAX, Money::micros);
            tests.push((Kind::Price, Test::Price(fast.i64(name::PRICE)?, from, below)));
        }
        let mut names: Vec<&String> = choice.attributes.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        for name in names {
            let of_name = choice.attributes.iter().filter(|(other, _)| other == name);
            let values = of_name.map(|(name, value)| format!("{name}{SEPARATOR}{value}"));
            let test = any(fast.str(self::name::CHOICE)?, values)?;
            tests.push((Kind::Attribute(name.clone()), test));
        }
        Ok(Self { tests })
    }

    /// How a document stands to what was chosen.
    pub(super) fn standing(&self, document: DocId) -> Standing {
        let mut failed = None;
        for (number, (_, test)) in self.tests.iter().enumerate() {
            if !test.passes(document) && failed.replace(number).is_some() {
                return Standing::Out;
            }
        }
        failed.map_or(Standing::Chosen, Standing::But)
    }

    /// Whether a document is among what was chosen.
    pub(super) fn has(&self, document: DocId) -> bool {
        self.tests.iter().all(|(_, test)| test.passes(document))
    }

    /// The kind with a number.
    pub(super) fn kind(&self, number: usize) -> Option<&Kind> {
        self.tests.get(number).map(|(kind, _)| kind)
    }
}

impl Test {
    fn passes(&self, document: DocId) -> bool {
        match self {
            Self::Any(column, wanted) => column.as_ref().is_some_and(|column| {
                column.values_for_doc(document).any(|number| wanted.contains(&number))
            }),
            Self::Number(column, wanted) => {
                column.first(document).is_some_and(|number| wanted.contains(&number))
            }
            Self::Price(column, from, below) => {
                column.first(document).is_some_and(|price| (*from..*below).contains(&price))
            }
        }
    }
}

fn any(column: Option<StrColumn>, values: impl Iterator<Item = String>) -> tantivy::Result<Test> {
    let Some(column) = column else { return Ok(Test::Any(None, Vec::new())) };
    let mut wanted = Vec::new();
    for value in values {
        wanted.extend(column.dictionary().term_ord(value)?);
    }
    Ok(Test::Any(Some(column.ords().clone()), wanted))
}
