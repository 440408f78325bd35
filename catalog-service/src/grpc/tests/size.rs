//! How large a call is while it is answered.

use super::*;

/// What glibc, like other allocators, keeps at hand for the next to come (its tcache). Beyond, allocating and freeing take several times
/// as long.
const AT_HAND: usize = 1032;

fn size_of_call<C, F>(_: impl FnOnce(GrpcService, C) -> F) -> usize {
    size_of::<F>()
}

#[test]
fn calls_are_allocated_quickly() {
    let sizes = [size_of_call(GrpcService::answer), size_of_call(GrpcService::answer_whole)];
    assert!(sizes.iter().all(|size| *size <= AT_HAND), "{sizes:?}");
}
