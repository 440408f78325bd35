//! JSON Schema as far as the OpenAPI document uses it. A keyword that is not known here fails the test that meets it.
//!
//! The published validators would change the features of half the workspace's crates; the document as a whole is
//! checked by foreign tools in the stories.

use regex::Regex;
use serde_json::Value;

/// What says nothing about a value's form.
const SILENT: [&str; 6] =
    ["description", "format", "readOnly", "writeOnly", "contentEncoding", "$defs"];

/// A document with schemas that refer to each other.
pub(crate) struct Schemas<'d>(pub(crate) &'d Value);

impl Schemas<'_> {
    /// Why a value does not fit a schema; `None` when it does.
    pub(crate) fn fault(&self, schema: &Value, value: &Value) -> Option<String> {
        let keywords = match schema {
            Value::Bool(true) => return None,
            Value::Object(keywords) => keywords,
            _ => return Some(format!("{value} is not allowed")),
        };
        keywords.iter().find_map(|(keyword, wanted)| {
            let fault = self.keyword(schema, keyword, wanted, value)?;
            Some(format!("{fault}, by `{keyword}` of {value}"))
        })
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        self.fault(schema, value).is_none()
    }

    fn keyword(
        &self,
        schema: &Value,
        keyword: &str,
        wanted: &Value,
        value: &Value,
    ) -> Option<String> {
        let holds = |fits: bool| (!fits).then(|| format!("wanted {wanted}"));
        let number = wanted.as_f64();
        let size = |size: Option<usize>, fits: fn(f64, f64) -> bool| {
            holds(size.is_none_or(|size| fits(size as f64, number.unwrap())))
        };
        let (text, list, members) = (value.as_str(), value.as_array(), value.as_object());
        let length = text.map(|text| text.chars().count());
        match keyword {
            keyword if SILENT.contains(&keyword) => None,
            "$ref" => {
                let at = &wanted.as_str().unwrap()[1..];
                self.fault(self.0.pointer(at).unwrap_or_else(|| panic!("{at}")), value)
            }
            "type" => holds(is_of_type(wanted.as_str().unwrap(), value)),
            "enum" => holds(wanted.as_array().unwrap().contains(value)),
            "pattern" => holds(text.is_none_or(|text| matches(wanted, text))),
            "minLength" => size(length, |size, least| size >= least),
            "maxLength" => size(length, |size, most| size <= most),
            "minItems" => size(list.map(Vec::len), |size, least| size >= least),
            "maxItems" => size(list.map(Vec::len), |size, most| size <= most),
            "uniqueItems" => holds(list.is_none_or(|list| {
                list.iter().enumerate().all(|(at, item)| !list[..at].contains(item))
            })),
            "minProperties" => size(members.map(serde_json::Map::len), |size, least| size >= least),
            "maxProperties" => size(members.map(serde_json::Map::len), |size, most| size <= most),
            "minimum" => holds(value.as_f64().is_none_or(|value| value >= number.unwrap())),
            "maximum" => holds(value.as_f64().is_none_or(|value| value <= number.unwrap())),
            "anyOf" => holds(wanted.as_array().unwrap().iter().any(|one| self.fits(one, value))),
            "allOf" => wanted.as_array().unwrap().iter().find_map(|one| self.fault(one, value)),
            "not" => holds(!self.fits(wanted, value)),
            "items" => list?.iter().find_map(|item| self.fault(wanted, item)),
            "required" => {
                let missing = |name: &&Value| {
                    members.is_some_and(|m| !m.contains_key(name.as_str().unwrap()))
                };
                holds(wanted.as_array().unwrap().iter().find(missing).is_none())
            }
            "properties" => {
                members?.iter().find_map(|(name, member)| self.fault(wanted.get(name)?, member))
            }
            "additionalProperties" => members?
                .iter()
                .filter(|(name, _)| schema["properties"].get(name.as_str()).is_none())
                .find_map(|(_, member)| self.fault(wanted, member)),
            "propertyNames" => {
                members?.keys().find_map(|name| self.fault(wanted, &Value::String(name.clone())))
            }
            other => panic!("the keyword `{other}` is not known to this test"),
        }
    }
}

fn is_of_type(wanted: &str, value: &Value) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("the type `{other}` is not known to this test"),
    }
}

fn matches(pattern: &Value, text: &str) -> bool {
    Regex::new(pattern.as_str().unwrap()).unwrap().is_match(text)
}
