//! JSON text that is written by hand: members in their order, indented for people.

/// An object that is written member by member.
pub struct Object(String);

impl Object {
    pub fn new() -> Self {
        Self("{".to_owned())
    }

    /// A member that is JSON already.
    pub fn member(&mut self, name: &str, json: &str) -> &mut Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0 += &text(name);
        self.0.push(':');
        self.0 += json;
        self
    }

    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.member(name, &text(value))
    }

    /// A member that is left out where it would say nothing.
    pub fn some_text(&mut self, name: &str, value: &str) -> &mut Self {
        if value.is_empty() { self } else { self.text(name, value) }
    }

    /// A member that is there if it is true.
    pub fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        if value { self.member(name, "true") } else { self }
    }

    pub fn end(&self) -> String {
        self.0.clone() + "}"
    }
}

/// A string in quotes.
pub fn text(value: &str) -> String {
    serde_json::to_string(value).expect("a string can be written")
}

/// A list of what is JSON already.
pub fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(","))
}

/// JSON without spaces and lines between its parts; what is no JSON stays as it is read.
pub fn on_one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    each_part(json, |c, is_inside, _| {
        if is_inside || !c.is_ascii_whitespace() {
            line.push(c);
        }
    });
    line
}

/// JSON in lines, indented by its depth; small objects and lists stay together.
pub fn pretty(json: &str) -> String {
    let json = on_one_line(json);
    let mut lines = String::with_capacity(json.len() * 2);
    let mut depth = 0usize;
    // Up to where what is open stays on its line.
    let mut together = 0;
    each_part(&json, |c, is_inside, at| {
        if is_inside {
            lines.push(c);
            return;
        }
        let is_together = at < together;
        match c {
            '{' | '[' if !is_together => {
                depth += 1;
                lines.push(c);
                match end_of(&json[at..]).filter(|length| *length <= SHORT) {
                    Some(length) if depth > 1 => together = at + length,
                    _ => break_line(&mut lines, depth),
                }
            }
            '}' | ']' if at + 1 == together => {
                depth = depth.saturating_sub(1);
                lines.push(c);
            }
            '}' | ']' if !is_together => {
                depth = depth.saturating_sub(1);
                break_line(&mut lines, depth);
                lines.push(c);
            }
            ',' => {
                lines.push(c);
                if is_together { lines.push(' ') } else { break_line(&mut lines, depth) }
            }
            ':' => lines.push_str(": "),
            c => lines.push(c),
        }
    });
    lines
}

/// Objects and lists of at most so many characters are not broken into lines.
const SHORT: usize = 44;

fn break_line(lines: &mut String, depth: usize) {
    lines.push('\n');
    (0..depth).for_each(|_| lines.push_str("  "));
}

/// How long the object or list is that begins here, if it ends and is not empty.
fn end_of(json: &str) -> Option<usize> {
    let (mut depth, mut length) = (0i32, None);
    each_part(json, |c, is_inside, at| {
        if !is_inside && length.is_none() {
            depth += i32::from(matches!(c, '{' | '['));
            depth -= i32::from(matches!(c, '}' | ']'));
            length = (depth == 0).then_some(at + 1);
        }
    });
    length
}

/// Every character: whether it lies inside a string, quotes included, and where it is.
fn each_part(json: &str, mut each: impl FnMut(char, bool, usize)) {
    let (mut is_inside, mut is_escaped) = (false, false);
    for (at, c) in json.char_indices() {
        let was_inside = is_inside;
        match c {
            '"' if !is_escaped => is_inside = !is_inside,
            _ => {}
        }
        is_escaped = was_inside && c == '\\' && !is_escaped;
        each(c, was_inside || is_inside, at);
    }
}
