//! The grammar of AIP-160: `OR` binds closer than `AND`, and terms side by side are joined by `AND`.

use super::{
    Filter, FilterError,
    scan::{Piece, Scanner},
    typing,
};

/// How long a filter may be, in bytes.
pub(super) const LONGEST: usize = 2_048;
/// How deep parentheses may stand in each other.
const DEEPEST: usize = 16;
/// How many terms there may be.
const MOST: usize = 64;

/// Reads a filter that is not empty.
pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.len() > LONGEST {
        let message = format!("a filter has at most {LONGEST} bytes; this one has {}", text.len());
        return Err(FilterError { column: 1, message });
    }
    let mut parser = Parser { scanner: Scanner::new(text), depth: 0, terms: 0 };
    let filter = parser.expression()?;
    if parser.scanner.is_at_end() {
        return Ok(filter);
    }
    Err(parser.scanner.error(if parser.scanner.starts_with(')') {
        "this parenthesis was never opened"
    } else {
        "this cannot stand here"
    }))
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    depth: usize,
    terms: usize,
}

impl Parser<'_> {
    /// `factor {[AND] factor}`
    fn expression(&mut self) -> Result<Filter, FilterError> {
        let mut all = vec![self.factor()?];
        loop {
            self.scanner.skip_space();
            let joined = self.scanner.take_keyword("AND");
            if !joined && (self.scanner.is_at_end() || self.scanner.starts_with(')')) {
                break;
            }
            if !joined && self.scanner.starts_with(',') {
                return Err(self.scanner.error("join terms by `AND` or `OR`, not by a comma"));
            }
            all.push(self.factor()?);
        }
        Ok(single(all, Filter::And))
    }

    /// `term {OR term}`
    fn factor(&mut self) -> Result<Filter, FilterError> {
        let mut any = vec![self.term()?];
        loop {
            self.scanner.skip_space();
            if !self.scanner.take_keyword("OR") {
                break;
            }
            any.push(self.term()?);
        }
        Ok(single(any, Filter::Or))
    }

    /// `[NOT | -] simple`
    fn term(&mut self) -> Result<Filter, FilterError> {
        self.scanner.skip_space();
        if self.scanner.take_keyword("NOT") {
            self.scanner.skip_space();
            return Ok(Filter::Not(Box::new(self.simple()?)));
        }
        if self.scanner.take('-') {
            return Ok(Filter::Not(Box::new(self.simple()?)));
        }
        self.simple()
    }

    /// `( expression ) | restriction`
    fn simple(&mut self) -> Result<Filter, FilterError> {
        let opening = self.scanner.column();
        if !self.scanner.starts_with('(') {
            return self.restriction();
        }
        if self.depth == DEEPEST {
            let message = format!("parentheses stand in each other at most {DEEPEST} deep");
            return Err(self.scanner.error(message));
        }
        self.scanner.take('(');
        self.depth += 1;
        let inside = self.expression()?;
        self.depth -= 1;
        if self.scanner.take(')') {
            return Ok(inside);
        }
        let message = "this parenthesis is never closed".to_owned();
        Err(FilterError { column: opening, message })
    }

    /// `field comparator value | word`
    fn restriction(&mut self) -> Result<Filter, FilterError> {
        for keyword in ["AND", "OR", "NOT"] {
            if self.scanner.is_at_keyword(keyword) {
                let message = format!("`{keyword}` needs a term before and behind it");
                return Err(self.scanner.error(message));
            }
        }
        self.terms += 1;
        if self.terms > MOST {
            return Err(self.scanner.error(format!("a filter has at most {MOST} terms")));
        }
        let first = self.scanner.name()?;
        let mut path = vec![first];
        while self.scanner.starts_with('.') {
            self.scanner.take('.');
            match self.scanner.name() {
                Ok(name) => path.push(name),
                Err(_) => return self.word(path, "."),
            }
        }
        self.scanner.skip_space();
        match self.scanner.comparator() {
            None => self.word(path, ""),
            Some(comparator) => {
                self.scanner.skip_space();
                let value = self.scanner.value()?;
                typing::restriction(typing::field(&path)?, comparator, &value)
            }
        }
    }

    /// What looked like a field was a bare word.
    fn word(&mut self, path: Vec<Piece>, end: &str) -> Result<Filter, FilterError> {
        let column = path.first().map_or(1, |piece| piece.column);
        let names: Vec<_> = path.into_iter().map(|piece| piece.text).collect();
        let rest = if end.is_empty() { "" } else { self.scanner.rest_of_word() };
        let word = format!("{}{end}{rest}", names.join("."));
        if word.trim().is_empty() {
            return Err(FilterError { column, message: "an empty word matches nothing".into() });
        }
        Ok(Filter::Word(word))
    }
}

fn single(mut filters: Vec<Filter>, join: impl Fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(only) if filters.is_empty() => only,
        Some(last) => {
            filters.push(last);
            join(filters)
        }
        None => join(filters),
    }
}
