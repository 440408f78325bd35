//! The set of members seen in one object: a bit for each field and each oneof.

/// Bits for up to 128 members are kept inline; larger messages take one allocation.
pub(super) struct Seen {
    small: u128,
    large: Vec<u64>,
}

impl Seen {
    pub(super) fn new(members: usize) -> Self {
        let large = if members > 128 { vec![0; members.div_ceil(64)] } else { Vec::new() };
        Self { small: 0, large }
    }

    /// Whether the member is new.
    pub(super) fn insert(&mut self, member: usize) -> bool {
        match self.large.get_mut(member / 64) {
            Some(word) => {
                let bit = 1 << (member % 64);
                let new = *word & bit == 0;
                *word |= bit;
                new
            }
            None => {
                let bit = 1_u128 << (member % 128);
                let new = self.small & bit == 0;
                self.small |= bit;
                new
            }
        }
    }
}
