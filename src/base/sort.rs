//! Sorting in little code: each type that the standard library sorts costs the page 3 to 6 KB, for
//! speed on long lists that are not sorted often here.

use std::cmp::Ordering;

/// Sorts a list by heap sort. Elements that compare as equal may change places.
pub fn heap_sort<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    for root in (0..list.len() / 2).rev() {
        sift_down(list, root, &compare);
    }
    for end in (1..list.len()).rev() {
        list.swap(0, end);
        sift_down(&mut list[..end], 0, &compare);
    }
}

/// Lets an element sink below its larger children.
fn sift_down<T>(heap: &mut [T], mut root: usize, compare: &impl Fn(&T, &T) -> Ordering) {
    loop {
        let mut child = 2 * root + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && compare(&heap[child], &heap[child + 1]).is_lt() {
            child += 1;
        }
        if compare(&heap[root], &heap[child]).is_ge() {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for length in 0..60u32 {
            let mut list: Vec<u32> = (0..length).map(|at| at * 37 % 23).collect();
            let mut expected = list.clone();
            expected.sort_unstable();
            heap_sort(&mut list, u32::cmp);
            assert_eq!(list, expected);
        }
    }
}
