//! Which items a workload wants how often.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, RandomStream, Result};

/// How requests are dealt out to items, which are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keys {
    /// To each as often.
    Uniform,
    /// To item k in proportion to 1 / k^exponent: what names, words and pages follow.
    Zipf(Exponent),
    /// Most to a few.
    HotSet(HotSet),
    /// To each in turn.
    Sequential,
}

/// The word for a way of dealing requests out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPattern {
    Uniform,
    Zipf,
    HotSet,
    Sequential,
}

/// The exponent of a Zipf distribution, in thousandths. YCSB takes 0.99.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exponent(pub u16);

/// So many percent of the requests are about so many percent of the items, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotSet {
    pub requests: u8,
    pub items: u8,
}

impl Keys {
    pub(super) fn check(self) -> Result<()> {
        match self {
            Keys::Zipf(exponent) if exponent > Exponent::MAX => {
                Err(Error::invalid(format!("an exponent is 0 to {}", Exponent::MAX)))
            }
            Keys::HotSet(HotSet { requests, items }) if requests > 100 || items > 100 => {
                Err(Error::invalid(format!(
                    "hot={requests}/{items}: both are percentages, such as hot=80/20, 80 % of the \
                     requests to 20 % of the items"
                )))
            }
            _ => Ok(()),
        }
    }

    /// The number of the next item, where `asked` requests were made before.
    pub(super) fn draw(self, items: u32, asked: u64, stream: &mut RandomStream) -> u32 {
        let all = u64::from(items);
        let number = match self {
            Keys::Uniform => stream.below(all),
            Keys::Zipf(exponent) => return zipf(items, exponent, stream),
            Keys::HotSet(HotSet { requests, items: percent }) => {
                let hot = (all * u64::from(percent) / 100).max(1);
                match (stream.below(100) < requests.into(), all - hot) {
                    (true, _) | (_, 0) => stream.below(hot),
                    (false, cold) => hot + stream.below(cold),
                }
            }
            Keys::Sequential => asked % all,
        };
        number as u32 + 1
    }
}

/// A number from 1 to `items`, k with a probability in proportion to 1 / k^s, by inversion with
/// rejection (Hörmann and Derflinger 1996, "Rejection-inversion to generate variates from monotone
/// discrete distributions"): no table, whatever the number of items.
///
/// The curve x^-s lies above the steps k^-s when each is moved half a step to the left. A point is
/// drawn from under the curve, by inverting its integral, and is kept if it is under a step too.
fn zipf(items: u32, exponent: Exponent, stream: &mut RandomStream) -> u32 {
    let curve = Curve { s: f64::from(exponent.0) / 1_000.0 };
    let (least, most) = (curve.integral(1.5) - 1.0, curve.integral(f64::from(items) + 0.5));
    loop {
        let area = most + stream.unit() * (least - most);
        let nearest = libm::floor(curve.inverse(area) + 0.5);
        let k = nearest.max(1.0).min(items.into());
        if area >= curve.integral(k + 0.5) - curve.at(k) {
            return k as u32;
        }
    }
}

/// The function x^-s.
struct Curve {
    s: f64,
}

impl Curve {
    fn at(&self, x: f64) -> f64 {
        libm::exp(-self.s * libm::log(x))
    }

    /// The area below it from 1 to x: (x^(1-s) - 1) / (1-s), and log x at s = 1.
    fn integral(&self, x: f64) -> f64 {
        let log = libm::log(x);
        ratio(libm::expm1, (1.0 - self.s) * log) * log
    }

    /// Up to where the area below it is this large.
    fn inverse(&self, area: f64) -> f64 {
        // Rounding must not take the logarithm of what is below zero.
        let t = (area * (1.0 - self.s)).max(-1.0);
        libm::exp(ratio(libm::log1p, t) * area)
    }
}

/// `of(t) / t` of a function that is as steep as t at 0.
fn ratio(of: fn(f64) -> f64, t: f64) -> f64 {
    match t == 0.0 {
        true => 1.0,
        false => of(t) / t,
    }
}

impl fmt::Display for Keys {
    /// As arguments of the command.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keys={}", self.pattern())?;
        match self {
            Keys::Zipf(exponent) => write!(f, " exponent={exponent}"),
            Keys::HotSet(HotSet { requests, items }) => write!(f, " hot={requests}/{items}"),
            Keys::Uniform | Keys::Sequential => Ok(()),
        }
    }
}

impl Keys {
    pub fn pattern(self) -> KeyPattern {
        match self {
            Keys::Uniform => KeyPattern::Uniform,
            Keys::Zipf(_) => KeyPattern::Zipf,
            Keys::HotSet(_) => KeyPattern::HotSet,
            Keys::Sequential => KeyPattern::Sequential,
        }
    }
}

impl KeyPattern {
    pub const ALL: [Self; 4] = [Self::Uniform, Self::Zipf, Self::HotSet, Self::Sequential];
}

impl fmt::Display for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Uniform => "uniform",
            Self::Zipf => "zipf",
            Self::HotSet => "hot-set",
            Self::Sequential => "sequential",
        })
    }
}

impl FromStr for KeyPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = |pattern: &Self| pattern.to_string() == text;
        Self::ALL.into_iter().find(named).ok_or_else(|| {
            Error::invalid(format!(
                "{text:?} is no pattern of keys: choose uniform, zipf, hot-set or sequential"
            ))
        })
    }
}

impl Exponent {
    pub const MAX: Self = Self(10_000);
    /// YCSB's.
    pub const USUAL: Self = Self(990);
}

impl HotSet {
    /// As many a thing is said to be spread.
    pub const USUAL: Self = Self { requests: 80, items: 20 };
}

impl PartialOrd for Exponent {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl fmt::Display for Exponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000, self.0 % 1_000);
        match rest {
            0 => write!(f, "{whole}"),
            _ => write!(f, "{whole}.{}", format!("{rest:03}").trim_end_matches('0')),
        }
    }
}

impl FromStr for Exponent {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let read = (is_number(whole) && is_number(rest) && rest.len() <= 3)
            .then(|| format!("{whole}{rest:0<3}").parse().ok())
            .flatten();
        read.map(Self).ok_or_else(|| {
            Error::invalid(format!(
                "{text:?} is no exponent: write a number from 0 to {} with up to three decimals, \
                 such as 0.99",
                Self::MAX
            ))
        })
    }
}

impl FromStr for HotSet {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let both = text.split_once('/').map(|(one, other)| (one.parse().ok(), other.parse().ok()));
        match both {
            Some((Some(requests), Some(items))) => Ok(Self { requests, items }),
            _ => Err(Error::invalid(format!(
                "{text:?} is no hot set: write two percentages, such as 80/20, 80 % of the requests \
                 to 20 % of the items"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: usize = 100_000;

    fn shares(keys: Keys, items: u32) -> Vec<f64> {
        let mut stream = RandomStream::new(1, "test");
        let mut counts = vec![0u32; items as usize];
        for asked in 0..DRAWS {
            counts[keys.draw(items, asked as u64, &mut stream) as usize - 1] += 1;
        }
        counts.into_iter().map(|count| f64::from(count) / DRAWS as f64).collect()
    }

    #[test]
    fn zipf_has_its_frequencies_whatever_the_exponent() {
        for exponent in [0, 1, 500, 990, 1_000, 1_001, 2_000, 10_000] {
            for items in [1, 2, 10, 1_000] {
                let found = shares(Keys::Zipf(Exponent(exponent)), items);
                let weight = |k: usize| libm::pow(k as f64 + 1.0, f64::from(exponent) / -1_000.0);
                let all: f64 = (0..items as usize).map(weight).sum();
                for (k, found) in found.iter().enumerate().take(20) {
                    let expected = weight(k) / all;
                    let spread = (expected / DRAWS as f64).sqrt() * 4.5 + 1e-5;
                    assert!(
                        (found - expected).abs() < spread,
                        "{exponent}: item {k} of {items} has {found}, not {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_hot_set_has_its_share_and_all_else_the_rest() {
        let hot = |requests, items| Keys::HotSet(HotSet { requests, items });
        let found = shares(hot(80, 20), 100);
        assert!((found[..20].iter().sum::<f64>() - 0.8).abs() < 0.01);
        assert!(found.iter().all(|share| *share > 0.0));
        assert!((shares(hot(50, 0), 1_000)[0] - 0.5).abs() < 0.01, "one item at least");
        assert_eq!(shares(hot(50, 100), 1), [1.0]);
    }

    #[test]
    fn items_come_in_turn_or_alike() {
        let mut stream = RandomStream::new(1, "test");
        let turn = |asked| Keys::Sequential.draw(3, asked, &mut stream);
        assert_eq!((0..7).map(turn).collect::<Vec<_>>(), [1, 2, 3, 1, 2, 3, 1]);
        assert!(shares(Keys::Uniform, 10).iter().all(|share| (share - 0.1).abs() < 0.005));
    }

    #[test]
    fn exponents_are_written_exactly_and_read_back() {
        for (thousandths, text) in [(0, "0"), (990, "0.99"), (1_000, "1"), (1_005, "1.005")] {
            assert_eq!(Exponent(thousandths).to_string(), text);
            assert_eq!(text.parse::<Exponent>(), Ok(Exponent(thousandths)));
        }
        for wrong in ["", ".5", "1.", "-1", "0.9999", "1e3", "99999"] {
            assert!(wrong.parse::<Exponent>().is_err(), "{wrong:?}");
        }
        assert_eq!("80/20".parse(), Ok(HotSet { requests: 80, items: 20 }));
        for wrong in ["", "80", "80/", "/", "300/1"] {
            assert!(wrong.parse::<HotSet>().is_err(), "{wrong:?}");
        }
    }
}
