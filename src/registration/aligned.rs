//! Numbers that begin on a cache line, so that vectors loaded from whole rows cross none.

use super::real::Real;
use std::ops::{Deref, DerefMut};

/// Bytes of a cache line.
const LINE: usize = 64;

/// A buffer of fixed length.
pub(super) struct Aligned<T> {
    room: Vec<T>,
    start: usize,
    count: usize,
}

impl<T: Real> Aligned<T> {
    pub fn zeros(count: usize) -> Self {
        let spare = LINE / size_of::<T>();
        let room = vec![T::ZERO; count + spare];
        let start = room.as_ptr().align_offset(LINE).min(spare);
        Self { room, start, count }
    }

    /// The numbers, moved along their own buffer.
    pub fn into_vec(mut self) -> Vec<T> {
        self.room.truncate(self.start + self.count);
        self.room.drain(..self.start);
        self.room
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.room[self.start..self.start + self.count]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.room[self.start..self.start + self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_begins_on_a_cache_line_whatever_its_length() {
        for count in [0, 1, 7, 1000, 100_000] {
            let numbers = Aligned::<f32>::zeros(count);
            assert_eq!(numbers.len(), count);
            assert!((numbers.as_ptr() as usize).is_multiple_of(LINE));
        }
    }

    #[test]
    fn numbers_leave_their_buffer_as_they_are() {
        let numbers: Vec<f64> = (0..1000).map(f64::from).collect();
        let mut aligned = Aligned::zeros(numbers.len());
        aligned.copy_from_slice(&numbers);
        assert_eq!(aligned.into_vec(), numbers);
    }
}
