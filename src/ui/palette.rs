//! Which colour and which texture stand for a node. No meaning hangs on colour alone: every node
//! also has its letter and a texture, and nodes that share a colour differ in texture.

use crate::base::NodeId;

/// How many node colours there are; the style sheet defines `--node-0` … and `--ink-0` ….
pub const COLOURS: usize = 8;
/// How many textures there are; the first one is plain.
pub const TEXTURES: usize = 8;

/// The number of a node's colour.
pub fn colour(node: NodeId) -> usize {
    node.index() % COLOURS
}

/// The number of a node's texture: nodes of the same colour take different ones.
pub fn texture(node: NodeId) -> usize {
    (node.index() + node.index() / COLOURS) % TEXTURES
}

/// A style attribute that sets `--node` and `--ink` to a node's own colours.
pub fn style(node: NodeId) -> String {
    let colour = colour(node);
    format!("--node:var(--node-{colour});--ink:var(--ink-{colour})")
}

/// A count with its thousands set apart: 2,013.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count in at most four characters: 734, 2.0k, 31k, 1.2M.
pub fn short(count: usize) -> String {
    let (unit, letter) = match count {
        0..1_000 => return count.to_string(),
        1_000..999_500 => (1_000, 'k'),
        _ => (1_000_000, 'M'),
    };
    match (count * 10 + unit / 2) / unit {
        tenths @ 0..100 => format!("{}.{}{letter}", tenths / 10, tenths % 10),
        _ => format!("{}{letter}", (count + unit / 2) / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_four_nodes_look_different() {
        let looks: std::collections::BTreeSet<(usize, usize)> =
            (0..64).map(|node| (colour(NodeId(node)), texture(NodeId(node)))).collect();
        assert_eq!(looks.len(), 64);
    }

    #[test]
    fn counts_are_written_for_people() {
        for (count, long, brief) in [
            (0, "0", "0"),
            (734, "734", "734"),
            (2_013, "2,013", "2.0k"),
            (31_400, "31,400", "31k"),
        ] {
            assert_eq!((grouped(count).as_str(), short(count).as_str()), (long, brief));
        }
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(short(1_234_567), "1.2M");
    }
}
