//! A JSON document whose members keep their order.

use bytes::{BufMut, BytesMut};

use crate::text;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    /// JSON as it is: a number, a literal, a quoted name.
    Raw(String),
    List(Vec<Node>),
    Object(Object),
}

/// Members in the order they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Object(Vec<(String, Node)>);

impl Object {
    /// The same object with one more member.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Into<Node>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// The same object, with a text member unless the text is empty.
    #[must_use]
    pub(super) fn with_text(self, name: &str, text: &str) -> Self {
        if text.is_empty() { self } else { self.with(name, text) }
    }

    pub(super) fn push(&mut self, name: &str, value: impl Into<Node>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Adds the members of another object.
    pub(super) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The member of this name, made if it is missing.
    pub(super) fn entry(&mut self, name: &str) -> &mut Node {
        let known = self.0.iter().position(|(known, _)| known == name);
        let at = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.push(name, Self::default());
        }
        &mut self.0[at].1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Node {
    pub(super) fn as_object(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(super) fn print(&self, out: &mut BytesMut) {
        match self {
            Self::Text(value) => text::append_quoted(out, value),
            Self::Raw(json) => out.put_slice(json.as_bytes()),
            Self::List(items) => {
                separated(out, (b'[', b']'), items, |out, item| item.print(out));
            }
            Self::Object(Object(members)) => {
                separated(out, (b'{', b'}'), members, |out, (name, value)| {
                    text::append_quoted(out, name);
                    out.put_u8(b':');
                    value.print(out);
                });
            }
        }
    }
}

fn separated<T>(
    out: &mut BytesMut,
    (open, close): (u8, u8),
    items: &[T],
    print: impl Fn(&mut BytesMut, &T),
) {
    out.put_u8(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.put_u8(b',');
        }
        print(out, item);
    }
    out.put_u8(close);
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Node {
    fn from(bit: bool) -> Self {
        Self::Raw(bit.to_string())
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Self::Raw(number.to_string())
    }
}

impl From<Object> for Node {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Self {
        Self::List(items)
    }
}

/// An empty object, to be filled by [`Object::with`].
pub(super) fn object() -> Object {
    Object::default()
}

/// A list of texts.
pub(super) fn texts<'t>(items: impl IntoIterator<Item = &'t str>) -> Node {
    Node::List(items.into_iter().map(Node::from).collect())
}
