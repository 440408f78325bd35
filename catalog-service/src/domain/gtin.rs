//! Global Trade Item Numbers (GS1): 8, 12, 13 or 14 digits, the last of them a check digit.

use std::fmt;

/// A number whose check digit is right.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gtin(String);

/// Why a text is not a GTIN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Not 8, 12, 13 or 14 digits.
    #[error("`{0}` must have 8, 12, 13 or 14 digits")]
    Form(String),
    /// A digit is wrong or two are swapped.
    #[error("the check digit of `{given}` should be {expected}; compare the number with the label")]
    CheckDigit {
        /// What was given.
        given: String,
        /// What its last digit should be.
        expected: u8,
    },
}

impl Gtin {
    /// Takes a number.
    ///
    /// # Errors
    /// A wrong length, anything but digits, or a wrong check digit.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        let digits = text.as_bytes();
        let well_formed =
            matches!(digits.len(), 8 | 12 | 13 | 14) && digits.iter().all(u8::is_ascii_digit);
        let Some((last, rest)) = digits.split_last().filter(|_| well_formed) else {
            return Err(GtinError::Form(text.to_owned()));
        };
        let expected = check_digit(rest);
        if last - b'0' == expected {
            Ok(Self(text.to_owned()))
        } else {
            Err(GtinError::CheckDigit { given: text.to_owned(), expected })
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Digits count three times and once in turn, from the right.
fn check_digit(digits: &[u8]) -> u8 {
    let weighted = digits.iter().rev().zip([3_u32, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("96385074")]
    #[case("036000291452")]
    #[case("4006381333931")]
    #[case("10614141000415")]
    #[case("00000000")]
    fn a_right_check_digit_is_accepted(#[case] text: &str) {
        assert_eq!(Gtin::parse(text).unwrap().as_str(), text);
    }

    #[rstest]
    #[case("96385075", 4)]
    #[case("036000291453", 2)]
    #[case("4006381333913", 7)]
    #[case("10614141000410", 5)]
    fn a_wrong_check_digit_is_named(#[case] text: &str, #[case] expected: u8) {
        let error = GtinError::CheckDigit { given: text.to_owned(), expected };
        assert_eq!(Gtin::parse(text), Err(error));
    }

    #[rstest]
    #[case("")]
    #[case("123")]
    #[case("123456789")]
    #[case("400638133393a")]
    #[case("400638133393１")]
    #[case("123456789012345")]
    fn other_texts_are_refused(#[case] text: &str) {
        assert_eq!(Gtin::parse(text), Err(GtinError::Form(text.to_owned())));
    }
}
