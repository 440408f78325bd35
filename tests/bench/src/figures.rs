//! Medians and how far the measurements lie apart. It must never drop a measurement that looks wrong.

use std::fmt;

/// The middle of several measurements of one thing, and their extremes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Figure {
    /// The median.
    pub(crate) median: f64,
    /// The lowest measurement.
    pub(crate) lowest: f64,
    /// The highest measurement.
    pub(crate) highest: f64,
}

impl Figure {
    /// None without a measurement.
    pub(crate) fn of(measurements: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = measurements.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (lowest, highest) = (*sorted.first()?, *sorted.last()?);
        let (below, above) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Self { median: f64::midpoint(below, above), lowest, highest })
    }
}

/// The median, then the extremes: `1.52 (1.49–1.60)`.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, lowest, highest } = *self;
        write!(f, "{} ({}–{})", Short(median), Short(lowest), Short(highest))
    }
}

/// A number with as many places as it is worth reading: three digits, and never fewer than the whole ones.
pub(crate) struct Short(pub(crate) f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = match self.0.abs() {
            size if size >= 100.0 => 0,
            size if size >= 10.0 => 1,
            _ => 2,
        };
        write!(f, "{:.places$}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_middle_two() {
        let figure = Figure::of([4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(figure, Figure { median: 2.5, lowest: 1.0, highest: 4.0 });
    }

    #[test]
    fn nothing_measured_is_no_figure() {
        assert_eq!(Figure::of([]), None);
    }

    #[test]
    fn numbers_are_written_with_three_digits() {
        let figure = Figure::of([1.234, 23.45, 3456.7]).unwrap();
        assert_eq!(figure.to_string(), "23.4 (1.23–3457)");
    }
}
