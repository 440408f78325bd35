//! Lines of ProtoJSON as requests. A line that is none is a fault with a place; it never ends the reading.

use std::{
    collections::HashMap,
    io::{self, BufRead},
};

use prost::Message as _;
use proto::catalog::CreateProductRequest;

use super::{MOST_BYTES, json};

/// One line that is a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Where it stands in the file, from 1.
    pub number: usize,
    /// What it asks for.
    pub request: CreateProductRequest,
}

/// One line that cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands in the file, from 1.
    pub number: usize,
    /// All that is wrong with it, each for people.
    pub violations: Vec<String>,
}

/// The lines of a file, one after the other, without those that hold nothing.
pub struct Lines<R> {
    source: R,
    number: usize,
    buffer: Vec<u8>,
    /// In which line each id was first seen: a second one would be taken for a product that was there before.
    seen: HashMap<String, usize>,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a source.
    pub fn new(source: R) -> Self {
        Self { source, number: 0, buffer: Vec::new(), seen: HashMap::new() }
    }

    /// The next line that holds something, and how many bytes were read for it; none at the end.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn next_line(&mut self) -> io::Result<Option<(Result<Line, Fault>, u64)>> {
        let mut read = 0;
        loop {
            self.buffer.clear();
            let length = self.source.read_until(b'\n', &mut self.buffer)?;
            if length == 0 {
                return Ok(None);
            }
            read += length as u64;
            self.number += 1;
            let text = self.buffer.trim_ascii();
            if !text.is_empty() {
                let text = text.to_vec();
                return Ok(Some((self.parse(&text), read)));
            }
        }
    }

    fn parse(&mut self, text: &[u8]) -> Result<Line, Fault> {
        let number = self.number;
        let fault = |violation: String| Fault { number, violations: vec![violation] };
        let request: CreateProductRequest =
            json::message(text).map_err(|violations| Fault { number, violations })?;
        if request.product_id.is_empty() {
            return Err(fault("product_id: must be given".into()));
        }
        if request.encoded_len() > MOST_BYTES {
            return Err(fault(format!("must have at most {MOST_BYTES} bytes")));
        }
        match self.seen.insert(request.product_id.clone(), number) {
            None => Ok(Line { number, request }),
            Some(first) => {
                let id = &request.product_id;
                Err(fault(format!("product_id: `{id}` stands in line {first} already")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Line, Fault>> {
        let mut lines = Lines::new(text.as_bytes());
        std::iter::from_fn(|| lines.next_line().unwrap().map(|(line, _)| line)).collect()
    }

    fn violations(line: &Result<Line, Fault>) -> String {
        line.as_ref().unwrap_err().violations.join("; ")
    }

    #[test]
    fn lines_become_requests_and_keep_their_numbers() {
        let lines = read(
            "{\"productId\":\"a\",\"product\":{\"title\":\"A\"}}\n\n  \n{\"product_id\":\"b\"}",
        );
        let lines: Vec<Line> = lines.into_iter().map(Result::unwrap).collect();
        assert_eq!(lines[0].number, 1);
        assert_eq!(lines[0].request.product.as_ref().unwrap().title, "A");
        assert_eq!((lines[1].number, lines[1].request.product_id.as_str()), (4, "b"));
    }

    #[test]
    fn a_faulty_line_has_a_number_and_the_next_one_is_read() {
        let lines = read(
            "{\"productId\":\"a\"}\n{\"productId\":\n{\"nonsense\":1}\n{\"productId\":\"b\"}\n",
        );
        assert!(lines[0].is_ok() && lines[3].is_ok());
        assert_eq!(lines[1].as_ref().unwrap_err().number, 2);
        assert!(violations(&lines[1]).contains("column"), "{lines:?}");
        assert!(violations(&lines[2]).contains("nonsense"), "{lines:?}");
    }

    #[test]
    fn an_id_is_required_and_stands_once() {
        let lines = read("{}\n{\"productId\":\"a\"}\n{\"productId\":\"a\"}\n");
        assert_eq!(violations(&lines[0]), "product_id: must be given");
        assert_eq!(violations(&lines[2]), "product_id: `a` stands in line 2 already");
    }

    #[test]
    fn bytes_that_are_no_text_are_a_fault() {
        let mut lines = Lines::new(&b"\xff\xfe\n{\"productId\":\"a\"}\n"[..]);
        assert!(lines.next_line().unwrap().unwrap().0.is_err());
        assert!(lines.next_line().unwrap().unwrap().0.is_ok());
    }
}
