//! A message of protobuf, read where it stands: field by field, and nothing of it is copied.

use prost::encoding::decode_varint;
use tonic::Status;

/// What stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    /// A text, bytes or a message.
    Bytes(&'a [u8]),
    /// A number of a fixed length.
    Fixed,
}

/// The bytes are no message, or not the one that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl From<Malformed> for Status {
    fn from(_: Malformed) -> Self {
        Self::internal("an answer of the service cannot be read")
    }
}

/// The fields of a message, in the order in which they were written, each with its number.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn field(&mut self) -> Result<(u64, Value<'a>), Malformed> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => self.taken(8).map(|_| Value::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
                Value::Bytes(self.taken(length)?)
            }
            5 => self.taken(4).map(|_| Value::Fixed)?,
            // The contract has no groups.
            _ => return Err(Malformed),
        };
        Ok((tag >> 3, value))
    }

    fn taken(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        // Most tags and lengths are a single byte.
        if let [byte @ ..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Ok((*byte).into());
        }
        decode_varint(&mut self.0).map_err(|_| Malformed)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Malformed>;

    /// After an error there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// Text in UTF-8.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed)
}

/// The text in a field of a message.
pub(super) fn text_within(bytes: &[u8], wanted: u64) -> Result<&str, Malformed> {
    let mut found = "";
    for field in Fields::of(bytes) {
        match field? {
            (number, Value::Bytes(bytes)) if number == wanted => found = text(bytes)?,
            _ => {}
        }
    }
    Ok(found)
}

/// A small message, in whole.
pub(super) fn message<M: prost::Message + Default>(bytes: &[u8]) -> Result<M, Malformed> {
    M::decode(bytes).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_field_is_read_with_its_number() {
        let message = [
            &[0x08, 0x96, 0x01][..],
            &[0x92, 0x01, 0x02, b'h', b'i'],
            &[0x19, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x25, 1, 2, 3, 4],
        ];
        let message = message.concat();
        let fields: Result<Vec<_>, _> = Fields::of(&message).collect();
        let expected = vec![
            (1, Value::Varint(150)),
            (18, Value::Bytes(b"hi")),
            (3, Value::Fixed),
            (4, Value::Fixed),
        ];
        assert_eq!(fields, Ok(expected));
    }

    #[rstest]
    #[case::a_tag_without_a_value(&[0x08])]
    #[case::a_length_beyond_the_end(&[0x12, 0x03, b'h', b'i'])]
    #[case::a_group(&[0x0b])]
    #[case::a_varint_without_an_end(&[0xff; 11])]
    #[case::a_number_cut_short(&[0x19, 1, 2, 3])]
    fn what_is_cut_short_is_malformed(#[case] bytes: &[u8]) {
        let fields: Vec<_> = Fields::of(bytes).collect();
        assert_eq!(fields, [Err(Malformed)]);
    }
}
