//! The fields of a message, read where they stand: for whoever wants a few of them, and nothing copied.

use crate::wire::{Broken, Reader, START_GROUP, Value};

/// How deep groups may nest; they are passed over.
const DEPTH: u16 = 100;

/// The fields of a message in the order in which they were written, each with its number. Groups are left out, and after an error
/// there is nothing more.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(Reader<'a>);

impl<'a> Fields<'a> {
    /// Those of a message on the wire.
    pub fn of(message: &'a [u8]) -> Self {
        Self(Reader::new(message))
    }

    fn field(&mut self) -> Result<Option<(u32, Value<'a>)>, Broken> {
        while let Some((number, wire_type)) = self.0.tag()? {
            if wire_type != START_GROUP {
                return Ok(Some((number, self.0.value(wire_type)?)));
            }
            self.0.skip(number, wire_type, DEPTH)?;
        }
        Ok(None)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let field = self.field();
        if field.is_err() {
            self.0 = Reader::new(&[]);
        }
        field.transpose()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_field_is_read_with_its_number() {
        let message = [
            &[0x08, 0x96, 0x01][..],
            &[0x0b, 0x08, 0x01, 0x0c],
            &[0x92, 0x01, 0x02, b'h', b'i'],
            &[0x19, 1, 0, 0, 0, 0, 0, 0, 0],
            &[0x25, 2, 0, 0, 0],
        ];
        let message = message.concat();
        let fields: Result<Vec<_>, _> = Fields::of(&message).collect();
        let expected = [
            (1, Value::Bits(150)),
            (18, Value::Bytes(b"hi")),
            (3, Value::Bits(1)),
            (4, Value::Bits(2)),
        ];
        assert_eq!(fields.unwrap(), expected);
    }

    #[rstest]
    #[case::a_tag_without_a_value(&[0x08], Broken::Truncated)]
    #[case::a_length_beyond_the_end(&[0x12, 0x03, b'h', b'i'], Broken::Truncated)]
    #[case::a_group_without_an_end(&[0x0b], Broken::Truncated)]
    #[case::an_end_without_a_group(&[0x0c], Broken::Group)]
    #[case::a_varint_without_an_end(&[0xff; 11], Broken::Varint)]
    #[case::a_number_cut_short(&[0x19, 1, 2, 3], Broken::Truncated)]
    fn what_cannot_be_read_is_the_last(#[case] bytes: &[u8], #[case] broken: Broken) {
        let fields: Vec<_> = Fields::of(bytes).collect();
        assert_eq!(fields, [Err(broken)]);
    }
}
