//! What is wrong with a lesson is told, line by line.

use proptest::prelude::*;

use super::Lesson;

const WHOLE: &str = "\
# Title
Source: a paper, section 1

Prose with `<code>`.

```setup
cluster nodes=3
table T id
```

```predict
What now?
( ) This.
(x) That.
why: Because.
```

```goal
Put an item.
see asked => {r} client: put T/*
because: {asked} did it.
```

```solution
put T a '{}'
```
";

fn mistakes(text: &str) -> Vec<String> {
    let mistakes = Lesson::parse(text).expect_err("something is wrong");
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn each_mistake_names_its_line() {
    Lesson::parse(WHOLE).expect("nothing is wrong");
    for (is, becomes, line, says) in [
        ("# Title", "", 1, "has no title"),
        ("Source: a", "Sauce: a", 1, "explained at length"),
        ("`<code>`", "<script>", 4, "HTML"),
        ("cluster nodes=3", "cluster nodes=three", 7, "nodes"),
        ("cluster nodes=3", "clutter", 7, "clutter"),
        ("```predict", "```foretell", 11, "no block"),
        ("(x) That", "( ) That", 11, "the right one"),
        ("why: Because", "( ) Because", 11, "why:"),
        ("see asked => ", "see asked ", 20, "an arrow is missing"),
        ("see asked => {r} client: put T/*", "", 18, "something to check"),
        ("because: {asked} did it.", "", 18, "because:"),
        ("see asked", "spoil never => *x*\nsee asked", 18, "instead:"),
        ("put T a '{}'\n```", "put T a '{}'", 24, "never closed"),
    ] {
        let told = mistakes(&WHOLE.replace(is, becomes));
        let expected = format!("line {line}: ");
        assert!(
            told.iter().any(|told| told.starts_with(&expected) && told.contains(says)),
            "{is:?} → {becomes:?}: {told:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_is_too_strange_to_be_read(text in "[ -~\n`#(){}=>*é]{0,400}", cut in 0..WHOLE.len()) {
        let _ = Lesson::parse(&text);
        let _ = Lesson::parse(&WHOLE[..cut]);
        let _ = Lesson::parse(&format!("{}{text}{}", &WHOLE[..cut], &WHOLE[cut..]));
    }
}
