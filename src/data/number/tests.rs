//! The edges of numbers: range, digits, notation, order, sums, stored form.

use super::*;

fn number(text: &str) -> Number {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    text.parse::<Number>().expect_err(text).message
}

#[test]
fn numbers_are_shown_in_normal_form() {
    for (text, shown) in [
        ("0", "0"),
        ("-0.000", "0"),
        ("0E999999999999999999999", "0"),
        ("00042", "42"),
        ("+7", "7"),
        ("1E2", "100"),
        ("12.5e+1", "125"),
        ("0.10", "0.1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-120.0450", "-120.045"),
        ("1.5E-3", "0.0015"),
        ("10000000000000000000000000000000000000000000", &format!("1{:043}", 0)),
    ] {
        assert_eq!(number(text).to_string(), shown, "{text}");
    }
}

#[test]
fn the_edges_of_the_range_belong_to_it() {
    let largest = format!("9.{}E+125", "9".repeat(37));
    let smallest = format!("0.{}1", "0".repeat(129));
    let small_and_long = format!("1.{}1E-130", "0".repeat(36));
    assert_eq!(number(&largest).to_string(), format!("{:0<126}", "9".repeat(38)));
    assert_eq!(number("1E-130").to_string(), smallest);
    assert_eq!(number("-1E-130").to_string(), format!("-{smallest}"));
    assert_eq!(number(&small_and_long).significant_digits(), 38);
    assert!(number(&small_and_long) > number("1E-130"));
    for beyond in ["1E126", "-1E126", "0.1E127", "1E99999999999999999999"] {
        assert!(refused(beyond).contains("overflow"), "{beyond}");
    }
    for within in ["1E-131", "9.9E-131", "-1E-99999999999999999999"] {
        assert!(refused(within).contains("underflow"), "{within}");
    }
}

#[test]
fn digits_beyond_the_38th_are_refused_never_rounded() {
    let longest = "1".repeat(38);
    assert_eq!(number(&longest).to_string(), longest);
    assert_eq!(number(&format!("00{longest}.000")).to_string(), longest);
    assert_eq!(number(&format!("{longest}000")).to_string(), format!("{longest}000"));
    for long in
        ["1".repeat(39), "9".repeat(39), format!("1{:040}1", 0), format!("0.{}", "3".repeat(39))]
    {
        assert!(refused(&long).contains("38 significant digits"), "{long}");
    }
}

#[test]
fn what_is_not_a_number_is_refused() {
    for text in [
        "", "-", "+", ".", "e", "E5", "1e", "1e+", "--1", "1.2.3", " 1", "1 ", "1_000", "0x10",
        "NaN", "Infinity", "١", "1e1.5", "+-1", "1,5",
    ] {
        assert!(refused(text).contains("is not a numeric value"), "{text}");
    }
}

#[test]
fn order_is_by_value() {
    let ascending = [
        "-1E125", "-10", "-9.5", "-1", "-1E-130", "0", "1E-130", "0.1", "0.11", "0.2", "9", "10",
        "1E125",
    ];
    for pair in ascending.windows(2) {
        assert!(number(pair[0]) < number(pair[1]), "{} < {}", pair[0], pair[1]);
    }
    assert_eq!(number("1E2"), number("100.00"));
    assert_eq!(number("-0"), Number::ZERO);
}

#[test]
fn sums_are_exact_or_refused() {
    let add = |a: &str, b: &str| number(a).checked_add(number(b)).map(|sum| sum.to_string());
    assert_eq!(add("0.1", "0.2").as_deref(), Ok("0.3"));
    assert_eq!(add("5", "-5").as_deref(), Ok("0"));
    assert_eq!(add("3", "-5.5").as_deref(), Ok("-2.5"));
    assert_eq!(add("1E125", "0").as_deref(), Ok(&*number("1E125").to_string()));
    assert_eq!(add(&"9".repeat(38), "1").as_deref(), Ok(&*format!("1{:038}", 0)));
    for (a, b) in [("1E100", "1"), ("1E38", "1"), ("1E38", "-0.1"), ("3E38", "1E-130")] {
        assert!(add(a, b).expect_err(a).message.contains("38 significant digits"), "{a} {b}");
    }
    let largest = format!("9.{}E+125", "9".repeat(37));
    assert!(add(&largest, &largest).is_err());
    assert!(add(&largest, "1E88").expect_err("1E126").message.contains("overflow"));
    let difference = number("1.1E-130").checked_sub(number("1E-130"));
    assert!(difference.expect_err("1E-131").message.contains("underflow"));
}

#[test]
fn size_counts_pairs_of_digits() {
    for (text, size) in [("0", 1), ("7", 2), ("-7", 3), ("42", 2), ("100", 2), ("12.345", 4)] {
        assert_eq!(number(text).size(), size, "{text}");
    }
    assert_eq!(number(&"1".repeat(38)).size(), 20);
}

#[test]
fn stored_bytes_are_few_and_are_checked() {
    let stored = |text| postcard::to_allocvec(&number(text)).expect("memory suffices");
    assert_eq!(stored("7").len(), 2);
    assert_eq!(stored("-1E-130").len(), 3);
    assert_eq!(postcard::from_bytes::<Number>(&stored("-12.5")), Ok(number("-12.5")));
    // Ten as a coefficient; minus zero; 10^38; a magnitude of 126.
    for forged in [(0, 10), (1, 0), (0, 10u128.pow(38) + 1), (2 * 126, 1), (2, 0)] {
        let bytes = postcard::to_allocvec::<Wire>(&forged).expect("memory suffices");
        assert!(postcard::from_bytes::<Number>(&bytes).is_err(), "{forged:?}");
    }
}
