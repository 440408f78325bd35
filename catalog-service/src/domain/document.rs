//! A resource as it is kept and sent: encoded once, answered many times.
//!
//! The domain never looks inside; `encoding` writes and opens documents.

use std::{fmt, marker::PhantomData};

use bytes::Bytes;

/// The encoded form of a `T`.
pub struct Document<T> {
    bytes: Bytes,
    of: PhantomData<fn() -> T>,
}

impl<T> Document<T> {
    /// Takes bytes that `encoding` has written for a `T`.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), of: PhantomData }
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes, by value.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl<T> Clone for Document<T> {
    fn clone(&self) -> Self {
        Self::new(self.bytes.clone())
    }
}

impl<T> PartialEq for Document<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> fmt::Debug for Document<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.bytes.len())
    }
}
