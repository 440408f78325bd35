//! A path template as OpenAPI writes it: one parameter for each `*`, named after the collection before it.

use super::node::{Object, object};
use crate::plan::{Rule, Variable};
use crate::template::{Colons, Segment, Template};
use crate::{Plan, Rpc};

/// A template written out, with its parameters in order.
pub(super) struct Shape {
    pub(super) text: String,
    pub(super) parameters: Vec<Parameter>,
}

/// One segment, or the rest of the path.
pub(super) struct Parameter {
    pub(super) name: String,
    /// The pattern of its segment, where the field's own pattern tells.
    pub(super) pattern: Option<String>,
    /// It may contain slashes.
    pub(super) rest: bool,
    /// The variable that it is a part of, and whether it is all of it.
    pub(super) variable: Option<usize>,
    pub(super) whole: bool,
}

impl Shape {
    pub(super) fn of(plan: &Plan, rule: &Rule, rpc: &Rpc) -> Option<Self> {
        let (_, text) = rule.text.split_once(' ')?;
        let template = Template::parse(text, Colons::Anywhere).ok()?;
        let mut shape = Self { text: String::new(), parameters: Vec::new() };
        for (at, segment) in template.segments.iter().enumerate() {
            shape.text.push('/');
            if let Segment::Literal(literal) = segment {
                shape.text.push_str(literal);
                continue;
            }
            let parameter = shape.parameter(&template, at, (plan, rule, rpc));
            shape.text.push_str(&format!("{{{}}}", parameter.name));
            shape.parameters.push(parameter);
        }
        if let Some(verb) = &template.verb {
            shape.text.push(':');
            shape.text.push_str(verb);
        }
        Some(shape)
    }

    fn parameter(
        &self,
        template: &Template,
        at: usize,
        (plan, rule, rpc): (&Plan, &Rule, &Rpc),
    ) -> Parameter {
        let covers =
            |variable: &&crate::template::Variable| (variable.start..variable.end).contains(&at);
        let variable = template.variables.iter().find(covers);
        let index = variable.and_then(|known| {
            rule.variables.iter().position(|variable| variable.text == known.path)
        });
        let rest = template.segments[at] == Segment::Rest;
        let before = at.checked_sub(1).map(|before| &template.segments[before]);
        let name = match (before, variable) {
            (Some(Segment::Literal(collection)), _) if !rest && is_plural(collection) => {
                singular(collection)
            }
            (_, Some(variable)) => {
                variable.path.rsplit('.').next().unwrap_or(&variable.path).to_owned()
            }
            _ => "segment".to_owned(),
        };
        let pattern = index.zip(variable).and_then(|(index, known)| {
            let segments = &template.segments[known.start..known.end];
            segment_pattern(plan, rpc, &rule.variables[index], segments, at - known.start)
        });
        Parameter {
            name: self.unique(name),
            pattern,
            rest,
            variable: index,
            whole: variable.is_some_and(|variable| variable.end - variable.start == 1),
        }
    }

    fn unique(&self, name: String) -> String {
        let taken = |name: &str| self.parameters.iter().any(|other| other.name == name);
        match taken(&name) {
            false => name,
            true => (2..)
                .map(|number| format!("{name}{number}"))
                .find(|name| !taken(name))
                .unwrap_or(name),
        }
    }
}

/// The part of a field's pattern that speaks of one segment: `^products/[a-z]+$` says what `*` in `products/*` may be.
fn segment_pattern(
    plan: &Plan,
    rpc: &Rpc,
    variable: &Variable,
    segments: &[Segment],
    at: usize,
) -> Option<String> {
    let (last, above) = variable.path.split_last()?;
    let msg = above.iter().try_fold(plan.tables.msg(rpc.input), |msg, index| {
        msg.fields[*index].message().map(|id| plan.tables.msg(id))
    })?;
    let note = plan.notes.field(&msg.name, &msg.fields[*last].name)?;
    let pattern = note.rules.pattern.as_deref()?;
    let parts: Vec<&str> = pattern.strip_prefix('^')?.strip_suffix('$')?.split('/').collect();
    let fits = parts.len() == segments.len()
        && parts.iter().zip(segments).all(|(part, segment)| match segment {
            Segment::Literal(literal) => *part == literal.as_str(),
            _ => true,
        });
    fits.then(|| format!("^{}$", parts[at]))
}

impl Parameter {
    /// The parameter of the document, with the schema of the field when it is all of it.
    pub(super) fn write(&self, field: Option<Object>) -> Object {
        let schema = match (&self.pattern, field) {
            (_, Some(field)) if self.whole => field,
            (Some(pattern), _) => object().with("type", "string").with("pattern", pattern.as_str()),
            _ => object().with("type", "string").with("minLength", i64::from(!self.rest)),
        };
        let rest = if self.rest { "May contain slashes." } else { "" };
        object()
            .with("name", self.name.as_str())
            .with("in", "path")
            .with_text("description", rest)
            .with("required", true)
            .with("schema", schema)
    }
}

fn is_plural(word: &str) -> bool {
    word.len() > 1 && word.ends_with('s') && !word.ends_with("ss")
}

/// The singular of a collection's name, by the rules that English names mostly follow.
fn singular(plural: &str) -> String {
    let endings = [
        ("ies", "y"),
        ("lves", "lf"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("s", ""),
    ];
    let found = endings.iter().find_map(|(plural_end, end)| {
        plural.strip_suffix(plural_end).map(|stem| format!("{stem}{end}"))
    });
    found.unwrap_or_else(|| plural.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_names_its_member() {
        let pairs = [
            ("products", "product"),
            ("categories", "category"),
            ("shelves", "shelf"),
            ("apiKeys", "apiKey"),
            ("boxes", "box"),
            ("classes", "class"),
        ];
        for (plural, one) in pairs {
            assert_eq!(singular(plural), one);
        }
    }
}
