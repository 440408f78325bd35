//! What came of a call, told alike whichever way it went.

use prost_reflect::DynamicMessage;
use serde_json::Value;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::web::Answer;

/// What came of a call.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The answer.
    Accepted(DynamicMessage),
    /// Why there is none.
    Refused(Refused),
}

/// A refusal, as the caller reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The code, such as `INVALID_ARGUMENT`.
    pub code: String,
    /// The reason, such as `FIELD_INVALID`; empty without an ErrorInfo.
    pub reason: String,
    /// The fields that it names, in snake case.
    pub fields: Vec<String>,
    /// How many more fields there was no room for.
    pub left_out: usize,
    /// Every word of it.
    pub words: String,
}

impl Outcome {
    /// What was answered.
    ///
    /// # Panics
    /// The call was refused.
    pub fn answer(self) -> DynamicMessage {
        match self {
            Self::Accepted(answer) => answer,
            Self::Refused(refused) => panic!("refused: {refused:?}"),
        }
    }

    /// The refusal, if it was refused.
    pub fn refusal(&self) -> Option<&Refused> {
        match self {
            Self::Accepted(_) => None,
            Self::Refused(refused) => Some(refused),
        }
    }
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let fields = details.bad_request().map(|bad| bad.field_violations.clone());
        let fields = fields.unwrap_or_default();
        let left_out = info.and_then(|info| info.metadata.get("violations_left_out"));
        Self {
            code: code(status.code()),
            reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
            left_out: left_out.and_then(|count| count.parse().ok()).unwrap_or_default(),
            words: format!("{} {details:?}", status.message()),
            fields: fields.into_iter().map(|violation| violation.field).collect(),
        }
    }
}

impl Refused {
    /// Reads the JSON of AIP-193.
    ///
    /// # Panics
    /// The body is anything else.
    pub(super) fn of_json(answer: &Answer) -> Self {
        let body = answer.json();
        let error = &body["error"];
        let details = error["details"].as_array().cloned().unwrap_or_default();
        let detail = |kind: &str| {
            let is = |detail: &&Value| detail["@type"].as_str().unwrap_or_default().ends_with(kind);
            details.iter().find(is).cloned().unwrap_or_default()
        };
        let (info, bad) = (detail("google.rpc.ErrorInfo"), detail("google.rpc.BadRequest"));
        let fields = bad["fieldViolations"].as_array().cloned().unwrap_or_default();
        let left_out = info["metadata"]["violations_left_out"].as_str().unwrap_or_default();
        Self {
            code: error["status"].as_str().unwrap_or_else(|| panic!("no status: {body}")).into(),
            reason: info["reason"].as_str().unwrap_or_default().to_owned(),
            fields: fields.iter().filter_map(|one| one["field"].as_str()).map(snake).collect(),
            left_out: left_out.parse().unwrap_or_default(),
            words: body.to_string(),
        }
    }
}

/// A code as JSON names it.
fn code(code: tonic::Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// A path in JSON's spelling as the contract spells it; what stands in quotes is a key, and stays.
fn snake(path: &str) -> String {
    let mut quoted = false;
    let mut snake = String::new();
    for letter in path.chars() {
        quoted ^= letter == '"';
        if letter.is_ascii_uppercase() && !quoted {
            snake.push('_');
            snake.push(letter.to_ascii_lowercase());
        } else {
            snake.push(letter);
        }
    }
    snake
}
