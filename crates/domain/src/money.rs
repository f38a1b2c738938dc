//! Money: integer minor units and a currency, never floating point.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 code such as `JPY`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Japanese yen, which has no minor unit.
    pub const JPY: Self = Self(*b"JPY");

    /// Reads a three-letter code in any case.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.trim().as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphabetic).then(|| Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal places the minor unit has (JPY 0, USD 2).
    pub const fn decimals(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" | b"XAF" | b"XOF" | b"PYG" | b"UGX" => 0,
            b"BHD" | b"KWD" | b"OMR" | b"TND" | b"JOD" | b"IQD" | b"LYD" => 3,
            _ => 2,
        }
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = String::deserialize(d)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("expected a three-letter currency code"))
    }
}

/// An amount of money in minor units (yen; cents).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Money {
    /// Amount in the currency's minor unit.
    pub minor: i64,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// `minor` yen.
    pub const fn yen(minor: i64) -> Self {
        Self { minor, currency: Currency::JPY }
    }

    /// The amount divided by a number of months, halves rounded away from zero: MRR from a contract's amount.
    pub const fn per_month(self, months: i64) -> Self {
        if months <= 0 {
            return self;
        }
        let half = if self.minor < 0 { -(months / 2) } else { months / 2 };
        Self { minor: (self.minor + half) / months, currency: self.currency }
    }
}

/// `¥420,000`, `$1,234.50`, else `CHF 12.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_i64.pow(self.currency.decimals());
        let sign = if self.minor < 0 { "−" } else { "" };
        let (whole, part) =
            (self.minor.unsigned_abs() / scale.unsigned_abs(), self.minor.unsigned_abs() % scale.unsigned_abs());
        let mark = match self.currency.code() {
            "JPY" => "¥".to_owned(),
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            code => format!("{code} "),
        };
        write!(f, "{sign}{mark}{}", crate::text::thousands(whole))?;
        if scale > 1 {
            write!(f, ".{part:0width$}", width = self.currency.decimals() as usize)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(Money::yen(420_000).to_string(), "¥420,000");
        assert_eq!(Money { minor: -123_450, currency: Currency::parse("usd").unwrap() }.to_string(), "−$1,234.50");
        assert_eq!(Money::yen(1_000_000).per_month(12), Money::yen(83_333));
        assert_eq!(Money::yen(-7).per_month(2), Money::yen(-4));
    }
}
