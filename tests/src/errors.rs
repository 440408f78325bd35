//! Reading what an error says: its reason, its violations.

use tonic::Status;
use tonic_types::StatusExt as _;

/// The reason of an error, such as `ETAG_MISMATCH`.
pub fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    assert_eq!(info.domain, "shelf", "{status:?}");
    info.reason.clone()
}

/// The fields that an error names, in order.
pub fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone());
    violations.unwrap_or_default().into_iter().map(|violation| violation.field).collect()
}

/// The error of a call that has to fail, with its code and reason.
pub fn refused<T>(answer: Result<T, Status>) -> (tonic::Code, String) {
    match answer {
        Ok(_) => panic!("this call had to fail"),
        Err(status) => (status.code(), reason(&status)),
    }
}
