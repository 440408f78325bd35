//! What the generated checks of `buf.validate` rules answer with.

use std::fmt;

/// A field that breaks a rule of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field's path from the message that was checked, such as `product.options[0].name`.
    pub field: String,
    /// What the rule asks for.
    pub description: String,
}

/// A message that can check itself against the rules written in the contract.
pub trait Validate {
    /// Adds a violation for every rule that is broken; `at` is where this message stands.
    fn check(&self, at: &Path<'_>, violations: &mut Vec<Violation>);

    /// Every broken rule of this message.
    ///
    /// # Errors
    /// The violations, in the order of the fields.
    fn validate(&self) -> Result<(), Vec<Violation>> {
        let mut violations = Vec::new();
        self.check(&Path::ROOT, &mut violations);
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }
}

/// Where a field stands in a message; written out only when something is wrong with it.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Index(usize),
    Key(&'a str),
}

impl<'a> Path<'a> {
    /// The message itself.
    pub const ROOT: Self = Self { parent: None, step: Step::Root };

    /// A field of the message here.
    pub fn field(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Field(name) }
    }

    /// An element of the list here.
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path { parent: Some(self), step: Step::Index(index) }
    }

    /// A value of the map here.
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Key(key) }
    }

    /// The violation that the field here breaks a rule.
    pub fn violation(&self, description: impl Into<String>) -> Violation {
        Violation { field: self.to_string(), description: description.into() }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) => write!(f, "[{key:?}]"),
            Step::Field(name) => {
                let first = self.parent.is_none_or(|parent| matches!(parent.step, Step::Root));
                write!(f, "{}{name}", if first { "" } else { "." })
            }
        }
    }
}

/// How many characters a text has; only counted where the number of bytes does not already settle it.
pub(crate) fn longer_than(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().count() > most
}

/// Whether a text has fewer characters than it must.
pub(crate) fn shorter_than(text: &str, least: usize) -> bool {
    text.len() < least || text.chars().count() < least
}
