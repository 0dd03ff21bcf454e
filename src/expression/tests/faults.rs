//! What DynamoDB refuses, and how it says so.

use super::{message, placeholders};
use crate::expression::{Condition, Placeholders, Projection, Update};

const WITH: &str = r##"#a=a #b=b #c=c :n=1 :m=2 :s="x" :t="S" :b={"B":"AA=="} :o=true
    :l={"L":[]} :map={"M":{}} :ss={"SS":["x"]} :z=null"##;

fn condition(text: &str) -> String {
    message(Condition::parse(text, &mut placeholders(WITH)))
}

fn update(text: &str) -> String {
    message(Update::parse(text, &mut placeholders(WITH)))
}

fn projection(text: &str) -> String {
    message(Projection::parse(text, &mut placeholders(WITH)))
}

fn syntax(token: &str, near: &str) -> String {
    format!("Syntax error; token: \"{token}\", near: \"{near}\"")
}

#[test]
fn syntax_errors_name_the_token_and_its_neighbours() {
    for (text, token, near) in [
        ("a", "<EOF>", "a"),
        ("a =", "<EOF>", "="),
        ("a == :n", "=", "== :n"),
        ("a = :n b", "b", ":n b"),
        ("a = :n AND", "<EOF>", "AND"),
        ("a = :n OR OR", "OR", "OR OR"),
        ("= :n", "=", "= :n"),
        ("(a = :n", "<EOF>", ":n"),
        ("a = :n)", ")", ":n)"),
        ("a AND b = :n", "AND", "a AND b"),
        ("a.b.", "<EOF>", "."),
        ("a[b] = :n", "b", "[b]"),
        ("a[-1] = :n", "-", "[-1"),
        ("a.1 = :n", "1", ".1 ="),
        ("_a = :n", "_", "_a"),
        ("a = 5", "5", "= 5"),
        ("a = 'x'", "'", "= 'x"),
        ("a ! :n", "!", "a ! :n"),
        ("a = :n AND # = :n", "#", "AND # ="),
        ("size(a", "<EOF>", "a"),
        ("size() = :n", ")", "() ="),
        ("contains(a, )", ")", ", )"),
        ("a IN :n", ":n", "IN :n"),
        ("a IN ()", ")", "()"),
        ("a IN (:n,", "<EOF>", ","),
        ("a BETWEEN :n", "<EOF>", ":n"),
        ("a BETWEEN :n OR :m", "OR", ":n OR :m"),
        ("NOT", "<EOF>", "NOT"),
        ("and = :n", "and", "and ="),
        ("a = :n = :m", "=", ":n = :m"),
        ("a = (b = :n)", "=", "b = :n"),
        ("contains(a = :n)", "=", "a = :n"),
        ("a < NOT :n", "NOT", "< NOT :n"),
        ("a + :n = :m", "+", "a + :n"),
        ("set = :n", "set", "set ="),
    ] {
        assert_eq!(condition(text), syntax(token, near), "{text}");
    }
}

#[test]
fn syntax_errors_of_updates_and_projections_do_so_too() {
    for (text, token, near) in [
        ("INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"),
        ("SET", "<EOF>", "SET"),
        ("SET a", "<EOF>", "a"),
        ("SET a :n", ":n", "a :n"),
        ("SET a = :n,", "<EOF>", ","),
        ("SET a = :n, REMOVE b", "REMOVE", ", REMOVE b"),
        ("SET a = :n b = :m", "b", ":n b ="),
        ("SET a = :n + :m + :n", "+", ":m + :n"),
        ("SET a = if_not_exists(a, :n + :m)", "+", ":n + :m"),
        ("SET :n = :m", ":n", "SET :n ="),
        ("ADD a = :n", "=", "a = :n"),
        ("ADD a b", "b", "a b"),
        ("ADD hits : incr", ":", "hits : incr"),
        ("REMOVE", "<EOF>", "REMOVE"),
        ("REMOVE a = :n", "=", "a = :n"),
        ("SET hi-there = :n", "-", "hi-there"),
    ] {
        assert_eq!(update(text), syntax(token, near), "{text}");
    }
    for (text, token, near) in [
        ("a b", "b", "a b"),
        ("a,", "<EOF>", ","),
        (",a", ",", ",a"),
        ("a[0", "<EOF>", "0"),
        ("a.b[0]c", "c", "]c"),
        ("(a)", "(", "(a"),
        (":n", ":n", ":n"),
        ("size(a)", "(", "size(a"),
    ] {
        assert_eq!(projection(text), syntax(token, near), "{text}");
    }
}

#[test]
fn empty_and_long_expressions_are_refused() {
    assert_eq!(condition(""), "The expression can not be empty;");
    assert_eq!(condition(" "), syntax("<EOF>", ""));
    let long = |bytes: usize| format!("{} = :n", "a".repeat(bytes - 5));
    assert!(Condition::parse(&long(4096), &mut placeholders(WITH)).is_ok());
    let size = "Expression size has exceeded the maximum allowed size; expression size: 4097";
    assert_eq!(condition(&long(4097)), size);
}

#[test]
fn expressions_have_at_most_300_operators() {
    let of = |operators: usize| vec!["a=:n"; operators.div_ceil(2)].join(" OR ");
    assert!(Condition::parse(&of(299), &mut placeholders(WITH)).is_ok());
    let many = "The expression contains too many operators; operator count: 301";
    assert_eq!(condition(&of(301)), many);
}

#[test]
fn parentheses_that_repeat_others_are_redundant() {
    for text in
        ["((a = :n))", "((a)) = :n", "a = ((:n))", "(((a = :n)) AND b = :m)", "size(((a))) = :n"]
    {
        assert_eq!(condition(text), "The expression has redundant parentheses;", "{text}");
    }
    assert_eq!(update("SET a = ((:n))"), "The expression has redundant parentheses;");
}

#[test]
fn deep_nesting_is_refused_without_a_deep_stack() {
    for depth in [2_000, 100_000] {
        let nested = format!("{}a = :n{}", "(".repeat(depth), ")".repeat(depth));
        let refused = condition(&nested);
        assert!(refused.contains("redundant") || refused.contains("exceeded"), "{refused}");
        assert!(update(&format!("SET a = {nested}")).len() > 1);
        assert!(condition(&"(".repeat(depth)).len() > 1);
        assert!(condition(&"NOT ".repeat(depth.min(1_000))).contains("<EOF>"));
        assert!(condition(&"size(".repeat(depth.min(800))).contains("<EOF>"));
    }
    let deep: String = (0..250).map(|_| "(a=:n OR ").chain(["b=:n"]).chain([")"; 250]).collect();
    assert!(condition(&deep).contains("operator count: 501"));
    let deep: String = (0..140).map(|_| "(a=:n OR ").chain(["b=:n"]).chain([")"; 140]).collect();
    assert!(Condition::parse(&deep, &mut placeholders(WITH)).is_ok());
}

#[test]
fn reserved_words_are_refused_as_names() {
    let reserved =
        |word: &str| format!("Attribute name is a reserved keyword; reserved keyword: {word}");
    assert_eq!(condition("status = :n"), reserved("status"));
    assert_eq!(condition("a.Name = :n"), reserved("Name"));
    assert_eq!(condition("attribute_exists(VIEWS)"), reserved("VIEWS"));
    assert_eq!(update("SET a = year + :n"), reserved("year"));
    assert_eq!(update("REMOVE a, date"), reserved("date"));
    assert_eq!(projection("a, region"), reserved("region"));
}

#[test]
fn what_stands_for_nothing_is_refused() {
    let name = "An expression attribute name used in the document path is not defined; attribute \
                name: #x";
    let value = "An expression attribute value used in expression is not defined; attribute \
                 value: :x";
    assert_eq!(condition("#x = :n"), name);
    assert_eq!(condition("a.#x = :n"), name);
    assert_eq!(condition("a = :x"), value);
    assert_eq!(update("SET #x = :n"), name);
    assert_eq!(update("SET a = :x"), value);
    assert_eq!(update("SET a = if_not_exists(:x, :n)"), value);
    assert_eq!(projection("a, #x"), name);
}

#[test]
fn placeholders_that_no_expression_uses_are_refused() {
    let mut given = placeholders("#a=a #b=b #c=c :n=1 :m=2");
    Condition::parse("#a = :n", &mut given).expect("valid");
    let names = "Value provided in ExpressionAttributeNames unused in expressions: keys: {#c, #b}";
    assert_eq!(message(given.unused()), names);
    Projection::parse("#b, #c", &mut given).expect("valid");
    let values = "Value provided in ExpressionAttributeValues unused in expressions: keys: {:m}";
    assert_eq!(message(given.unused()), values);
    Update::parse("SET #a = :m", &mut given).expect("valid");
    assert_eq!(given.unused(), Ok(()));
}

#[test]
fn placeholders_have_names_of_letters_and_digits() {
    let names = |key: &str, name: &str| {
        message(Placeholders::new(Some(vec![(key.into(), name.into())]), None))
    };
    let values = |key: &str| message(Placeholders::new(None, Some(vec![(key.into(), 1.into())])));
    for key in ["a", "#", "", ":a", "#a-b", "#a.b", "##"] {
        let expected =
            format!("ExpressionAttributeNames contains invalid key: Syntax error; key: \"{key}\"");
        assert_eq!(names(key, "a"), expected);
    }
    assert!(values("#a").ends_with("Values contains invalid key: Syntax error; key: \"#a\""));
    assert!(values(&":".repeat(256)).contains("too long"));
    assert!(names("#a", "").contains("Empty attribute name for key #a"));
    let none = Placeholders::new(Some(Vec::new()), None);
    assert_eq!(message(none), "ExpressionAttributeNames must not be empty");
    let none = Placeholders::new(None, Some(Vec::new()));
    assert_eq!(message(none), "ExpressionAttributeValues must not be empty");
}

#[test]
fn functions_have_their_places() {
    let not_allowed = |place: &str, function: &str| {
        format!("The function is not allowed {place}; function: {function}")
    };
    let this_way = "to be used this way in an expression";
    assert_eq!(condition("foo(a)"), "Invalid function name; function: foo");
    assert_eq!(condition("SIZE(a) = :n"), "Invalid function name; function: SIZE");
    assert_eq!(condition("size(a)"), not_allowed(this_way, "size"));
    assert_eq!(condition("NOT size(a)"), not_allowed(this_way, "size"));
    assert_eq!(condition("contains(a, :s) = :n"), not_allowed(this_way, "contains"));
    assert_eq!(
        condition("size(attribute_exists(a)) = :n"),
        not_allowed(this_way, "attribute_exists")
    );
    assert_eq!(
        condition("a = if_not_exists(b, :n)"),
        not_allowed("in a condition expression", "if_not_exists")
    );
    assert_eq!(update("SET a = size(b)"), not_allowed("in an update expression", "size"));
    assert_eq!(update("SET a = f123_hi(b, c)"), "Invalid function name; function: f123_hi");
    assert_eq!(
        update("SET a = list_append(list_append(:l, :l), :l)"),
        not_allowed(this_way, "list_append")
    );
}

#[test]
fn functions_have_their_operands() {
    let count = |function: &str, operands: usize| {
        format!(
            "Incorrect number of operands for operator or function; operator or function: \
             {function}, number of operands: {operands}"
        )
    };
    assert_eq!(condition("size(a, b) = :n"), count("size", 2));
    assert_eq!(condition("begins_with(a)"), count("begins_with", 1));
    assert_eq!(condition("attribute_exists(a, b)"), count("attribute_exists", 2));
    assert_eq!(update("SET a = list_append(:l)"), count("list_append", 1));
    assert_eq!(update("SET a = if_not_exists(a, b, c)"), count("if_not_exists", 3));

    let path = |function: &str| {
        format!("Operator or function requires a document path; operator or function: {function}")
    };
    assert_eq!(condition("attribute_exists(:n)"), path("attribute_exists"));
    assert_eq!(condition("attribute_not_exists(:n)"), path("attribute_not_exists"));
    assert_eq!(condition("attribute_type(size(a), :t)"), path("attribute_type"));
    assert_eq!(update("SET a = if_not_exists(:n, :m)"), path("if_not_exists"));
}

#[test]
fn operands_of_known_types_have_to_fit() {
    let types = |operator: &str, found: &str| {
        format!(
            "Incorrect operand type for operator or function; operator or function: {operator}, \
             operand type: {found}"
        )
    };
    assert_eq!(condition("begins_with(a, :n)"), types("begins_with", "N"));
    assert_eq!(condition("begins_with(:l, a)"), types("begins_with", "L"));
    assert_eq!(condition("begins_with(a, size(b))"), types("begins_with", "N"));
    assert_eq!(condition("size(:n) = :n"), types("size", "N"));
    assert_eq!(condition("size(:o) = :n"), types("size", "BOOL"));
    assert_eq!(condition("a < :o"), types("<", "BOOL"));
    assert_eq!(condition("a >= :ss"), types(">=", "SS"));
    assert_eq!(condition(":z > a"), types(">", "NULL"));
    assert_eq!(condition("a BETWEEN :l AND :l"), types("BETWEEN", "L"));
    assert_eq!(condition("attribute_type(a, :n)"), types("attribute_type", "N"));
    assert_eq!(
        condition("attribute_type(a, b)"),
        types("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")
    );
    assert_eq!(
        condition("attribute_type(a, :s)"),
        "Invalid attribute type name found; type: x, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
    );
    assert_eq!(update("SET a = :s + :n"), types("+", "S"));
    assert_eq!(update("SET a = b - :l"), types("-", "L"));
    assert_eq!(update("SET a = list_append(a, :s)"), types("list_append", "S"));
    for (text, section, found) in [
        ("ADD a :s", "ADD", "STRING"),
        ("ADD a :l", "ADD", "LIST"),
        ("DELETE a :n", "DELETE", "NUMBER"),
        ("DELETE a :o", "DELETE", "BOOLEAN"),
    ] {
        let expected = format!(
            "Incorrect operand type for operator or function; operator: {section}, operand type: \
             {found}, typeSet: ALLOWED_FOR_{section}_OPERAND"
        );
        assert_eq!(update(text), expected);
    }
}

#[test]
fn a_path_is_not_compared_with_itself() {
    let distinct = |operator: &str, first: &str| {
        format!(
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: {operator}, first operand: {first}"
        )
    };
    assert_eq!(condition("a = a"), distinct("=", "[a]"));
    assert_eq!(condition("a = #a"), distinct("=", "[a]"));
    assert_eq!(condition("a.b[0] <> a.#b[0]"), distinct("<>", "[a, b, [0]]"));
    assert_eq!(condition("contains(a, a)"), distinct("contains", "[a]"));
    assert_eq!(condition("a BETWEEN :n AND a"), distinct("BETWEEN", "[a]"));
    assert_eq!(condition("a IN (b, a)"), distinct("IN", "[a]"));
    assert!(Condition::parse("a.b = a.c", &mut placeholders("")).is_ok());
}

#[test]
fn bounds_have_one_type_and_an_order() {
    let text = "a BETWEEN :lower AND :upper";
    let bounds = |with: &str| message(Condition::parse(text, &mut placeholders(with)));
    assert_eq!(
        bounds(":lower=2 :upper=1.0"),
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; \
         lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"
    );
    assert_eq!(
        bounds(r#":lower="x" :upper=1"#),
        "The BETWEEN operator requires same data type for lower and upper bounds; lower bound \
         operand: AttributeValue: {S:x}, upper bound operand: AttributeValue: {N:1}"
    );
}

#[test]
fn in_has_100_operands_at_most() {
    let of = |operands: usize| format!("a IN ({})", vec![":n"; operands].join(","));
    assert!(Condition::parse(&of(100), &mut placeholders(WITH)).is_ok());
    let many = "The IN operator is provided with too many operands; number of operands: 101";
    assert_eq!(condition(&of(101)), many);
}

#[test]
fn paths_have_32_parts_at_most_and_indexes_a_range() {
    let of = |parts: usize| format!("a{} = :n", ".a".repeat(parts - 1));
    assert!(Condition::parse(&of(32), &mut placeholders(WITH)).is_ok());
    let deep = "The document path has too many nesting levels; nesting levels: 33";
    assert_eq!(condition(&of(33)), deep);
    assert!(Condition::parse("a[2147483647] = :n", &mut placeholders(WITH)).is_ok());
    let range = "List index is not within the allowable range; index: [2147483648]";
    assert_eq!(condition("a[2147483648] = :n"), range);
}

#[test]
fn paths_of_an_update_or_a_projection_stay_apart() {
    let clash = |word: &str, one: &str, two: &str| {
        format!(
            "Two document paths {word} with each other; must remove or rewrite one of these \
             paths; path one: {one}, path two: {two}"
        )
    };
    for (text, word, one, two) in [
        ("SET a = :n, a = :m", "overlap", "[a]", "[a]"),
        ("SET a = :n REMOVE #a", "overlap", "[a]", "[a]"),
        ("SET a.b.c = :n, a.b = :m", "overlap", "[a, b, c]", "[a, b]"),
        ("SET a[1] = :n ADD a[1][0] :m", "overlap", "[a, [1]]", "[a, [1], [0]]"),
        ("SET a.b = :n, a[1] = :m", "conflict", "[a, b]", "[a, [1]]"),
        ("REMOVE a.b.c, a.b[2]", "conflict", "[a, b, c]", "[a, b, [2]]"),
    ] {
        let text = text.replace(" ADD a[1][0] :m", " ADD a[1][0] :n");
        assert_eq!(update(&text), clash(word, one, two), "{text}");
    }
    assert_eq!(projection("a, b, #a"), clash("overlap", "[a]", "[a]"));
    assert_eq!(projection("a.b[1], a.b"), clash("overlap", "[a, b, [1]]", "[a, b]"));
    assert_eq!(projection("a[0], a.b"), clash("conflict", "[a, [0]]", "[a, b]"));
    for text in ["a.b, a.c, a.d[0], a.d[1], ab", "a[0], a[1].b, a[1].c"] {
        assert!(Projection::parse(text, &mut placeholders("")).is_ok(), "{text}");
    }
}

#[test]
fn each_section_of_an_update_comes_once() {
    let once = |section: &str| {
        format!("The \"{section}\" section can only be used once in an update expression;")
    };
    assert_eq!(update("SET a = :n SET b = :m"), once("SET"));
    assert_eq!(update("SET a = :n REMOVE b set c = :m"), once("SET"));
    assert_eq!(update("REMOVE a REMOVE b"), once("REMOVE"));
}
