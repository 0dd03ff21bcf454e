//! How fast virtual time passes on the page.

use crate::base::heap_sort;
use crate::sim::NetworkPreset;

/// How long one typical message takes on screen at normal speed, in milliseconds.
const FLIGHT_MS: f64 = 900.0;

/// A choice of speed: a multiple of the one at which a message can be watched, or that of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    Quarter,
    Half,
    Normal,
    Double,
    Four,
    Sixteen,
    Hundred,
    /// A second takes a second.
    Real,
    /// As fast as the engine goes.
    Max,
}

impl Speed {
    pub const ALL: [Speed; 9] = [
        Speed::Quarter,
        Speed::Half,
        Speed::Normal,
        Speed::Double,
        Speed::Four,
        Speed::Sixteen,
        Speed::Hundred,
        Speed::Real,
        Speed::Max,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Speed::Quarter => "¼×",
            Speed::Half => "½×",
            Speed::Normal => "1×",
            Speed::Double => "2×",
            Speed::Four => "4×",
            Speed::Sixteen => "16×",
            Speed::Hundred => "100×",
            Speed::Real => "real time",
            Speed::Max => "max",
        }
    }

    /// The multiple; without meaning for [`Speed::Real`] and [`Speed::Max`].
    pub fn factor(self) -> f64 {
        match self {
            Speed::Quarter => 0.25,
            Speed::Half => 0.5,
            Speed::Normal | Speed::Real | Speed::Max => 1.0,
            Speed::Double => 2.0,
            Speed::Four => 4.0,
            Speed::Sixteen => 16.0,
            Speed::Hundred => 100.0,
        }
    }
}

/// The speed chosen, and what normal means on this network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    pub speed: Speed,
    network: NetworkPreset,
}

impl Pace {
    pub fn new(network: NetworkPreset) -> Self {
        Self { speed: Speed::Normal, network }
    }

    pub fn set_network(&mut self, network: NetworkPreset) {
        self.network = network;
    }

    /// How much virtual time passes in `elapsed_ms` of real time, in microseconds.
    pub fn virtual_us(&self, elapsed_ms: f64) -> f64 {
        match self.speed {
            Speed::Real => elapsed_ms * 1_000.0,
            speed => elapsed_ms * speed.factor() * self.network.typical_us() as f64 / FLIGHT_MS,
        }
    }

    /// So many things that happen so often in a second of virtual time happen in one of real time;
    /// none where it is as many as there can be.
    pub fn per_second(&self, rate: u32) -> Option<f64> {
        let of_virtual = self.virtual_us(1_000.0) / 1_000_000.0;
        (self.speed != Speed::Max).then(|| of_virtual * f64::from(rate))
    }

    /// All choices on this network, the slowest first.
    pub fn choices(&self) -> Vec<Speed> {
        let mut all = Speed::ALL.to_vec();
        let us = |speed: &Speed| match speed {
            Speed::Max => u64::MAX,
            speed => Pace { speed: *speed, ..*self }.virtual_us(1_000.0) as u64,
        };
        heap_sort(&mut all, |a, b| us(a).cmp(&us(b)));
        all
    }

    /// The slowest choice, none slower than the present one, at which what happens so often in a
    /// second of virtual time happens so often in one of real time.
    pub fn at_least(&self, rate: u32, seen: f64) -> Speed {
        let mut choices = self.choices().into_iter().skip_while(|speed| *speed != self.speed);
        let fits = |speed: &Speed| {
            Pace { speed: *speed, ..*self }.per_second(rate).is_none_or(|often| often >= seen)
        };
        choices.find(fits).unwrap_or(self.speed)
    }

    /// What the choice means, in words.
    pub fn words(&self) -> String {
        match self.speed {
            Speed::Max => "as fast as it goes".to_owned(),
            _ => {
                let us = self.virtual_us(1_000.0).round() as u64;
                format!("1 s shows {}", crate::base::format_us(us - us % 10))
            }
        }
    }
}
