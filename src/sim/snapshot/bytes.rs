//! The few shapes that the data of a snapshot is written in: numbers, texts, and lists of them.
//!
//! ```text
//!   number   seven bits a byte, the lowest first; all bytes but the last have the highest bit set
//!   text     its length in bytes, a number; then its UTF-8
//!   bytes    their length, a number; then they themselves
//!   flag     one byte, 0 or 1
//!   list     how many there are, a number; then one after the other
//!   maybe    a flag, and what it is about if that is 1
//! ```

/// Writes these shapes behind each other.
#[derive(Default)]
pub(super) struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    pub fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    /// How many there are of what follows.
    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub fn flag(&mut self, flag: bool) {
        self.bytes.push(u8::from(flag));
    }

    pub fn blob(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    /// Ascending numbers, each by its distance from the one before; the first by one more than itself.
    pub fn ascending(&mut self, numbers: &[u32]) {
        self.count(numbers.len());
        let mut next = 0;
        for number in numbers {
            self.number(number + 1 - next);
            next = number + 1;
        }
    }
}

/// What may be made of a snapshot in memory, about: more is no snapshot, but an attack.
const MOST_MEMORY: usize = 1 << 30;
/// About what an element of a list takes in memory, beside its bytes.
const ELEMENT: usize = 64;

/// Reads these shapes again. None where the bytes end too soon, or are none of them.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// How much memory may still be taken.
    room: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, room: MOST_MEMORY }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn long(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                return None;
            }
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number that fits.
    pub fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.long()?).ok()
    }

    pub fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// How many elements follow. Each takes a byte at least, so that nobody can claim many more than
    /// there are.
    pub fn count(&mut self) -> Option<usize> {
        let count = self.number::<usize>().filter(|count| *count <= self.rest.len())?;
        self.room = self.room.checked_sub(count * ELEMENT)?;
        Some(count)
    }

    /// So many bytes as they are.
    pub fn raw(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    pub fn blob(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.raw(length)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.blob()?).ok()
    }

    /// A text that stands for something.
    pub fn word<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.text()?.parse().ok()
    }

    /// A list.
    pub fn list<T>(&mut self, mut element: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(element(self)?);
        }
        Some(list)
    }

    /// What may be there or not.
    pub fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.flag()? {
            true => Some(Some(value(self)?)),
            false => Some(None),
        }
    }

    /// Ascending numbers, all below a bound.
    pub fn ascending(&mut self, bound: usize) -> Option<Vec<u32>> {
        let steps = self.list(|reader| reader.number::<u32>())?;
        ascended(steps, bound)
    }
}

/// Distances as [`Writer::ascending`] writes them, of ascending numbers.
pub(super) fn steps(mut numbers: Vec<u32>) -> Vec<u32> {
    let mut next = 0;
    for number in &mut numbers {
        let own = *number + 1;
        *number = own - next;
        next = own;
    }
    numbers
}

/// The numbers again, if they ascend and are below a bound.
pub(super) fn ascended(mut steps: Vec<u32>, bound: usize) -> Option<Vec<u32>> {
    let mut next = 0u32;
    for step in &mut steps {
        let own = next.checked_add(*step).filter(|own| *own > next && *own as usize <= bound)?;
        *step = own - 1;
        next = own;
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back_and_longer_ones_refused() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut writer = Writer::default();
            writer.number(number);
            assert_eq!(Reader::new(&writer.bytes).number::<u64>(), Some(number));
        }
        let ten = [0xFF; 10];
        assert_eq!(Reader::new(&ten).number::<u64>(), None);
        assert_eq!(Reader::new(&[0xFF]).number::<u64>(), None);
        assert_eq!(Reader::new(&[0x80, 2]).number::<u8>(), None);
    }

    #[test]
    fn no_list_is_longer_than_its_bytes() {
        let mut writer = Writer::default();
        writer.number(u64::MAX);
        assert!(Reader::new(&writer.bytes).list(Reader::flag).is_none());
        assert_eq!(Reader::new(&[2, 0, 1]).list(Reader::flag), Some(vec![false, true]));
        assert!(Reader::new(&[3, 0, 1]).list(Reader::flag).is_none());
    }

    #[test]
    fn ascending_numbers_are_kept_by_their_distances() {
        let numbers = vec![0, 1, 5, 900];
        let mut writer = Writer::default();
        writer.ascending(&numbers);
        assert_eq!(writer.bytes, [4, 1, 1, 4, 0xFF, 6]);
        assert_eq!(Reader::new(&writer.bytes).ascending(901), Some(numbers.clone()));
        assert_eq!(Reader::new(&writer.bytes).ascending(900), None);
        assert_eq!(Reader::new(&[2, 1, 0]).ascending(9), None, "none is there twice");
        assert_eq!(ascended(steps(numbers.clone()), 901), Some(numbers));
        assert_eq!(ascended(vec![u32::MAX, 2], usize::MAX), None);
    }
}
