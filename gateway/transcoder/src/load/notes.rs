//! What only a document tells: comments, how a field behaves, and the standard rules of `buf.validate`.
//! Nothing here decides how a message is read or printed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{each, field_text, join, options, utf8};
use crate::wire::{Broken, Reader, Value};

/// Notes on the types, fields, services and methods of a set, by full name.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    comments: BTreeMap<Box<str>, Box<str>>,
    fields: BTreeMap<Box<str>, FieldNote>,
    /// The members of oneofs of which one has to be set.
    required_choices: BTreeSet<Box<str>>,
}

/// What a field declares beyond its type.
#[derive(Debug, Default)]
pub(crate) struct FieldNote {
    /// `google.api.field_behavior` says REQUIRED.
    pub(crate) required: bool,
    /// It says INPUT_ONLY.
    pub(crate) input_only: bool,
    /// What `buf.validate` asks of its values.
    pub(crate) rules: ValueRules,
}

/// The rules of `buf.validate` that JSON Schema can express.
#[derive(Debug, Default)]
pub(crate) struct ValueRules {
    pub(crate) required: bool,
    /// The rules hold only for values that are not the default.
    pub(crate) ignores_default: bool,
    pub(crate) pattern: Option<String>,
    /// The values allowed, of a text.
    pub(crate) one_of: Vec<String>,
    /// Unknown numbers of an enum are refused.
    pub(crate) defined_only: bool,
    /// The numbers allowed, of an enum; all when empty.
    pub(crate) numbers: Vec<i32>,
    /// The name of a format that a text has.
    pub(crate) format: Option<&'static str>,
    /// NaN and the infinities are refused.
    pub(crate) finite: bool,
    /// Keywords of JSON Schema with their numbers, such as `maxLength`.
    pub(crate) bounds: Vec<(&'static str, String)>,
    /// Of a list's items.
    pub(crate) items: Option<Box<ValueRules>>,
    /// Of a map's keys and values.
    pub(crate) keys: Option<Box<ValueRules>>,
    pub(crate) values: Option<Box<ValueRules>>,
}

/// A place in a file: field numbers and indices, as `SourceCodeInfo` has them.
type Place = Vec<u64>;

/// Walks one file, knowing where it is.
struct Walk<'a> {
    notes: &'a mut Notes,
    comments: HashMap<Place, String>,
    place: Place,
}

impl Notes {
    /// The comment of anything with a full name; empty without one.
    pub(crate) fn comment(&self, full_name: &str) -> &str {
        self.comments.get(full_name).map_or("", |comment| comment)
    }

    /// The note of a field, by message and field name.
    pub(crate) fn field(&self, message: &str, field: &str) -> Option<&FieldNote> {
        self.fields.get(join(message, field).as_str())
    }

    /// Whether a field is a member of a oneof of which one member has to be set.
    pub(crate) fn is_required_choice(&self, message: &str, field: &str) -> bool {
        self.required_choices.contains(join(message, field).as_str())
    }

    /// Adds the notes of one file.
    pub(super) fn read(&mut self, file: &[u8], package: &str) -> Result<(), Broken> {
        let comments = comments(file)?;
        let mut walk = Walk { notes: self, comments, place: Place::new() };
        walk.children(file, 4, |walk, message| walk.message(message, package))?;
        walk.children(file, 5, |walk, content| walk.named(content, package, &[2]))?;
        walk.children(file, 6, |walk, service| walk.named(service, package, &[2]))?;
        if package == "google.type" {
            self.add_money();
        }
        Ok(())
    }

    /// What `google.type.Money` says in its comments, and no option does.
    fn add_money(&mut self) {
        let currency = ValueRules {
            required: true,
            pattern: Some("^[A-Z]{3}$".to_owned()),
            format: Some("iso-4217"),
            ..ValueRules::default()
        };
        let bounds = [("minimum", "-999999999"), ("maximum", "999999999")];
        let bounds = bounds.map(|(keyword, number)| (keyword, number.to_owned())).to_vec();
        let nanos = ValueRules { bounds, ..ValueRules::default() };
        for (field, rules) in [("currency_code", currency), ("nanos", nanos)] {
            if let Some(note) = self.fields.get_mut(join("google.type.Money", field).as_str()) {
                note.rules = rules;
            }
        }
    }
}

impl Walk<'_> {
    /// Visits every child with this field number, each at its place.
    fn children(
        &mut self,
        wire: &[u8],
        number: u32,
        visit: impl Fn(&mut Self, &[u8]) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        for (index, child) in options(wire, number)?.into_iter().enumerate() {
            self.place.extend([u64::from(number), index as u64]);
            visit(self, child)?;
            self.place.truncate(self.place.len() - 2);
        }
        Ok(())
    }

    fn message(&mut self, wire: &[u8], scope: &str) -> Result<(), Broken> {
        let name = self.named(wire, scope, &[]).and_then(|()| field_text(wire, 1))?;
        let name = join(scope, &name);
        let choices = required_choices(wire)?;
        self.children(wire, 2, |walk, field| {
            walk.named(field, &name, &[])?;
            let full = join(&name, &field_text(field, 1)?);
            if choice_of(field)?.is_some_and(|index| choices.contains(&index)) {
                walk.notes.required_choices.insert(full.as_str().into());
            }
            walk.notes.fields.insert(full.into(), FieldNote::read(field)?);
            Ok(())
        })?;
        self.children(wire, 3, |walk, nested| walk.message(nested, &name))?;
        self.children(wire, 4, |walk, content| walk.named(content, &name, &[2]))
    }

    /// Keeps the comment of what is here, and of its children with these numbers.
    fn named(&mut self, wire: &[u8], scope: &str, inner: &[u32]) -> Result<(), Broken> {
        let name = join(scope, &field_text(wire, 1)?);
        if let Some(comment) = self.comments.remove(&self.place) {
            self.notes.comments.insert(name.as_str().into(), comment.into());
        }
        inner.iter().try_for_each(|number| {
            self.children(wire, *number, |walk, child| walk.named(child, &name, &[]))
        })
    }
}

/// The oneofs of a message, by index, of which one member has to be set.
fn required_choices(message: &[u8]) -> Result<BTreeSet<u64>, Broken> {
    let mut found = BTreeSet::new();
    for (index, choice) in (0..).zip(options(message, 8)?) {
        for part in options(choice, 2)? {
            for rules in options(part, FieldNote::RULES)? {
                if options_hold(rules, 1)? {
                    found.insert(index);
                }
            }
        }
    }
    Ok(found)
}

/// The oneof that a field is a member of.
fn choice_of(field: &[u8]) -> Result<Option<u64>, Broken> {
    let mut found = None;
    each(field, |number, value| {
        if let (9, Value::Bits(index)) = (number, value) {
            found = Some(index);
        }
        Ok(())
    })?;
    Ok(found)
}

/// The comments of a file by place: the one before a thing, else the one behind it.
fn comments(file: &[u8]) -> Result<HashMap<Place, String>, Broken> {
    let mut comments = HashMap::new();
    for location in options(file, 9)?.into_iter().map(|info| options(info, 1)) {
        for location in location? {
            let leading = field_text(location, 3)?;
            let text = if leading.is_empty() { field_text(location, 4)? } else { leading };
            if !text.is_empty() {
                let mut place = Place::new();
                each(location, |number, value| match (number, value) {
                    (1, Value::Bytes(packed)) => numbers(packed, &mut place),
                    (1, Value::Bits(one)) => {
                        place.push(one);
                        Ok(())
                    }
                    _ => Ok(()),
                })?;
                comments.insert(place, unindented(&text));
            }
        }
    }
    Ok(comments)
}

fn numbers(packed: &[u8], into: &mut Vec<u64>) -> Result<(), Broken> {
    let mut list = Reader::new(packed);
    while !list.is_empty() {
        into.push(list.varint()?);
    }
    Ok(())
}

/// A comment without the space that follows its slashes.
fn unindented(comment: &str) -> String {
    let lines = comment.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Whether a field of options is set to `true`.
fn options_hold(wire: &[u8], wanted: u32) -> Result<bool, Broken> {
    let mut holds = false;
    each(wire, |number, value| {
        holds |= number == wanted && matches!(value, Value::Bits(1));
        Ok(())
    })?;
    Ok(holds)
}

impl FieldNote {
    /// The extension of `FieldOptions` that holds the behaviour.
    const BEHAVIOR: u32 = 1052;
    /// The one that holds the rules.
    const RULES: u32 = 1159;

    fn read(field: &[u8]) -> Result<Self, Broken> {
        let mut note = Self::default();
        for part in options(field, 8)? {
            let mut behaviors = Vec::new();
            each(part, |number, value| match (number, value) {
                (Self::BEHAVIOR, Value::Bits(behavior)) => {
                    behaviors.push(behavior);
                    Ok(())
                }
                (Self::BEHAVIOR, Value::Bytes(packed)) => numbers(packed, &mut behaviors),
                (Self::RULES, Value::Bytes(rules)) => note.rules.read(rules),
                _ => Ok(()),
            })?;
            note.required |= behaviors.contains(&2);
            note.input_only |= behaviors.contains(&4);
        }
        if note.required {
            // Zero is how an enum says that it is not given.
            note.rules.numbers.retain(|number| *number != 0);
        }
        Ok(note)
    }
}

impl ValueRules {
    fn of(wire: &[u8]) -> Result<Box<Self>, Broken> {
        let mut rules = Box::<Self>::default();
        rules.read(wire)?;
        Ok(rules)
    }

    fn read(&mut self, wire: &[u8]) -> Result<(), Broken> {
        each(wire, |number, value| match (number, value) {
            (25, Value::Bits(bit)) => {
                self.required = bit != 0;
                Ok(())
            }
            (27, Value::Bits(ignore)) => {
                self.ignores_default = ignore == 1;
                Ok(())
            }
            (2, Value::Bytes(rules)) => {
                self.finite |= options_hold(rules, 8)?;
                self.numbers(rules, |bits| f64::from_bits(bits).to_string())
            }
            (3 | 4, Value::Bytes(rules)) => self.numbers(rules, |bits| (bits as i64).to_string()),
            (5 | 6, Value::Bytes(rules)) => self.numbers(rules, |bits| bits.to_string()),
            (14, Value::Bytes(rules)) => self.text(rules),
            (16, Value::Bytes(rules)) => self.enumeration(rules),
            (18, Value::Bytes(rules)) => self.list(rules),
            (19, Value::Bytes(rules)) => self.map(rules),
            _ => Ok(()),
        })
    }

    fn numbers(&mut self, wire: &[u8], print: impl Fn(u64) -> String) -> Result<(), Broken> {
        each(wire, |number, value| {
            let keyword = match number {
                2 => "exclusiveMaximum",
                3 => "maximum",
                4 => "exclusiveMinimum",
                5 => "minimum",
                _ => return Ok(()),
            };
            if let Value::Bits(bits) = value {
                self.bounds.push((keyword, print(bits)));
            }
            Ok(())
        })
    }

    fn text(&mut self, wire: &[u8]) -> Result<(), Broken> {
        each(wire, |number, value| {
            match (number, value) {
                (2, Value::Bits(least)) => self.bounds.push(("minLength", least.to_string())),
                (3, Value::Bits(most)) => self.bounds.push(("maxLength", most.to_string())),
                // Bytes, of which no character has less than one.
                (5, Value::Bits(most)) => self.bounds.push(("maxLength", most.to_string())),
                (6, Value::Bytes(pattern)) => self.pattern = Some(utf8(pattern)),
                (10, Value::Bytes(allowed)) => self.one_of.push(utf8(allowed)),
                _ => {}
            }
            Ok(())
        })
    }

    fn enumeration(&mut self, wire: &[u8]) -> Result<(), Broken> {
        self.defined_only |= options_hold(wire, 2)?;
        let mut allowed = Vec::new();
        each(wire, |number, value| match (number, value) {
            (3, Value::Bytes(packed)) => numbers(packed, &mut allowed),
            (3, Value::Bits(one)) => {
                allowed.push(one);
                Ok(())
            }
            _ => Ok(()),
        })?;
        // Enum numbers are sign-extended varints.
        self.numbers.extend(allowed.into_iter().map(|number| number as i32));
        Ok(())
    }

    fn list(&mut self, wire: &[u8]) -> Result<(), Broken> {
        each(wire, |number, value| {
            match (number, value) {
                (1, Value::Bits(least)) => self.bounds.push(("minItems", least.to_string())),
                (2, Value::Bits(most)) => self.bounds.push(("maxItems", most.to_string())),
                (3, Value::Bits(1)) => self.bounds.push(("uniqueItems", "true".to_owned())),
                (4, Value::Bytes(rules)) => self.items = Some(Self::of(rules)?),
                _ => {}
            }
            Ok(())
        })
    }

    fn map(&mut self, wire: &[u8]) -> Result<(), Broken> {
        each(wire, |number, value| {
            match (number, value) {
                (1, Value::Bits(least)) => self.bounds.push(("minProperties", least.to_string())),
                (2, Value::Bits(most)) => self.bounds.push(("maxProperties", most.to_string())),
                (4, Value::Bytes(rules)) => self.keys = Some(Self::of(rules)?),
                (5, Value::Bytes(rules)) => self.values = Some(Self::of(rules)?),
                _ => {}
            }
            Ok(())
        })
    }
}
