//! Where a value can stand in a request: every field of it, those of the messages within, list items, map keys and map values.

use std::fmt;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use tests::rpc::behaves;

/// The key that the samples' maps have.
pub(crate) const KEY: &str = "colour";

/// A place in a request.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    steps: Vec<Step>,
    /// The field that it is, or whose item, key or value it is.
    pub(crate) field: FieldDescriptor,
    /// What stands there.
    pub(crate) what: What,
    /// It lies in a field that the service fills in.
    pub(crate) is_output: bool,
}

#[derive(Clone, Debug)]
enum Step {
    Field(FieldDescriptor),
    First,
    Value,
}

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// One value.
    One,
    /// A list as a whole.
    List,
    /// A map as a whole.
    Map,
    /// The key of a map.
    Key,
}

/// Every place in a request of this type.
pub(crate) fn all(message: &MessageDescriptor) -> Vec<Place> {
    let mut places = Vec::new();
    walk(message, &[], false, &mut places);
    places
}

fn walk(message: &MessageDescriptor, at: &[Step], is_output: bool, into: &mut Vec<Place>) {
    for field in message.fields() {
        let is_output = is_output || behaves(&field, "OUTPUT_ONLY");
        let mut steps = [at, &[Step::Field(field.clone())]].concat();
        let mut add = |steps: &[Step], what| {
            into.push(Place { steps: steps.to_vec(), field: field.clone(), what, is_output });
        };
        let mut kind = field.kind();
        if field.is_map() {
            add(&steps, What::Map);
            add(&steps, What::Key);
            steps.push(Step::Value);
            kind = kind.as_message().unwrap().map_entry_value_field().kind();
        } else if field.is_list() {
            add(&steps, What::List);
            steps.push(Step::First);
        }
        add(&steps, What::One);
        if let Kind::Message(inner) = kind
            && inner.package_name().starts_with("shelf.")
        {
            walk(&inner, &steps, is_output, into);
        }
    }
}

impl Place {
    /// Puts a value there, or, without one, takes away what stands there.
    pub(crate) fn put(&self, message: &mut DynamicMessage, value: Option<Value>) {
        let (last, way) = self.steps.split_last().unwrap();
        let mut value = value;
        match (self.what, last, way.split_last()) {
            (What::Key, Step::Field(field), _) => {
                let Some(Value::String(key)) = value else { panic!("a key is a text") };
                let map = reach(message, way).get_field_mut(field).as_map_mut().unwrap();
                let old = map.remove(&MapKey::String(KEY.into())).unwrap();
                map.insert(MapKey::String(key), old);
            }
            (_, Step::Field(field), _) => match value.take() {
                Some(value) => reach(message, way).set_field(field, value),
                None => reach(message, way).clear_field(field),
            },
            (_, Step::First, Some((Step::Field(field), way))) => {
                let list = reach(message, way).get_field_mut(field).as_list_mut().unwrap();
                match value {
                    Some(value) if list.is_empty() => list.push(value),
                    Some(value) => list[0] = value,
                    None => list.clear(),
                }
            }
            (_, Step::Value, Some((Step::Field(field), way))) => {
                let map = reach(message, way).get_field_mut(field).as_map_mut().unwrap();
                let key = MapKey::String(KEY.into());
                match value {
                    Some(value) => _ = map.insert(key, value),
                    None => map.clear(),
                }
            }
            step => panic!("no way to {step:?}"),
        }
    }

    /// What stands there.
    pub(crate) fn get(&self, message: &DynamicMessage) -> Option<Value> {
        let mut value = Value::Message(message.clone());
        for step in &self.steps {
            value = match (step, &value) {
                (Step::Field(field), Value::Message(message)) if message.has_field(field) => {
                    message.get_field(field).into_owned()
                }
                (Step::First, Value::List(list)) => list.first()?.clone(),
                (Step::Value, Value::Map(map)) => map.get(&MapKey::String(KEY.into()))?.clone(),
                _ => return None,
            };
        }
        Some(value)
    }

    /// The map whose key it is.
    pub(crate) fn map(&self, message: &DynamicMessage) -> Option<Value> {
        Self { what: What::Map, ..self.clone() }.get(message)
    }

    /// The same place seen from the message in its first field; none: it is that field.
    pub(crate) fn within_first(&self) -> Option<Self> {
        let steps = self.steps.get(1..).filter(|rest| !rest.is_empty())?.to_vec();
        Some(Self { steps, ..self.clone() })
    }

    /// Whether it lies within a field of this name.
    pub(crate) fn lies_in(&self, name: &str) -> bool {
        let named = |step: &Step| matches!(step, Step::Field(field) if field.name() == name);
        self.steps.iter().any(named)
    }
}

fn reach<'m>(message: &'m mut DynamicMessage, way: &[Step]) -> &'m mut DynamicMessage {
    let mut at = message;
    let mut way = way.iter().peekable();
    while let Some(step) = way.next() {
        let Step::Field(field) = step else { panic!("{step:?} has nothing before it") };
        let value = at.get_field_mut(field);
        at = match (way.peek(), value) {
            (Some(Step::First), Value::List(list)) => {
                way.next();
                if list.is_empty() {
                    let Kind::Message(inner) = field.kind() else { panic!("no message") };
                    list.push(Value::Message(DynamicMessage::new(inner)));
                }
                list[0].as_message_mut().unwrap()
            }
            (Some(Step::Value), Value::Map(map)) => {
                way.next();
                map.get_mut(&MapKey::String(KEY.into())).unwrap().as_message_mut().unwrap()
            }
            (_, Value::Message(inner)) => inner,
            (next, value) => panic!("no way through {value:?} to {next:?}"),
        };
    }
    at
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Field(field) => {
                    write!(f, "{}{}", if index > 0 { "." } else { "" }, field.name())?;
                }
                Step::First => f.write_str("[0]")?,
                Step::Value => write!(f, "[{KEY:?}]")?,
            }
        }
        Ok(())
    }
}
