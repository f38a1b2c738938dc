//! How the cells keep the values of events: the few different ones by code, prices and durations as whole numbers of their last
//! decimal, the rest as they are. What is read is what was written, to the last bit.

use std::collections::HashMap;

use crate::segment::planes::{Packer, Unpacker};
use crate::wire::{Get, Put, Short};

/// Different values of a segment up to which they are coded.
const CODED_VALUES_MAX: usize = 65_534;
/// Rows a different value has to stand for, so that its eight bytes in the dictionary pay.
const ROWS_PER_CODED_VALUE: usize = 32;
/// Decimals of a value that is kept as a whole number.
const DECIMALS_MAX: u8 = 6;
/// Whole numbers up to which doubles are exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Kinds of [`Values`], as stored.
mod kind {
    pub const NOT: u8 = 0;
    pub const CODED: u8 = 1;
    pub const PLAIN: u8 = 2;
    pub const DECIMAL: u8 = 3;
}

/// The values of a segment, ready to be written block by block.
pub enum Values {
    /// No row has one.
    Not,
    /// Codes (0 = none) and the values of codes 1…, the most frequent first.
    Coded(Vec<u32>, Vec<f64>),
    /// Codes (0 = none), which count the last decimal from the lowest value on.
    Decimal(Vec<u32>, Decimal),
    Plain(Vec<f64>),
}

/// Code 1 stands for `low / 10^decimals`, each further code for one more of the last decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    low: i64,
    decimals: u8,
}

impl Values {
    /// The shortest of the forms; NaN stands for no value.
    pub fn new(values: Vec<f64>) -> Self {
        let Some(counts) = counted(&values) else {
            return decimals(&values).unwrap_or(Self::Plain(values));
        };
        if counts.is_empty() {
            return Self::Not;
        }
        if counts.len() * ROWS_PER_CODED_VALUE > values.len()
            && let Some(found) = decimals(&values)
        {
            return found;
        }
        // A value costs eight bytes in the dictionary: with few rows a value it does not pay.
        if counts.len() * 2 > values.len() && values.len() > 1_000 {
            return Self::Plain(values);
        }
        coded(&values, counts)
    }

    /// What is said once a segment: the form, and what it needs. [`Form::read`] reads it.
    pub fn form(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Not => (kind::NOT, Vec::new()),
            Self::Coded(_, dictionary) => (kind::CODED, dictionary.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Decimal(_, decimal) => {
                let mut put = Put::default();
                put.i64(decimal.low);
                put.u8(decimal.decimals);
                (kind::DECIMAL, put.0)
            }
            Self::Plain(_) => (kind::PLAIN, Vec::new()),
        }
    }

    /// The rows `from` … `to` of a block.
    pub fn pack(&self, packer: &mut Packer, put: &mut Put, from: usize, to: usize) -> std::io::Result<()> {
        match self {
            Self::Not => Ok(()),
            Self::Coded(codes, _) | Self::Decimal(codes, _) => {
                packer.codes(put, codes.get(from..to).unwrap_or_default())
            }
            Self::Plain(values) => packer.floats(put, values.get(from..to).unwrap_or_default()),
        }
    }
}

/// How often each value occurs, by its bits; none when there are too many different ones.
fn counted(values: &[f64]) -> Option<HashMap<u64, u32, foldhash::fast::RandomState>> {
    let mut counts: HashMap<u64, u32, foldhash::fast::RandomState> = HashMap::default();
    for v in values.iter().filter(|v| !v.is_nan()) {
        *counts.entry(v.to_bits()).or_default() += 1;
        if counts.len() > CODED_VALUES_MAX {
            return None;
        }
    }
    Some(counts)
}

fn coded(values: &[f64], mut counts: HashMap<u64, u32, foldhash::fast::RandomState>) -> Values {
    let mut sorted: Vec<(u32, u64)> = counts.iter().map(|(bits, n)| (*n, *bits)).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    for (code, (_, bits)) in sorted.iter().enumerate() {
        counts.insert(*bits, code as u32 + 1);
    }
    let code = |v: &f64| if v.is_nan() { 0 } else { counts.get(&v.to_bits()).copied().unwrap_or(0) };
    let codes = values.iter().map(code).collect();
    Values::Coded(codes, sorted.into_iter().map(|(_, bits)| f64::from_bits(bits)).collect())
}

/// The values as whole numbers of their last decimal, if all of them are that exactly and lie near enough to each other.
fn decimals(values: &[f64]) -> Option<Values> {
    let present = || values.iter().copied().filter(|v| !v.is_nan());
    let mut decimals = 0;
    for value in present() {
        while whole(value, decimals).is_none() {
            decimals = Some(decimals + 1).filter(|d| *d <= DECIMALS_MAX)?;
        }
    }
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    for value in present() {
        // More decimals can take a large number beyond what is exact.
        let whole = whole(value, decimals)?;
        (low, high) = (low.min(whole), high.max(whole));
    }
    u32::try_from(high.checked_sub(low)?).ok().filter(|span| *span < u32::MAX)?;
    let code = |v: &f64| whole(*v, decimals).map_or(0, |whole| whole.wrapping_sub(low) as u32 + 1);
    Some(Values::Decimal(values.iter().map(code).collect(), Decimal { low, decimals }))
}

/// The value times ten to the decimals, when dividing it again gives the same bits.
fn whole(value: f64, decimals: u8) -> Option<i64> {
    let ten = ten_to(decimals);
    let near = (value * ten).round();
    let whole = near as i64;
    // Through the whole number, which knows no negative zero.
    let exact = near.abs() <= EXACT_MAX && (whole as f64 / ten).to_bits() == value.to_bits();
    exact.then_some(whole)
}

fn ten_to(decimals: u8) -> f64 {
    10_f64.powi(i32::from(decimals))
}

/// How the values of a segment are read.
pub enum Form {
    Not,
    /// By code; that of code 0 is NaN.
    Coded(Vec<f64>),
    Decimal(Decimal),
    Plain,
}

impl Form {
    /// From what [`Values::form`] gave.
    pub fn read(form: u8, bytes: &[u8]) -> Result<Self, Short> {
        match form {
            kind::NOT => Ok(Self::Not),
            kind::CODED => {
                let values = bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b));
                Ok(Self::Coded([f64::NAN].into_iter().chain(values).collect()))
            }
            kind::DECIMAL => {
                let mut get = Get(bytes);
                let decimal = Decimal { low: get.i64()?, decimals: get.u8()? };
                if decimal.decimals > DECIMALS_MAX { Err(Short) } else { Ok(Self::Decimal(decimal)) }
            }
            kind::PLAIN => Ok(Self::Plain),
            _ => Err(Short),
        }
    }

    /// The values of a block's `rows`, into `values`; `codes` is room on the way.
    pub fn unpack(
        &self,
        unpacker: &mut Unpacker,
        get: &mut Get<'_>,
        rows: usize,
        codes: &mut Vec<u32>,
        values: &mut Vec<f64>,
    ) -> Result<(), Short> {
        values.clear();
        match self {
            Self::Not => values.resize(rows, f64::NAN),
            Self::Coded(dictionary) => {
                unpacker.codes(get, rows, codes)?;
                values.extend(codes.iter().map(|c| dictionary.get(*c as usize).copied().unwrap_or(f64::NAN)));
            }
            Self::Decimal(decimal) => {
                unpacker.codes(get, rows, codes)?;
                let (first, ten) = (decimal.low.wrapping_sub(1), ten_to(decimal.decimals));
                let value = |c: &u32| match *c {
                    0 => f64::NAN,
                    code => first.wrapping_add(i64::from(code)) as f64 / ten,
                };
                values.extend(codes.iter().map(value));
            }
            Self::Plain => unpacker.floats(get, rows, values)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn there_and_back(given: &[f64]) -> (Vec<f64>, u8) {
        let values = Values::new(given.to_vec());
        let (form, bytes) = values.form();
        let mut put = Put::default();
        values.pack(&mut Packer::new().unwrap(), &mut put, 0, given.len()).unwrap();
        let (mut codes, mut back) = (Vec::new(), Vec::new());
        let read = Form::read(form, &bytes).unwrap();
        read.unpack(&mut Unpacker::new().unwrap(), &mut Get(&put.0), given.len(), &mut codes, &mut back).unwrap();
        (back, form)
    }

    fn check(given: &[f64], form: u8) {
        let (back, got) = there_and_back(given);
        assert_eq!(got, form, "{given:?}");
        assert!(back.iter().zip(given).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())));
    }

    #[test]
    fn each_form_is_chosen_where_it_is_short_and_comes_back() {
        check(&[f64::NAN; 3], kind::NOT);
        check(&[], kind::NOT);
        check(&(0..900).map(|n| f64::from(n % 3) * 1e300).collect::<Vec<_>>(), kind::CODED);
        check(&[19.99, f64::NAN, -0.01, 1e6], kind::DECIMAL);
        check(&[-3.0, 4_000_000_000.0], kind::DECIMAL);
        // Wider than a code: -2^31 … 2^32.
        check(&[-2_147_483_648.0, 4_294_967_296.0], kind::CODED);
        // Exact alone, but not beside a value with decimals.
        check(&[9_007_199_254_740_992.0, 0.25], kind::CODED);
        check(&[-0.0, 1.0], kind::CODED);
        check(&[f64::INFINITY, 0.1 + 0.2], kind::CODED);
        check(&(0..2_000).map(|n| f64::from(n) / 7.0).collect::<Vec<_>>(), kind::PLAIN);
        check(&(0..70_000).map(|n| f64::from(n) / 100.0).collect::<Vec<_>>(), kind::DECIMAL);
        check(&(0..70_000).map(|n| f64::from(n) / 3.0).collect::<Vec<_>>(), kind::PLAIN);
    }

    #[test]
    fn a_form_that_is_not_known_is_refused() {
        assert!(Form::read(9, &[]).is_err());
        assert!(Form::read(kind::DECIMAL, &[0; 8]).is_err());
        assert!(Form::read(kind::DECIMAL, &[0, 0, 0, 0, 0, 0, 0, 0, 40]).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_given_comes_back(
            wholes in prop::collection::vec(prop_oneof![4 => any::<i64>().prop_map(Some), 1 => Just(None)], 0..60),
            shift in 0_u32..64,
            decimals in 0_i32..8,
        ) {
            let given: Vec<f64> =
                wholes.iter().map(|w| w.map_or(f64::NAN, |w| (w >> shift) as f64 / 10_f64.powi(decimals))).collect();
            let (back, _) = there_and_back(&given);
            prop_assert!(back.iter().zip(&given).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())));
        }
    }
}
