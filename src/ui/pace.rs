//! How fast virtual time passes on the page.

use crate::sim::NetworkPreset;

/// How long one typical message takes on screen at normal speed, in milliseconds.
const FLIGHT_MS: f64 = 900.0;

/// A choice of speed, as a multiple of the watchable one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    Quarter,
    Half,
    Normal,
    Double,
    Four,
    Sixteen,
    /// As fast as the engine goes.
    Max,
}

impl Speed {
    pub const ALL: [Speed; 7] = [
        Speed::Quarter,
        Speed::Half,
        Speed::Normal,
        Speed::Double,
        Speed::Four,
        Speed::Sixteen,
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
            Speed::Max => "max",
        }
    }

    /// The multiple; without meaning for [`Speed::Max`].
    pub fn factor(self) -> f64 {
        match self {
            Speed::Quarter => 0.25,
            Speed::Half => 0.5,
            Speed::Normal | Speed::Max => 1.0,
            Speed::Double => 2.0,
            Speed::Four => 4.0,
            Speed::Sixteen => 16.0,
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
        elapsed_ms * self.speed.factor() * self.network.typical_us() as f64 / FLIGHT_MS
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
