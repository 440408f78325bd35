//! Error bodies in both shapes.
