//! What the filters of the past share: terms joined by `AND`, each a field, a comparison and a value.

use jiff::Timestamp;

use super::{
    Comparison, FilterError, grammar,
    scan::{Comparator, Piece, Scanner},
    typing,
};

/// A field, a comparison and a value.
pub(super) struct Term {
    pub(super) field: Piece,
    pub(super) comparator: Comparator,
    pub(super) value: Piece,
}

/// Gives every term of a filter to `take`, in their order.
pub(super) fn each(
    text: &str,
    mut take: impl FnMut(Term) -> Result<(), FilterError>,
) -> Result<(), FilterError> {
    if text.len() > grammar::LONGEST {
        let message = format!("a filter has at most {} bytes", grammar::LONGEST);
        return Err(FilterError { column: 1, message });
    }
    let mut scanner = Scanner::new(text);
    scanner.skip_space();
    while !scanner.is_at_end() {
        take(term(&mut scanner)?)?;
        scanner.skip_space();
        if scanner.is_at_end() {
            break;
        }
        if !scanner.take_keyword("AND") {
            return Err(scanner.error("join the terms of this filter by `AND`"));
        }
        scanner.skip_space();
        if scanner.is_at_end() {
            return Err(scanner.error("`AND` needs a term before and behind it"));
        }
    }
    Ok(())
}

fn term(scanner: &mut Scanner<'_>) -> Result<Term, FilterError> {
    let field = scanner.name()?;
    scanner.skip_space();
    let Some(comparator) = scanner.comparator() else {
        return Err(scanner.error("a comparison such as `=` or `>=` has to stand here"));
    };
    scanner.skip_space();
    Ok(Term { field, comparator, value: scanner.value()? })
}

impl Term {
    /// Takes the value of a field that is compared by `=` and asked for once.
    pub(super) fn equals_once<T>(
        &self,
        place: &mut Option<T>,
        read: impl FnOnce(&Piece) -> Result<T, FilterError>,
    ) -> Result<(), FilterError> {
        if self.comparator != Comparator::Is(Comparison::Equal) {
            return Err(at(&self.field, format!("`{}` compares by `=` only", self.field.text)));
        }
        self.once(place, read(&self.value)?)
    }

    /// Puts a value where there is none yet.
    pub(super) fn once<T>(&self, place: &mut Option<T>, value: T) -> Result<(), FilterError> {
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err(at(&self.field, format!("`{}` can be asked for once", self.field.text))),
        }
    }

    /// Narrows a span of time, whose end does not belong to it.
    pub(super) fn narrow(
        &self,
        from: &mut Option<Timestamp>,
        until: &mut Option<Timestamp>,
    ) -> Result<(), FilterError> {
        let time = typing::time(&self.value)?;
        let next = time.checked_add(jiff::SignedDuration::from_micros(1)).unwrap_or(time);
        let (first, end) = match self.comparator {
            Comparator::Is(Comparison::Equal) => (Some(time), Some(next)),
            Comparator::Is(Comparison::GreaterOrEqual) => (Some(time), None),
            Comparator::Is(Comparison::Greater) => (Some(next), None),
            Comparator::Is(Comparison::Less) => (None, Some(time)),
            Comparator::Is(Comparison::LessOrEqual) => (None, Some(next)),
            Comparator::Is(Comparison::NotEqual) | Comparator::Has => {
                return Err(at(&self.value, "compare a time by `<`, `<=`, `=`, `>=` or `>`"));
            }
        };
        *from = (*from).max(first);
        *until = [*until, end].into_iter().flatten().min();
        Ok(())
    }

    /// The error of a field that does not exist.
    pub(super) fn unknown(&self, of: &str, known: &str) -> FilterError {
        let name = &self.field.text;
        at(&self.field, format!("`{name}` is not a field of {of}; take one of {known}"))
    }
}

/// The known name that was given, or which there are.
pub(super) fn one_of(
    names: &[&'static str],
    given: &str,
    value: &Piece,
) -> Result<&'static str, FilterError> {
    let known = names.iter().find(|name| **name == given);
    known.copied().ok_or_else(|| {
        let names = names.join(", ");
        at(value, format!("`{given}` is not a kind of change; take one of {names}"))
    })
}

/// An error at a piece.
pub(super) fn at(piece: &Piece, message: impl Into<String>) -> FilterError {
    FilterError { column: piece.column, message: message.into() }
}
