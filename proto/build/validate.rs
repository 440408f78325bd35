//! Writes `impl Validate` for every message of the contract that has, or contains, a `buf.validate` rule.
//!
//! Only the standard rules that the contract uses are known here. Any other fails the build, so that no rule is ever
//! written down and not enforced.

use std::{collections::BTreeMap, error::Error, fmt::Write as _};

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _,
    Value,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What a broken pattern is told as: the rule in words.
const PATTERN_WORDS: [(&str, &str); 21] = [
    (
        "^[a-z0-9]+(-[a-z0-9]+)*$",
        "must be words of `a-z` and `0-9` with single hyphens between them",
    ),
    // A hyphen alone stands for any resource (AIP-159), and is nobody's id.
    (
        "^[a-z0-9-]{0,62}[a-z0-9]$",
        "must be 1 to 63 of `a-z`, `0-9` and `-`, and must not end with `-`",
    ),
    ("^[^\\x00-\\x1f\\x7f]*$", "must hold no control characters"),
    (
        "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]*$",
        "must hold no control characters but tabs and line breaks",
    ),
    (
        "^products/[a-z0-9-]{1,63}$",
        "must be `products/{product}`, the id being 1 to 63 of `a-z`, `0-9` and `-`",
    ),
    (
        "^products/[a-z0-9-]{1,63}/variants/[a-z0-9-]{1,63}$",
        "must be `products/{product}/variants/{variant}`, each id being 1 to 63 of `a-z`, `0-9` and `-`",
    ),
    (
        "^products/[a-z0-9-]{1,63}/revisions/[0-9]{1,18}$",
        "must be `products/{product}/revisions/{revision}`, whose revision is a number",
    ),
    (
        "^categories/[a-z0-9-]{1,63}$",
        "must be `categories/{category}`, the id being 1 to 63 of `a-z`, `0-9` and `-`",
    ),
    (
        "^users/[a-z0-9-]{1,63}$",
        "must be `users/{user}`, the id being 1 to 63 of `a-z`, `0-9` and `-`",
    ),
    (
        "^apiKeys/[a-z0-9-]{1,63}$",
        "must be `apiKeys/{api_key}`, the id being 1 to 63 of `a-z`, `0-9` and `-`",
    ),
    ("^sessions/(-|[a-z0-9]{1,63})$", "must be `sessions/{session}`, or `sessions/-` for your own"),
    ("^shop$", "must be `shop`"),
    ("^[!-~]{1,128}$", "must be 1 to 128 visible ASCII characters"),
    ("^([0-9]{8}|[0-9]{12,14})$", "must have 8, 12, 13 or 14 digits"),
    ("^[^=]+=[\\s\\S]+$", "must be `NAME=VALUE`"),
    ("^[A-Z]{3}$", "must be a currency code of three capital letters, such as `EUR`"),
    ("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", "must be a language tag, such as `en` or `de-AT`"),
    (
        "^[^\\s\\p{C}]+( [^\\s\\p{C}]+)*$",
        "must be visible characters, with single spaces between them at most",
    ),
    ("^[^\\s\\p{C}@]+@[^\\s\\p{C}@]+$", "must be an e-mail address"),
    ("^[1-9][0-9]{0,8}$", "must be a number from 1"),
    ("^system$", "must be `system`"),
];

/// The Rust code of all checks.
pub fn generate(encoded: &[u8]) -> Outcome<String> {
    let pool = DescriptorPool::decode(encoded)?;
    let mut generator = Generator { pool: &pool, patterns: BTreeMap::new() };
    let mut impls = String::new();
    for message in pool.all_messages() {
        if message.package_name().starts_with("shelf.") && !message.is_map_entry() {
            impls.push_str(&generator.implementation(&message)?);
        }
    }
    let mut code = String::from(
        "use crate::validate::{Path, Validate, Violation, longer_than, shorter_than};\n",
    );
    for (pattern, index) in &generator.patterns {
        writeln!(
            code,
            "static PATTERN_{index}: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| \
             regex::Regex::new({pattern:?}).expect(\"the build compiled this pattern\"));"
        )?;
    }
    code.push_str(&impls);
    Ok(code)
}

struct Generator<'a> {
    pool: &'a DescriptorPool,
    patterns: BTreeMap<String, usize>,
}

impl Generator<'_> {
    fn implementation(&mut self, message: &MessageDescriptor) -> Outcome<String> {
        let mut body = String::new();
        for field in message.fields().filter(|field| field.containing_oneof().is_none()) {
            body.push_str(&self.field(&field)?);
        }
        for oneof in message.oneofs() {
            let required = self
                .extension(oneof.options(), "buf.validate.oneof")
                .is_some_and(|rules| flag(&rules, "required"));
            let module = snake(message.name());
            let mut arms = String::new();
            for field in oneof.fields() {
                let checks = self.checks(&field, "value", field.kind(), &self.rules(&field)?)?;
                let variant = camel(field.name());
                writeln!(
                    arms,
                    "Some({}::{module}::{}::{variant}(value)) => {{ let at = at.field({:?}); {checks} let _ = (value, at); }}",
                    package_path(message),
                    camel(oneof.name()),
                    field.name()
                )?;
            }
            let none = if required {
                format!(
                    "violations.push(at.field({:?}).violation(\"must be given\"))",
                    oneof.name()
                )
            } else {
                "()".into()
            };
            writeln!(body, "match &self.{} {{ {arms} None => {none}, }}", oneof.name())?;
        }
        Ok(format!(
            "impl Validate for {}::{} {{\n fn check(&self, at: &Path<'_>, violations: &mut Vec<Violation>) {{ let _ = (at, &violations);\n{body} }}\n}}\n",
            package_path(message),
            message.name()
        ))
    }

    fn field(&mut self, field: &FieldDescriptor) -> Outcome<String> {
        let rules = self.rules(field)?;
        let name = field.name();
        if field.is_map() {
            return self.map(field, &rules);
        }
        if field.is_list() {
            return self.list(field, &rules);
        }
        if let Kind::Message(message) = field.kind() {
            let own = message.package_name().starts_with("shelf.");
            let given = if own { "value.check(&at, violations);" } else { "let _ = value;" };
            let absent = if rules.as_ref().is_some_and(|rules| flag(rules, "required")) {
                "violations.push(at.violation(\"must be given\"));"
            } else {
                ""
            };
            return Ok(format!(
                "{{ let at = at.field({name:?}); match &self.{name} {{ Some(value) => {{ {given} }} None => {{ {absent} }} }} let _ = at; }}\n"
            ));
        }
        let checks = self.checks(field, "value", field.kind(), &rules)?;
        if checks.is_empty() {
            return Ok(String::new());
        }
        let unless_zero = rules.as_ref().is_some_and(ignores_zero);
        let open = if unless_zero {
            format!("if self.{name} != {} {{", zero(&field.kind()))
        } else {
            "{".into()
        };
        Ok(format!("{open} let at = at.field({name:?}); let value = &self.{name}; {checks} }}\n"))
    }

    fn list(&mut self, field: &FieldDescriptor, rules: &Option<DynamicMessage>) -> Outcome<String> {
        let name = field.name();
        let mut code = format!("{{ let list = at.field({name:?}); let values = &self.{name};\n");
        let mut items = None;
        if let Some(rules) = rules.as_ref().and_then(|rules| part(rules, "repeated")) {
            for (rule, value) in set_fields(&rules) {
                match rule.as_str() {
                    "min_items" => writeln!(
                        code,
                        "if (values.len() as u64) < {0} {{ violations.push(list.violation(\"must have at least {0}\")); }}",
                        number(&value)?
                    )?,
                    "max_items" => writeln!(
                        code,
                        "if (values.len() as u64) > {0} {{ violations.push(list.violation(format!(\"must have at most {0}, and has {{}}\", values.len()))); }}",
                        number(&value)?
                    )?,
                    "unique" if value == Value::Bool(true) => code.push_str(
                        "for (index, value) in values.iter().enumerate() { if values[..index].contains(value) \
                         { violations.push(list.index(index).violation(\"stands in the list for the second time\")); } }\n",
                    ),
                    "items" => items = value.as_message().cloned(),
                    other => return Err(unknown(field, other)),
                }
            }
        }
        let checks = match field.kind() {
            Kind::Message(message) if message.package_name().starts_with("shelf.") => {
                "value.check(&at, violations);".into()
            }
            kind => self.checks(field, "value", kind, &items)?,
        };
        if !checks.is_empty() {
            writeln!(
                code,
                "for (index, value) in values.iter().enumerate() {{ let at = list.index(index); {checks} }}"
            )?;
        }
        code.push_str("let _ = (list, values); }\n");
        Ok(code)
    }

    fn map(&mut self, field: &FieldDescriptor, rules: &Option<DynamicMessage>) -> Outcome<String> {
        let name = field.name();
        let mut code = format!("{{ let map = at.field({name:?}); let values = &self.{name};\n");
        let mut keys = None;
        if let Some(rules) = rules.as_ref().and_then(|rules| part(rules, "map")) {
            for (rule, value) in set_fields(&rules) {
                match rule.as_str() {
                    "max_pairs" => writeln!(
                        code,
                        "if (values.len() as u64) > {0} {{ violations.push(map.violation(format!(\"must have at most {0}, and has {{}}\", values.len()))); }}",
                        number(&value)?
                    )?,
                    "keys" => keys = value.as_message().cloned(),
                    other => return Err(unknown(field, other)),
                }
            }
        }
        let on_key = self.checks(field, "key", Kind::String, &keys)?;
        writeln!(
            code,
            "for (key, value) in values {{ let at = map.key(key); {on_key} value.check(&at, violations); }} }}"
        )?;
        Ok(code)
    }

    /// The checks of one scalar, which the code finds under `value`.
    fn checks(
        &mut self,
        field: &FieldDescriptor,
        value: &str,
        kind: Kind,
        rules: &Option<DynamicMessage>,
    ) -> Outcome<String> {
        let mut code = String::new();
        let Some(rules) = rules else { return Ok(code) };
        for (name, rule) in set_fields(rules) {
            match (name.as_str(), rule.as_message()) {
                ("ignore", _) => {}
                ("string", Some(rules)) => {
                    for (name, rule) in set_fields(rules) {
                        code.push_str(&self.text(field, value, &name, &rule)?);
                    }
                }
                ("int32" | "double", Some(rules)) => {
                    for (name, rule) in set_fields(rules) {
                        code.push_str(&numeric(field, value, &name, &rule)?);
                    }
                }
                ("enum", Some(rules)) => {
                    for (name, rule) in set_fields(rules) {
                        code.push_str(&enumeration(field, &kind, value, &name, &rule)?);
                    }
                }
                (other, _) => return Err(unknown(field, other)),
            }
        }
        Ok(code)
    }

    fn text(
        &mut self,
        field: &FieldDescriptor,
        value: &str,
        name: &str,
        rule: &Value,
    ) -> Outcome<String> {
        Ok(match name {
            "min_len" if number(rule)? == 1 => format!(
                "if {value}.is_empty() {{ violations.push(at.violation(\"must not be empty\")); }}"
            ),
            "min_len" => format!(
                "if shorter_than({value}, {0}) {{ violations.push(at.violation(\"must have at least {0} characters\")); }}",
                number(rule)?
            ),
            "max_len" => format!(
                "if longer_than({value}, {0}) {{ violations.push(at.violation(\"must have at most {0} characters\")); }}",
                number(rule)?
            ),
            "max_bytes" => format!(
                "if {value}.len() > {0} {{ violations.push(at.violation(\"must have at most {0} bytes\")); }}",
                number(rule)?
            ),
            "pattern" => {
                let pattern = rule.as_str().ok_or("a pattern is a text")?;
                regex::Regex::new(pattern)?;
                let words = PATTERN_WORDS.iter().find(|(known, _)| *known == pattern);
                let (_, words) = words.ok_or_else(|| {
                    format!("give the pattern `{pattern}` its words in PATTERN_WORDS")
                })?;
                let next = self.patterns.len();
                let index = *self.patterns.entry(pattern.to_owned()).or_insert(next);
                format!(
                    "if !PATTERN_{index}.is_match({value}) {{ violations.push(at.violation({words:?})); }}"
                )
            }
            other => return Err(unknown(field, other)),
        })
    }

    fn rules(&self, field: &FieldDescriptor) -> Outcome<Option<DynamicMessage>> {
        Ok(self.extension(field.options(), "buf.validate.field"))
    }

    fn extension(&self, options: DynamicMessage, name: &str) -> Option<DynamicMessage> {
        let extension = self.pool.get_extension_by_name(name)?;
        options
            .has_extension(&extension)
            .then(|| options.get_extension(&extension).as_message().cloned())?
    }
}

fn numeric(field: &FieldDescriptor, value: &str, name: &str, rule: &Value) -> Outcome<String> {
    Ok(match name {
        "gte" => format!(
            "if *{value} < {0} {{ violations.push(at.violation(\"must be at least {0}\")); }}",
            number(rule)?
        ),
        "finite" => format!(
            "if !{value}.is_finite() {{ violations.push(at.violation(\"must be a finite number\")); }}"
        ),
        other => return Err(unknown(field, other)),
    })
}

fn enumeration(
    field: &FieldDescriptor,
    kind: &Kind,
    value: &str,
    name: &str,
    rule: &Value,
) -> Outcome<String> {
    let Kind::Enum(known) = kind else { return Err(unknown(field, name)) };
    let allowed: Vec<i32> = match (name, rule) {
        ("defined_only", _) => known.values().map(|value| value.number()).collect(),
        ("in", Value::List(list)) => list.iter().filter_map(Value::as_i32).collect(),
        (other, _) => return Err(unknown(field, other)),
    };
    let names: Vec<String> = known
        .values()
        .filter(|value| value.number() != 0 && allowed.contains(&value.number()))
        .map(|value| format!("`{}`", value.name()))
        .collect();
    let words = format!("must be one of {}", names.join(", "));
    Ok(format!("if !{allowed:?}.contains({value}) {{ violations.push(at.violation({words:?})); }}"))
}

fn set_fields(message: &DynamicMessage) -> Vec<(String, Value)> {
    message.fields().map(|(field, value)| (field.name().to_owned(), value.clone())).collect()
}

fn part(rules: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let field = rules.descriptor().get_field_by_name(name)?;
    rules.has_field(&field).then(|| rules.get_field(&field).as_message().cloned())?
}

fn flag(rules: &DynamicMessage, name: &str) -> bool {
    rules.get_field_by_name(name).is_some_and(|value| value.as_bool() == Some(true))
}

/// `IGNORE_IF_ZERO_VALUE` is 1.
fn ignores_zero(rules: &DynamicMessage) -> bool {
    rules.get_field_by_name("ignore").is_some_and(|value| value.as_enum_number() == Some(1))
}

fn number(value: &Value) -> Outcome<i128> {
    match value {
        Value::U64(number) => Ok(i128::from(*number)),
        Value::I32(number) => Ok(i128::from(*number)),
        other => Err(format!("`{other:?}` is not a whole number").into()),
    }
}

fn zero(kind: &Kind) -> &'static str {
    if matches!(kind, Kind::String) { "\"\"" } else { "0" }
}

fn unknown(field: &FieldDescriptor, rule: &str) -> Box<dyn Error> {
    format!(
        "`{}` has the rule `{rule}`, which build/validate.rs cannot enforce yet",
        field.full_name()
    )
    .into()
}

fn package_path(message: &MessageDescriptor) -> String {
    format!("crate::generated::{}", message.package_name().replace('.', "::"))
}

fn camel(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
