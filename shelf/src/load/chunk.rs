//! Lines gathered into what one call may carry.

use std::io::{self, BufRead};

use prost::Message as _;

use super::{Fault, Line, Lines};

/// The most lines of a chunk: the contract's limit of a batch.
pub const MOST_LINES: usize = 500;

/// The most bytes of a chunk: a call may have 4 MiB, and carries more than the lines.
pub const MOST_BYTES: usize = 3 << 20;

/// Lines that go into one call, and the faults met between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    /// What to send.
    pub lines: Vec<Line>,
    /// What cannot be sent.
    pub faults: Vec<Fault>,
    /// How many bytes of the source this is.
    pub read: u64,
}

/// The chunks of a file.
pub struct Chunks<R> {
    lines: Lines<R>,
    /// A line that the chunk before had no room for.
    kept: Option<(Line, u64)>,
    ended: bool,
}

impl<R: BufRead> Chunks<R> {
    /// The chunks of these lines.
    pub fn new(lines: Lines<R>) -> Self {
        Self { lines, kept: None, ended: false }
    }

    fn gather(&mut self) -> io::Result<Chunk> {
        let mut chunk = Chunk::default();
        let mut bytes = 0;
        while chunk.lines.len() < MOST_LINES && chunk.faults.len() < MOST_LINES {
            let (line, read) = match self.kept.take() {
                Some((line, read)) => (line, read),
                None => match self.lines.next_line()? {
                    None => {
                        self.ended = true;
                        break;
                    }
                    Some((Err(fault), read)) => {
                        chunk.faults.push(fault);
                        chunk.read += read;
                        continue;
                    }
                    Some((Ok(line), read)) => (line, read),
                },
            };
            let size = line.request.encoded_len();
            if bytes + size > MOST_BYTES && !chunk.lines.is_empty() {
                self.kept = Some((line, read));
                break;
            }
            bytes += size;
            chunk.read += read;
            chunk.lines.push(line);
        }
        Ok(chunk)
    }
}

impl<R: BufRead> Iterator for Chunks<R> {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended && self.kept.is_none() {
            return None;
        }
        match self.gather() {
            Ok(chunk) if chunk == Chunk::default() => None,
            Ok(chunk) => Some(Ok(chunk)),
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: &str) -> Vec<Chunk> {
        Chunks::new(Lines::new(text.as_bytes())).map(Result::unwrap).collect()
    }

    fn line(id: usize, description: usize) -> String {
        let text = "d".repeat(description);
        format!("{{\"productId\":\"p{id}\",\"product\":{{\"description\":\"{text}\"}}}}\n")
    }

    #[test]
    fn a_chunk_has_at_most_500_lines() {
        let text: String = (0..1_001).map(|id| line(id, 0)).collect();
        let sizes: Vec<usize> = chunks(&text).iter().map(|chunk| chunk.lines.len()).collect();
        assert_eq!(sizes, [500, 500, 1]);
    }

    #[test]
    fn a_chunk_has_at_most_3_mebibytes() {
        let text: String = (0..7).map(|id| line(id, 1 << 20)).collect();
        let chunks = chunks(&text);
        let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.lines.len()).collect();
        assert_eq!(sizes, [2, 2, 2, 1]);
        let read: u64 = chunks.iter().map(|chunk| chunk.read).sum();
        assert_eq!(read, text.len() as u64);
    }

    #[test]
    fn faults_do_not_end_a_chunk() {
        let text = format!("{}nonsense\n{}", line(1, 0), line(2, 0));
        let chunks = chunks(&text);
        assert_eq!((chunks.len(), chunks[0].lines.len(), chunks[0].faults.len()), (1, 2, 1));
    }

    #[test]
    fn nothing_makes_no_chunk() {
        assert_eq!(chunks("\n \n"), []);
    }
}
