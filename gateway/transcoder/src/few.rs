//! A list whose first few elements take no memory of their own: what is remembered of most maps is no more.

/// How many elements are kept in place.
const FEW: usize = 8;

/// Elements in place while they are few, and in memory of their own once they are more.
#[derive(Debug, Default)]
pub(crate) struct Few<T> {
    few: [T; FEW],
    count: usize,
    /// All of them, once there is one.
    many: Vec<T>,
}

impl<T: Copy> Few<T> {
    pub(crate) fn as_slice(&self) -> &[T] {
        if self.many.is_empty() { &self.few[..self.count] } else { &self.many }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        if self.many.is_empty() { &mut self.few[..self.count] } else { &mut self.many }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }

    #[inline]
    pub(crate) fn push(&mut self, element: T) {
        match self.few.get_mut(self.count) {
            Some(place) if self.many.is_empty() => {
                *place = element;
                self.count += 1;
            }
            _ => self.push_more(element),
        }
    }

    #[cold]
    fn push_more(&mut self, element: T) {
        if self.many.is_empty() {
            self.many.extend_from_slice(&self.few);
        }
        self.many.push(element);
    }

    /// Takes back all elements but the first `length`.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.many.truncate(length);
        self.count = self.count.min(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_in_their_order_however_many_there_are() {
        let (mut few, mut all) = (Few::default(), Vec::new());
        for (count, kept) in
            [(3, 1), (8, 7), (9, 9), (20, 8), (2, 0), (8, 8), (1, 3), (30, 0), (5, 5)]
        {
            for element in 0..count {
                few.push(element);
                all.push(element);
                assert_eq!((few.as_slice(), few.len()), (&all[..], all.len()));
            }
            few.truncate(kept);
            all.truncate(kept);
            assert_eq!(few.as_mut_slice(), &all[..]);
        }
    }
}
