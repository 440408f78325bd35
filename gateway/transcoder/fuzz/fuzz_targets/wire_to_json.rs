//! Hands its input to the oracle `transcoder::fuzzing::wire_to_json`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: transcoder::fuzzing::prepare(), |input: &[u8]| transcoder::fuzzing::wire_to_json(input));
