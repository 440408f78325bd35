//! The testee of protobuf's conformance runner: reads requests from standard input, answers on
//! standard output, and knows nothing but the crate's two functions. The argument names a file
//! with the descriptor set of the test messages and of `conformance.proto`'s answers.

use std::io::{self, Read as _, Write as _};

use bytes::BytesMut;
use transcoder::{Fault, FaultClass, ParseOptions, Plan, PlanConfig, PrintOptions};

/// `conformance.WireFormat` and `conformance.TestCategory`.
const PROTOBUF: u64 = 1;
const JSON: u64 = 2;
const IGNORE_UNKNOWN: u64 = 3;

/// One `conformance.ConformanceRequest`.
#[derive(Default)]
struct Request {
    payload: Vec<u8>,
    payload_format: u64,
    output: u64,
    message_type: String,
    category: u64,
}

/// The field of a `conformance.ConformanceResponse` that is set, and its content.
enum Answer {
    Parse(String),
    Serialize(String),
    Runtime(String),
    Protobuf(BytesMut),
    Json(BytesMut),
    Skipped(String),
}

fn main() -> io::Result<()> {
    let path = std::env::args_os().nth(1);
    let path = path.ok_or_else(|| io::Error::other("usage: conformance DESCRIPTOR_SET"))?;
    let plan = Plan::compile(&std::fs::read(path)?, &[], &PlanConfig::default())
        .map_err(|errors| io::Error::other(format!("{errors:?}")))?;
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut length = [0; 4];
    while input.read_exact(&mut length).is_ok() {
        let mut request = vec![0; u32::from_le_bytes(length) as usize];
        input.read_exact(&mut request)?;
        let answer = match Request::read(&request) {
            Some(request) => request.answer(&plan),
            None => Answer::Runtime("the request cannot be read".to_owned()),
        };
        let answer = answer.encode();
        output.write_all(&(answer.len() as u32).to_le_bytes())?;
        output.write_all(&answer)?;
        output.flush()?;
    }
    Ok(())
}

impl Request {
    fn read(mut wire: &[u8]) -> Option<Self> {
        let mut request = Self::default();
        while !wire.is_empty() {
            let tag = varint(&mut wire)?;
            let number = varint(&mut wire)?;
            if tag & 7 != 2 {
                match tag >> 3 {
                    3 => request.output = number,
                    5 => request.category = number,
                    _ => {}
                }
                continue;
            }
            let (content, rest) = wire.split_at_checked(usize::try_from(number).ok()?)?;
            wire = rest;
            match tag >> 3 {
                format @ (1 | 2 | 8) => {
                    request.payload = content.to_vec();
                    request.payload_format = format;
                }
                4 => request.message_type = String::from_utf8(content.to_vec()).ok()?,
                _ => {}
            }
        }
        Some(request)
    }

    fn answer(&self, plan: &Plan) -> Answer {
        match self.message_type.as_str() {
            "conformance.FailureSet" => return Answer::Protobuf(BytesMut::new()),
            "protobuf_test_messages.proto3.TestAllTypesProto3"
            | "protobuf_test_messages.editions.proto3.TestAllTypesProto3" => {}
            other => return Answer::Skipped(format!("{other} is out of scope")),
        }
        let Some(message) = plan.message(&self.message_type) else {
            return Answer::Runtime(format!("{} is not in the descriptor set", self.message_type));
        };
        let parse = ParseOptions {
            lenient_body: self.category == IGNORE_UNKNOWN,
            ..ParseOptions::default()
        };
        let print = PrintOptions { omit_defaults: true, ..PrintOptions::default() };
        let (mut wire, mut json) = (BytesMut::new(), BytesMut::new());
        match (self.payload_format, self.output) {
            (PROTOBUF, JSON) => wire.extend_from_slice(&self.payload),
            (JSON, JSON | PROTOBUF) => {
                if let Err(fault) = plan.json_to_wire(message, &self.payload, &parse, &mut wire) {
                    return Answer::Parse(fault.to_string());
                }
            }
            _ => return Answer::Skipped("only JSON is transcoded".to_owned()),
        }
        if self.output == PROTOBUF {
            return Answer::Protobuf(wire);
        }
        match plan.wire_to_json(message, &wire, &print, &mut json) {
            Ok(()) => Answer::Json(json),
            Err(fault) => refused(&fault),
        }
    }
}

fn refused(fault: &Fault) -> Answer {
    match fault.class {
        FaultClass::Malformed => Answer::Parse(fault.to_string()),
        _ => Answer::Serialize(fault.to_string()),
    }
}

impl Answer {
    fn encode(&self) -> Vec<u8> {
        let (number, content): (u8, &[u8]) = match self {
            Self::Parse(text) => (1, text.as_bytes()),
            Self::Runtime(text) => (2, text.as_bytes()),
            Self::Protobuf(wire) => (3, wire),
            Self::Json(json) => (4, json),
            Self::Skipped(text) => (5, text.as_bytes()),
            Self::Serialize(text) => (6, text.as_bytes()),
        };
        let mut answer = vec![number << 3 | 2];
        let mut length = content.len();
        while length >= 0x80 {
            answer.push(length as u8 | 0x80);
            length >>= 7;
        }
        answer.push(length as u8);
        answer.extend_from_slice(content);
        answer
    }
}

fn varint(wire: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = wire.split_first()?;
        *wire = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}
