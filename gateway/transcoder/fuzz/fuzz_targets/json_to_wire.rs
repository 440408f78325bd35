//! Hands its input to the oracle `transcoder::fuzzing::json_to_wire`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: transcoder::fuzzing::prepare(), |input: &[u8]| transcoder::fuzzing::json_to_wire(input));
