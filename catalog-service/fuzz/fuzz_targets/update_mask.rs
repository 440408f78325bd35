//! Hands its input to the oracle `catalog_service::fuzzing::update_mask`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: catalog_service::fuzzing::prepare(), |input: &[u8]| catalog_service::fuzzing::update_mask(input));
