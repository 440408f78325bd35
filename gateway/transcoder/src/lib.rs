//! Transcodes HTTP/JSON to gRPC and back, driven by the `google.api.http` rules of a descriptor set.
//!
//! Bytes in, bytes out: the crate does no I/O, knows no clock and no product. It never builds a
//! message: JSON text becomes wire bytes while it is read, wire bytes become JSON while they are
//! walked. [`Plan`] holds the compiled tables, [`Plan::route`] finds the method of a request,
//! [`Call`] turns that request into wire bytes and the reply into JSON.

mod accept;
mod base64;
mod builtin;
mod call;
mod errors;
mod etag;
mod fault;
mod fields;
mod frames;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod json_in;
mod json_out;
mod lines;
mod load;
mod names;
mod num;
mod openapi;
mod options;
mod percent;
mod plan;
mod route;
mod scalar;
mod sink;
mod tables;
mod template;
mod text;
mod values;
mod wire;
mod wkt;

pub use base64::{read as read_base64, write as write_base64};
pub use call::{BodyKind, Call, HeaderFields, Input, MessageWriter, Reply, Routed, Rpc, RuleId};
pub use errors::{Code, ErrorHead, Problem, RpcError};
pub use etag::{Coding, ETag};
pub use fault::{Fault, FaultClass, Violation};
pub use fields::Fields;
pub use frames::{FrameWriter, Framing};
pub use lines::Lines;
pub use openapi::{Access, ApiInfo};
pub use options::{ErrorOptions, ErrorShape, ParseOptions, PrintOptions};
pub use plan::{Dialect, MsgId, Plan, PlanConfig, PlanError, ResumeRule, RuleOverride};
pub use values::Values;
pub use wire::{Broken as BrokenWire, Value as WireValue};

/// Up to this many keys of a map are kept in place and compared with one another; more are sorted.
const FEW_KEYS: usize = 8;

/// What is remembered of the keys of a map.
type Keys<T> = smallvec::SmallVec<[T; FEW_KEYS]>;
