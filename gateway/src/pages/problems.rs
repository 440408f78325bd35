//! What is wrong with a form: a summary on top, and a sentence at each field.

use tonic::Status;
use tonic_types::StatusExt as _;

use super::words;

/// Everything that is wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems {
    pub(crate) title: String,
    pub(crate) list: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The id of the field it belongs to; empty when it belongs to the whole form.
    pub(crate) field: String,
    pub(crate) text: String,
}

impl Problem {
    /// The sentence as it stands in the summary, away from its field.
    pub(crate) fn summary(&self) -> String {
        match label(&self.field) {
            "" => self.text.clone(),
            label => format!("{label}: {}", self.text),
        }
    }
}

/// What a field is called; empty for one of no name of its own. Ids may begin with the variant they belong to.
fn label(field: &str) -> &'static str {
    let is = |name: &&(&str, &str)| field == name.0 || field.ends_with(&format!("-{}", name.0));
    LABELS.iter().find(is).map_or("", |(_, label)| label)
}

const LABELS: [(&str, &str); 28] = [
    ("title", "Title"),
    ("slug", "Address in the shop"),
    ("brand", "Brand"),
    ("parent", "Stands below"),
    ("description", "Description"),
    ("categories", "Categories"),
    ("tags", "Tags"),
    ("attributes", "Attributes"),
    ("options", "Options"),
    ("images", "Pictures"),
    ("publish_time", "Public from"),
    ("unpublish_time", "Public until"),
    ("sku", "SKU"),
    ("price", "Price"),
    ("compare_at", "Price before"),
    ("gtins", "GTINs"),
    ("option_values", "Values"),
    ("login", "E-mail address"),
    ("password", "Password"),
    ("display_name", "Name"),
    ("current_password", "Current password"),
    ("new_password", "New password"),
    ("role", "Role"),
    ("ttl", "Valid for"),
    ("default_currency", "Currency"),
    ("default_language", "Language"),
    ("price_rounding", "Rounding of prices"),
    ("token", "One-time token"),
];

impl Problems {
    /// Nothing is wrong.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// What the form itself found.
    pub(crate) fn found(list: Vec<Problem>) -> Self {
        let fields = list.iter().filter(|problem| !problem.field.is_empty()).count();
        let title = match fields {
            0 => list.first().map(|problem| problem.text.clone()).unwrap_or_default(),
            1 => words::of("one-field", &[]),
            more => words::of("some-fields", &[("count", &more.to_string())]),
        };
        let list = if fields == 0 { Vec::new() } else { list };
        let title = if title.is_empty() { String::new() } else { title };
        Self { title, list }
    }

    /// What the service found, at the fields of a form whose ids are those of the contract.
    pub(crate) fn of_status(status: &Status) -> Self {
        let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
        let violations = status.get_details_bad_request().map(|bad| bad.field_violations);
        let mut list: Vec<Problem> = violations
            .unwrap_or_default()
            .into_iter()
            .map(|violation| Problem {
                field: field_id(&violation.field),
                text: sentence(&violation.description),
            })
            .collect();
        if list.is_empty() {
            let field = match reason.as_str() {
                "SLUG_TAKEN" => "slug",
                "SKU_TAKEN" => "sku",
                "LOGIN_TAKEN" => "login",
                _ => "",
            };
            let text = words::find(&reason, &[]).unwrap_or_else(|| sentence(status.message()));
            list.push(Problem { field: field.to_owned(), text });
        }
        Self::found(list)
    }

    /// One sentence about the whole form.
    pub(crate) fn one(text: String) -> Self {
        Self::found(vec![Problem { field: String::new(), text }])
    }

    /// One sentence about one field.
    pub(crate) fn at(field: &str, text: String) -> Self {
        Self::found(vec![Problem { field: field.to_owned(), text }])
    }

    /// The same at fields whose ids begin with something: one form among several of a page.
    #[must_use]
    pub(crate) fn below(mut self, prefix: &str) -> Self {
        for problem in self.list.iter_mut().filter(|problem| !problem.field.is_empty()) {
            problem.field = format!("{prefix}{}", problem.field);
        }
        self
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.title.is_empty()
    }

    /// The first thing that is wrong with a field; empty when nothing is.
    pub(crate) fn of(&self, id: &str) -> String {
        let found = self.list.iter().find(|problem| problem.field == id);
        found.map(|problem| problem.text.clone()).unwrap_or_default()
    }
}

/// The id of the field that a path of the contract belongs to: `slug` of `product.slug`.
fn field_id(path: &str) -> String {
    let mut path = path;
    let outers =
        ["product.", "variant.", "variants[0].", "category.", "user.", "shop.", "api_key."];
    for outer in outers {
        path = path.strip_prefix(outer).unwrap_or(path);
    }
    let first = path.split(['.', '[']).next().unwrap_or_default();
    match first {
        "prices" if path.contains("compare_at") => "compare_at".to_owned(),
        "prices" => "price".to_owned(),
        other => other.to_owned(),
    }
}

/// The service writes for programs too: lower case, no full stop, values in backticks.
pub(crate) fn sentence(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let quoted = parts.map(|(index, part)| match index % 2 {
        0 => part.to_owned(),
        _ => format!("“{part}”"),
    });
    let text: String = quoted.collect();
    let mut letters = text.chars();
    let first: String =
        letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tonic::Code;
    use tonic_types::ErrorDetails;

    use super::*;

    #[rstest]
    #[case("product.slug", "slug")]
    #[case("product.attributes.colour", "attributes")]
    #[case("product.variants[0].sku", "sku")]
    #[case("product.variants[0].prices[0].amount", "price")]
    #[case("variant.prices[0].compare_at_amount.units", "compare_at")]
    #[case("variant.option_values[1]", "option_values")]
    #[case("login", "login")]
    #[case("user.login", "login")]
    #[case("shop.default_currency", "default_currency")]
    #[case("api_key.ttl", "ttl")]
    fn a_path_belongs_to_a_field(#[case] path: &str, #[case] id: &str) {
        assert_eq!(field_id(path), id);
    }

    #[test]
    fn all_violations_are_told() {
        let mut details = ErrorDetails::new();
        details.add_bad_request_violation("product.title", "must not be empty");
        details.add_bad_request_violation("product.slug", "has `a b`, with a space");
        let status = Status::with_error_details(Code::InvalidArgument, "x", details);
        let problems = Problems::of_status(&status);
        assert_eq!(problems.title, "2 fields need attention.");
        assert_eq!(problems.of("title"), "Must not be empty.");
        assert_eq!(problems.clone().below("v-").of("v-slug"), "Has “a b”, with a space.");
        assert_eq!(problems.of("brand"), "");
    }

    #[test]
    fn a_taken_slug_stands_at_its_field() {
        let info =
            ErrorDetails::with_error_info("SLUG_TAKEN", "shelf", std::collections::HashMap::new());
        let status = Status::with_error_details(Code::AlreadyExists, "taken", info);
        assert!(!Problems::of_status(&status).of("slug").is_empty());
    }
}
