//! Fractions with one or two decimals.
//!
//! The standard library writes and reads floating point exactly, with 25 KB of code and tables that
//! the page need not load: what is written here is drawn or read by people. `f64::clamp` brings that
//! code too if its bounds vary, since its panic tells them: write `max` and `min`.

/// A value with one decimal: `-12.5`.
pub fn tenths(value: f64) -> String {
    let scaled = (value * 10.0).round() as i64;
    format!("{}{}.{}", sign(scaled), scaled.unsigned_abs() / 10, scaled.unsigned_abs() % 10)
}

/// A value with two decimals: `0.05`.
pub fn hundredths(value: f64) -> String {
    let scaled = (value * 100.0).round() as i64;
    format!("{}{}.{:02}", sign(scaled), scaled.unsigned_abs() / 100, scaled.unsigned_abs() % 100)
}

fn sign(scaled: i64) -> &'static str {
    if scaled < 0 { "-" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_to_the_nearest() {
        for (value, one, two) in [
            (0.0, "0.0", "0.00"),
            (-0.04, "0.0", "-0.04"),
            (0.96, "1.0", "0.96"),
            (-12.54, "-12.5", "-12.54"),
            (402.0, "402.0", "402.00"),
            (99.996, "100.0", "100.00"),
        ] {
            assert_eq!((tenths(value).as_str(), hundredths(value).as_str()), (one, two));
        }
    }
}
