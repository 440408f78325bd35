//! The files of a description, gathered one after the other and kept as the bytes they came in: read into messages, they would lose
//! what their options say.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint};

use super::Unread;

/// The most that all files have together, in bytes.
pub(super) const MOST_BYTES: usize = 16 << 20;
/// The most files.
const MOST_FILES: usize = 4_096;

/// Files that every set may leave out: the tables know what of them matters.
const WELL_KNOWN: [&str; 3] = ["google/protobuf/", "google/api/", "google/rpc/"];

/// What is read of a `google.protobuf.FileDescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
struct Head {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, repeated, tag = "3")]
    imports: Vec<String>,
}

/// The files that have come, by their names, and the names of those that they import.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: BTreeMap<String, Vec<u8>>,
    bytes: usize,
    imported: BTreeSet<String>,
}

impl Files {
    /// Adds a file; one that is there already may come again.
    ///
    /// # Errors
    /// It is no file, two files have its name, or there are too many.
    pub(super) fn add(&mut self, file: Vec<u8>) -> Result<(), Unread> {
        let head = Head::decode(file.as_slice()).map_err(|_| Unread::NoFile)?;
        match self.files.get(&head.name) {
            Some(same) if *same == file => return Ok(()),
            Some(_) => return Err(Unread::TwoFiles(head.name)),
            None => {}
        }
        self.bytes += file.len();
        if self.bytes > MOST_BYTES || self.files.len() == MOST_FILES {
            return Err(Unread::TooLarge);
        }
        self.imported.extend(head.imports);
        self.files.insert(head.name, file);
        Ok(())
    }

    /// The imports that have neither come nor been asked for.
    ///
    /// # Errors
    /// There are more than there may be files.
    pub(super) fn missing(&self, asked: &BTreeSet<String>) -> Result<Vec<String>, Unread> {
        let missing = self.imported.iter().filter(|name| !self.files.contains_key(*name));
        let missing: Vec<String> = missing.filter(|name| !asked.contains(*name)).cloned().collect();
        match missing.len() + self.files.len() > MOST_FILES {
            true => Err(Unread::TooLarge),
            false => Ok(missing),
        }
    }

    /// All of them as a `google.protobuf.FileDescriptorSet`, the same for the same files.
    pub(super) fn set(&self) -> Vec<u8> {
        let mut set = Vec::with_capacity(self.bytes + 8 * self.files.len());
        for file in self.files.values() {
            encode_key(1, WireType::LengthDelimited, &mut set);
            encode_varint(file.len() as u64, &mut set);
            set.extend_from_slice(file);
        }
        set
    }
}

/// Whether a set may do without this file.
pub(super) fn is_well_known(name: &str) -> bool {
    WELL_KNOWN.iter().any(|folder| name.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, imports: &[&str]) -> Vec<u8> {
        let imports = imports.iter().map(|&import| import.to_owned()).collect();
        Head { name: name.to_owned(), imports }.encode_to_vec()
    }

    #[test]
    fn imports_are_missing_until_they_have_come_even_in_a_circle() {
        let (mut files, asked) = (Files::default(), BTreeSet::new());
        files.add(file("a", &["b", "c"])).unwrap();
        files.add(file("b", &["a"])).unwrap();
        assert_eq!(files.missing(&asked).unwrap(), ["c"]);
        assert!(files.missing(&BTreeSet::from(["c".to_owned()])).unwrap().is_empty());
        files.add(file("c", &["c"])).unwrap();
        assert!(files.missing(&asked).unwrap().is_empty());
    }

    #[test]
    fn a_set_is_the_same_in_whatever_order_its_files_came() {
        let [mut one, mut other] = [Files::default(), Files::default()];
        for name in ["a", "b", "a"] {
            one.add(file(name, &[])).unwrap();
        }
        for name in ["b", "a"] {
            other.add(file(name, &[])).unwrap();
        }
        assert_eq!(one.set(), other.set());
        let set = <prost_types::FileDescriptorSet as prost::Message>::decode(&*one.set()).unwrap();
        let names: Vec<&str> = set.file.iter().map(|file| file.name()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn what_is_no_file_or_two_of_one_name_is_refused() {
        let mut files = Files::default();
        assert!(matches!(files.add(vec![0xff]), Err(Unread::NoFile)));
        files.add(file("a", &[])).unwrap();
        assert!(matches!(files.add(file("a", &["b"])), Err(Unread::TwoFiles(name)) if name == "a"));
    }

    #[test]
    fn files_end_at_their_number_and_at_their_size() {
        let mut files = Files::default();
        for number in 0..MOST_FILES {
            files.add(file(&number.to_string(), &[])).unwrap();
        }
        assert!(matches!(files.add(file("one more", &[])), Err(Unread::TooLarge)));

        let mut files = Files::default();
        let long = "x".repeat(MOST_BYTES - 10);
        files.add(file(&long, &[])).unwrap();
        assert!(matches!(files.add(file("0123456789", &[])), Err(Unread::TooLarge)));

        let many: Vec<String> = (0..MOST_FILES).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut files = Files::default();
        files.add(file("a", &many[1..])).unwrap();
        assert!(files.missing(&BTreeSet::new()).is_ok());
        let mut files = Files::default();
        files.add(file("a", &many)).unwrap();
        assert!(matches!(files.missing(&BTreeSet::new()), Err(Unread::TooLarge)));
    }
}
