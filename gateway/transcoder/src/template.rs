//! The grammar of path templates in `google.api.http`:
//!
//! ```text
//! Template = "/" Segments [ ":" Verb ]      Segment  = "*" | "**" | Literal | Variable
//! Segments = Segment { "/" Segment }        Variable = "{" FieldPath [ "=" Segments ] "}"
//! ```

use crate::percent;

/// A parsed template; a variable without a pattern has `*`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) segments: Vec<Segment>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) verb: Option<String>,
}

/// What one path segment must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// This text, decoded.
    Literal(String),
    /// Any one segment that is not empty.
    One,
    /// Any number of segments, also none; always the last.
    Rest,
}

/// A variable covers the segments `start..end`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) path: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Column of the field path, from 1.
    pub(crate) column: usize,
}

/// A fault of a template and its column, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) column: usize,
    pub(crate) message: &'static str,
}

/// What may hold a colon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Colons {
    /// Nothing: a colon begins the verb.
    #[default]
    Verb,
    /// Literals, and verbs behind a variable, as grpc-gateway reads them.
    Anywhere,
}

struct Parser<'a> {
    text: &'a str,
    pos: usize,
    template: Template,
    colons: Colons,
}

impl Template {
    pub(crate) fn parse(text: &str, colons: Colons) -> Result<Self, Fault> {
        let (text, verb) = match colons {
            Colons::Verb => (text, None),
            Colons::Anywhere => split_verb(text),
        };
        let verb = verb.map(str::to_owned);
        let template = Self { segments: Vec::new(), variables: Vec::new(), verb };
        let mut parser = Parser { text, pos: 0, template, colons };
        parser.expect('/', "a template starts with `/`")?;
        parser.segments(false)?;
        if colons == Colons::Verb && parser.eat(':') {
            let verb = parser.word("a verb was expected")?;
            parser.template.verb = Some(verb.to_owned());
        }
        match parser.peek() {
            None => parser.check_rest(),
            Some(_) => Err(parser.fault("the template should end here")),
        }
    }
}

/// A template and its verb: what follows the first colon behind a variable, or else the last colon of the last segment.
fn split_verb(text: &str) -> (&str, Option<&str>) {
    let variable = text.rfind('}').map(|at| at + 1);
    let segment = text.rfind('/').map(|at| at + 1);
    let (start, behind_variable) = match (variable, segment) {
        (Some(variable), segment) if segment.is_none_or(|segment| segment < variable) => {
            (variable, true)
        }
        (_, segment) => (segment.unwrap_or(0), false),
    };
    let last = &text[start..];
    let colon = if behind_variable { last.find(':') } else { last.rfind(':') };
    match colon.map(|at| start + at) {
        Some(at) if at + 1 < text.len() => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    }
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<char> {
        self.text[self.pos..].chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.pos += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char, message: &'static str) -> Result<(), Fault> {
        if self.eat(wanted) { Ok(()) } else { Err(self.fault(message)) }
    }

    fn fault(&self, message: &'static str) -> Fault {
        Fault { column: self.text[..self.pos].chars().count() + 1, message }
    }

    fn segments(&mut self, inside: bool) -> Result<(), Fault> {
        loop {
            self.segment(inside)?;
            if !self.eat('/') {
                return Ok(());
            }
        }
    }

    fn segment(&mut self, inside: bool) -> Result<(), Fault> {
        match self.peek() {
            Some('{') if inside => Err(self.fault("a variable cannot hold a variable")),
            Some('{') => self.variable(),
            Some('*') => {
                self.pos += 1;
                let rest = self.eat('*');
                self.template.segments.push(if rest { Segment::Rest } else { Segment::One });
                match self.peek() {
                    None | Some('/' | '}' | ':') => Ok(()),
                    Some(_) => Err(self.fault("a wildcard is a whole segment")),
                }
            }
            _ => {
                let at = self.fault("this escape is not valid");
                let word = self.word("a segment was expected")?;
                let literal = percent::decode(word).ok_or(at)?;
                self.template.segments.push(Segment::Literal(literal.into_owned()));
                Ok(())
            }
        }
    }

    fn variable(&mut self) -> Result<(), Fault> {
        self.pos += 1;
        let column = self.fault("").column;
        let path = self.field_path()?.to_owned();
        let start = self.template.segments.len();
        if self.eat('=') {
            self.segments(true)?;
        } else {
            self.template.segments.push(Segment::One);
        }
        self.expect('}', "a closing brace was expected")?;
        if !matches!(self.peek(), None | Some('/' | ':' | '}')) {
            return Err(self.fault("a variable is a whole segment"));
        }
        if self.template.variables.iter().any(|known| known.path == path) {
            return Err(Fault { column, message: "this variable stands twice" });
        }
        let end = self.template.segments.len();
        self.template.variables.push(Variable { path, start, end, column });
        Ok(())
    }

    fn field_path(&mut self) -> Result<&'a str, Fault> {
        let start = self.pos;
        loop {
            let name = self.text[self.pos..]
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
                .count();
            let digit = self.text.as_bytes().get(self.pos).is_some_and(u8::is_ascii_digit);
            if name == 0 || digit {
                return Err(self.fault("a field name was expected"));
            }
            self.pos += name;
            if !self.eat('.') {
                return Ok(&self.text[start..self.pos]);
            }
        }
    }

    /// A literal or verb.
    fn word(&mut self, message: &'static str) -> Result<&'a str, Fault> {
        let rest = &self.text[self.pos..];
        let ends = |c: char| "/{}*=?#".contains(c) || (c == ':' && self.colons == Colons::Verb);
        let end = rest.find(ends).unwrap_or(rest.len());
        if end == 0 {
            return Err(self.fault(message));
        }
        self.pos += end;
        Ok(&rest[..end])
    }

    fn check_rest(self) -> Result<Template, Fault> {
        let rest = self.template.segments.iter().position(|segment| *segment == Segment::Rest);
        match rest {
            Some(at) if at + 1 < self.template.segments.len() => {
                let column =
                    self.text.find("**").map_or(1, |at| self.text[..at].chars().count() + 1);
                Err(Fault { column, message: "`**` must be the last segment" })
            }
            _ => Ok(self.template),
        }
    }
}
