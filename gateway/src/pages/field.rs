//! One input with its label, hint and error, as `parts/field.html` prints it.

use super::{problems::Problems, product_list::Choice};

/// An input, a text area or a select.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) hint: &'static str,
    pub(crate) error: String,
    /// `price`, or an input type; empty is `text`.
    pub(crate) kind: &'static str,
    pub(crate) currency: String,
    /// More than none makes it a text area.
    pub(crate) lines: u32,
    /// Any at all make it a select.
    pub(crate) choices: Vec<Choice>,
    pub(crate) longest: u32,
    /// Whether it is written in the language of the products, by which a browser looks for its mistakes.
    pub(crate) catalog: bool,
    pub(crate) required: bool,
    pub(crate) optional: bool,
    pub(crate) wide: bool,
    pub(crate) autocomplete: &'static str,
    /// How its value becomes JSON.
    pub(crate) json: &'static str,
    /// The id of the form it belongs to, when it does not stand inside it.
    pub(crate) form: String,
}

impl Field {
    /// A line of text.
    pub(crate) fn line(name: &'static str, label: &str, value: &str, longest: u32) -> Self {
        let (id, label, value) = (name.to_owned(), label.to_owned(), value.to_owned());
        Self { id, name, label, value, longest, ..Self::default() }
    }

    /// With the first thing that is wrong with it.
    #[must_use]
    pub(crate) fn with_error(self, problems: &Problems) -> Self {
        Self { error: problems.of(&self.id), ..self }
    }

    /// The `type` of the input.
    pub(crate) fn input_type(&self) -> &'static str {
        match self.kind {
            "" | "price" => "text",
            other => other,
        }
    }
}
