//! The table of served files: each with its type, its tag and its codings, all under one digest.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};

use super::{comments, files, imports, spaces};
use crate::app::coding::{self, Coding, Effort};

/// The joined stylesheet's path under the digest.
const STYLESHEET: &str = "styles.css";

/// The files that browsers fetch, as they were when the table was made.
#[derive(Debug)]
pub struct Assets {
    digest: String,
    files: BTreeMap<String, File>,
    imports: BTreeMap<String, Vec<String>>,
    /// The addresses of each module and of all that it imports.
    modules: BTreeMap<String, Vec<String>>,
    stamp: (u64, usize, u64),
}

/// One served file.
#[derive(Debug)]
pub(crate) struct File {
    content_type: &'static str,
    tag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: OnceLock<Bytes>,
}

impl Assets {
    /// Reads, joins, digests and compresses all of them; brotli comes by [`Assets::compress_thoroughly`].
    pub(super) fn read() -> Self {
        let stamp = files::stamp();
        let mut sources: BTreeMap<String, Vec<u8>> =
            files::paths().into_iter().map(|path| (path.clone(), source(&path))).collect();
        sources.insert(STYLESHEET.into(), join(files::styles()));
        let imports = sources
            .iter()
            .filter(|(path, _)| path.ends_with(".js"))
            .map(|(path, source)| {
                (path.clone(), imports::of(path, &String::from_utf8_lossy(source)))
            })
            .collect();

        let mut whole = Sha256::new();
        for (path, source) in &sources {
            whole.update((path.len() as u64).to_be_bytes());
            whole.update(path);
            whole.update((source.len() as u64).to_be_bytes());
            whole.update(source);
        }
        let digest = BASE64_URL_SAFE_NO_PAD.encode(&whole.finalize()[..12]);
        let file = |(path, source): (String, Vec<u8>)| {
            files::content_type(&path).map(|content_type| (path, File::new(content_type, source)))
        };
        let files = sources.into_iter().filter_map(file).collect();
        let mut assets = Self { digest, files, imports, modules: BTreeMap::new(), stamp };
        let addresses = |path: &String| (path.clone(), assets.with_imports(path));
        assets.modules = assets.imports.keys().map(addresses).collect();
        assets
    }

    /// The address of a file under `web/`, such as `modules/main.js` or `icons/sprite.svg`.
    pub fn url(&self, path: &str) -> String {
        format!("/assets/{}/{path}", self.digest)
    }

    /// The address of the one stylesheet.
    pub fn stylesheet(&self) -> String {
        self.url(STYLESHEET)
    }

    /// The addresses of a module that a page starts, such as `modules/main.js`, and of all that it imports statically, for one
    /// `modulepreload` each.
    pub fn modules_of(&self, entry: &str) -> &[String] {
        self.modules.get(entry).map_or(&[], Vec::as_slice)
    }

    fn with_imports(&self, entry: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![entry.to_owned()];
        while let Some(path) = waiting.pop() {
            let Some(imports) = self.imports.get(&path) else { continue };
            if seen.insert(path) {
                waiting.extend(imports.iter().cloned());
            }
        }
        seen.iter().map(|path| self.url(path)).collect()
    }

    /// What the disk looked like when the table was made.
    pub(super) fn stamp(&self) -> (u64, usize, u64) {
        self.stamp
    }

    /// The file at `{digest}/{path}`, and whether the digest is this table's.
    pub(super) fn at(&self, path: &str) -> Option<(&File, bool)> {
        let (digest, path) = path.split_once('/')?;
        Some((self.file(path)?, digest == self.digest))
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// Makes the brotli form of every file that gains by it.
    pub(super) fn compress_thoroughly(&self) {
        self.files.values().for_each(File::compress_thoroughly);
    }
}

/// A file as it is served: modules without their comments, styles without their spaces.
fn source(path: &str) -> Vec<u8> {
    let bytes = files::read(path);
    match std::str::from_utf8(&bytes) {
        Ok(module) if path.ends_with(".js") => comments::left_out(module).into_bytes(),
        Ok(sheet) if path.ends_with(".css") => spaces::left_out(sheet).into_bytes(),
        _ => bytes.into_owned(),
    }
}

/// Text and drawings gain by compression; fonts and photographs are compressed already.
fn is_worth_packing(content_type: &str, length: usize) -> bool {
    let is_text = content_type.starts_with("text/")
        || ["image/svg+xml", "application/json"].contains(&content_type);
    length >= coding::LEAST && is_text
}

fn join(paths: Vec<String>) -> Vec<u8> {
    let mut joined = Vec::new();
    for path in paths {
        joined.extend_from_slice(&source(&path));
        joined.push(b'\n');
    }
    joined
}

impl File {
    /// A file of these bytes, with its gzip form where it gains by one.
    pub(crate) fn new(content_type: &'static str, plain: Vec<u8>) -> Self {
        let tag = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(&plain)[..12]);
        let plain = Bytes::from(plain);
        let gzip = is_worth_packing(content_type, plain.len())
            .then(|| coding::encode_here(&plain, Coding::Gzip, Effort::Thorough).ok())
            .flatten();
        Self { content_type, tag, plain, gzip, brotli: OnceLock::new() }
    }

    /// Makes the brotli form, if the file gains by it; used once it is there.
    pub(crate) fn compress_thoroughly(&self) {
        if self.gzip.is_none() {
            return;
        }
        if let Ok(packed) = coding::encode_here(&self.plain, Coding::Brotli, Effort::Thorough) {
            // Set once: whoever was first made the same bytes.
            let _ = self.brotli.set(packed);
        }
    }

    pub(super) fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// The form that the client likes best of those that are there.
    pub(super) fn form(&self, headers: &HeaderMap) -> (Bytes, Coding) {
        let Some(gzip) = &self.gzip else { return (self.plain.clone(), Coding::Identity) };
        match (coding::choose(headers, self.plain.len()), self.brotli.get()) {
            (Coding::Brotli, Some(brotli)) => (brotli.clone(), Coding::Brotli),
            (Coding::Gzip, _) => (gzip.clone(), Coding::Gzip),
            (Coding::Brotli | Coding::Zstd, _) if coding::takes_gzip(headers) => {
                (gzip.clone(), Coding::Gzip)
            }
            _ => (self.plain.clone(), Coding::Identity),
        }
    }

    /// A strong tag: each coding is other bytes.
    pub(super) fn etag(&self, coding: Coding) -> HeaderValue {
        let coding = match coding {
            Coding::Identity => "",
            Coding::Gzip => "-gzip",
            Coding::Brotli => "-br",
            Coding::Zstd => "-zstd",
        };
        let tag = format!("\"{}{coding}\"", self.tag);
        HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn a_large_text_has_every_form_and_each_its_own_tag() {
        let file = File::new("text/css; charset=utf-8", b"a { b: c }\n".repeat(200));
        let table = Assets {
            digest: "d".into(),
            files: BTreeMap::from([("styles.css".to_owned(), file)]),
            imports: BTreeMap::new(),
            modules: BTreeMap::new(),
            stamp: (0, 0, 0),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, "gzip, br".parse().unwrap());
        let file = table.file("styles.css").unwrap();
        assert_eq!(file.form(&headers).1, Coding::Gzip);
        table.compress_thoroughly();
        let (brotli, coding) = file.form(&headers);
        assert_eq!(coding, Coding::Brotli);
        assert!(brotli.len() < file.gzip.as_ref().unwrap().len());
        let (plain, coding) = file.form(&HeaderMap::new());
        assert_eq!((plain.len(), coding), (2200, Coding::Identity));
        let tags = [Coding::Identity, Coding::Gzip, Coding::Brotli].map(|coding| file.etag(coding));
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);
    }

    #[test]
    fn what_is_compressed_already_or_small_is_left_alone() {
        assert!(File::new("font/woff2", vec![b'x'; 4096]).gzip.is_none());
        assert!(File::new("text/plain; charset=utf-8", vec![b'x'; 100]).gzip.is_none());
    }

    #[test]
    fn a_module_is_named_with_all_that_it_imports() {
        let module = |names: &[&str]| names.iter().map(|name| format!("modules/{name}")).collect();
        let table = Assets {
            digest: "d".into(),
            files: BTreeMap::new(),
            imports: BTreeMap::from([
                ("modules/a.js".to_owned(), module(&["b.js", "missing.js"])),
                ("modules/b.js".to_owned(), module(&["a.js", "c.js"])),
                ("modules/c.js".to_owned(), Vec::new()),
                ("modules/d.js".to_owned(), Vec::new()),
            ]),
            modules: BTreeMap::new(),
            stamp: (0, 0, 0),
        };
        let wanted = ["a", "b", "c"].map(|name| format!("/assets/d/modules/{name}.js"));
        assert_eq!(table.with_imports("modules/a.js"), wanted);
    }
}
