//! Figures: `１，２３４`, `¥1,200`, `△3`, `(1,000)`, `12.3％`, `450千円`, `1億2,000万円`, `50席`.

use super::plain_text;

/// A decimal figure, exact: `digits` ÷ 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits, with the sign.
    pub digits: i128,
    /// How many of them stand behind the point.
    pub scale: u32,
}

/// Words behind a figure and what they multiply it by; the longest that fits is taken.
const UNITS: [(&str, i128); 31] = [
    ("百万円", 1_000_000),
    ("十億円", 1_000_000_000),
    ("千円", 1_000),
    ("万円", 10_000),
    ("億円", 100_000_000),
    ("百万", 1_000_000),
    ("円", 1),
    ("千", 1_000),
    ("万", 10_000),
    ("億", 100_000_000),
    ("兆", 1_000_000_000_000),
    ("JPY", 1),
    ("USD", 1),
    ("EUR", 1),
    ("か月", 1),
    ("ヶ月", 1),
    ("カ月", 1),
    ("ヵ月", 1),
    ("ケ月", 1),
    ("時間", 1),
    ("人", 1),
    ("名", 1),
    ("件", 1),
    ("回", 1),
    ("点", 1),
    ("社", 1),
    ("席", 1),
    ("個", 1),
    ("日", 1),
    ("分", 1),
    ("年", 1),
];

impl Decimal {
    /// The nearest `f64`.
    pub fn to_f64(self) -> f64 {
        if self.scale == 0 && self.digits.unsigned_abs() < 1 << 53 {
            #[allow(clippy::cast_precision_loss)]
            return self.digits as f64;
        }
        format!("{}e-{}", self.digits, self.scale).parse().unwrap_or(f64::NAN)
    }

    /// The whole number; `None` when there is a part behind the point or it does not fit.
    pub fn to_integer(self) -> Option<i64> {
        let unit = 10_i128.checked_pow(self.scale)?;
        (self.digits % unit == 0).then(|| i64::try_from(self.digits / unit).ok()).flatten()
    }

    /// The figure times `unit` in steps of 10^-`decimals`, halves away from zero: money in minor units.
    pub fn to_minor(self, unit: i64, decimals: u32) -> Option<i64> {
        let top = self.digits.checked_mul(i128::from(unit))?.checked_mul(10_i128.checked_pow(decimals)?)?;
        let bottom = 10_i128.checked_pow(self.scale)?;
        let half = if top < 0 { -(bottom / 2) } else { bottom / 2 };
        i64::try_from(top.checked_add(half)? / bottom).ok()
    }

    fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let a = self.digits.checked_mul(10_i128.checked_pow(scale - self.scale)?)?;
        let b = other.digits.checked_mul(10_i128.checked_pow(scale - other.scale)?)?;
        Some(Self { digits: a.checked_add(b)?, scale })
    }
}

/// Reads a figure in any of the forms above; per cent becomes a fraction (`12.3%` is 0.123).
pub fn read_decimal(text: &str) -> Option<Decimal> {
    let text = plain_text(text)?;
    let (negative, mut rest) = strip_sign(&text)?;
    let mut total: Option<Decimal> = None;
    let mut last_unit = i128::MAX;
    while !rest.is_empty() {
        let (figure, behind) = take_figure(rest)?;
        let (unit, percent, behind) = take_unit(behind.trim_start());
        // 1億2,000万: each part counts less than the one before it.
        if total.is_some() && (unit >= last_unit || percent) {
            return None;
        }
        last_unit = unit;
        let part =
            Decimal { digits: figure.digits.checked_mul(unit)?, scale: figure.scale + if percent { 2 } else { 0 } };
        total = Some(match total {
            Some(sum) => sum.plus(part)?,
            None => part,
        });
        rest = behind.trim_start();
    }
    let total = total?;
    Some(if negative { Decimal { digits: -total.digits, ..total } } else { total })
}

/// Reads a figure as a float.
pub fn read_number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let is_plain = bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    // The standard parser reads no comma and no unit; what it also reads, `inf` and `nan`, is no plain text here.
    if is_plain && let Ok(value) = text.parse::<f64>() {
        return value.is_finite().then_some(value);
    }
    read_decimal(text).map(Decimal::to_f64).filter(|v| v.is_finite())
}

/// Reads a whole figure.
pub fn read_integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| read_decimal(text)?.to_integer())
}

/// Takes signs, brackets and currency marks off; `None` when they do not fit together.
fn strip_sign(text: &str) -> Option<(bool, &str)> {
    let mut rest = text;
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(') {
        rest = inner.strip_suffix(')')?.trim();
        negative = true;
    }
    let (mut signs, mut marks) = (usize::from(negative), 0);
    while let Some(c) = rest.chars().next() {
        match c {
            '-' | '△' | '▲' => {
                negative = true;
                signs += 1;
            }
            '+' => signs += 1,
            '¥' | '$' | '€' | '\\' => marks += 1,
            ' ' if signs + marks > 0 => {}
            _ => break,
        }
        rest = rest.get(c.len_utf8()..)?;
    }
    (signs <= 1 && marks <= 1).then_some((negative, rest))
}

/// Takes `1,234.5` from the front. Commas must stand before groups of three, so that `1,5` is not read as 15.
fn take_figure(text: &str) -> Option<(Decimal, &str)> {
    let (mut digits, mut scale, mut count) = (0_i128, 0_u32, 0_usize);
    let mut group: Option<usize> = None;
    let mut point = false;
    let mut used = 0;
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'0'..=b'9' => {
                digits = digits.checked_mul(10)?.checked_add(i128::from(b - b'0'))?;
                count += 1;
                if point {
                    scale += 1;
                } else if let Some(n) = &mut group {
                    *n += 1;
                }
            }
            b',' if !point && count > 0 && (count <= 3 || group.is_some()) => {
                if group.replace(0).is_some_and(|n| n != 3) {
                    return None;
                }
            }
            b'.' if !point => point = true,
            _ => break,
        }
        used = at + 1;
    }
    let whole = count > 0 && count <= 30 && group.is_none_or(|n| n == 3);
    whole.then_some((Decimal { digits, scale }, text.get(used..)?))
}

fn take_unit(text: &str) -> (i128, bool, &str) {
    if let Some(rest) = text.strip_prefix('%') {
        return (1, true, rest);
    }
    for (word, unit) in UNITS {
        if let Some(rest) = text.strip_prefix(word) {
            return (unit, false, rest);
        }
    }
    (1, false, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_are_read_as_japanese_offices_write_them() {
        let cases = [
            ("１，２３４", 1234.0),
            ("1,234,567", 1_234_567.0),
            ("¥1,200", 1200.0),
            ("￥ 1,200", 1200.0),
            ("\\1,200", 1200.0),
            ("-¥300", -300.0),
            ("¥-300", -300.0),
            ("1200円", 1200.0),
            ("450千円", 450_000.0),
            ("1.5百万円", 1_500_000.0),
            ("12万", 120_000.0),
            ("1億2,000万円", 120_000_000.0),
            ("△3", -3.0),
            ("▲1,500", -1500.0),
            ("(1,000)", -1000.0),
            ("（１，０００）", -1000.0),
            ("－12", -12.0),
            ("−12", -12.0),
            ("12.3％", 0.123),
            ("40%", 0.4),
            ("50席", 50.0),
            ("12ヶ月", 12.0),
            ("3、500", 3500.0),
            ("1e3", 1000.0),
            (" 7 ", 7.0),
            (".5", 0.5),
            ("1000,", f64::NAN),
        ];
        for (text, want) in cases {
            match read_number(text) {
                Some(got) => assert!((got - want).abs() < 1e-12, "{text} gave {got}"),
                None => assert!(want.is_nan(), "{text} was refused"),
            }
        }
    }

    #[test]
    fn what_is_no_figure_is_refused() {
        for text in [
            "", " ", "-", "abc", "1,5", "1,23,456", "12,34", "1 2", "inf", "NaN", "--1", "(1", "1)", "¥", "1円2",
            "5%3", "1万2億", "1.2.3", "12時", "0x10", "1e999",
        ] {
            assert_eq!(read_number(text), None, "{text}");
        }
        assert_eq!(read_integer("1.5"), None);
        assert_eq!(read_integer("９．０"), Some(9));
        assert_eq!(read_integer(&"9".repeat(40)), None);
    }

    #[test]
    fn money_is_exact() {
        let minor = |text: &str, unit, decimals| read_decimal(text).and_then(|d| d.to_minor(unit, decimals));
        assert_eq!(minor("11.77", 1, 2), Some(1177));
        assert_eq!(minor("0.005", 1, 2), Some(1));
        assert_eq!(minor("-0.005", 1, 2), Some(-1));
        assert_eq!(minor("1,234.5", 1000, 0), Some(1_234_500));
        assert_eq!(minor("9223372036854775807", 1000, 0), None);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_without_panic(text in "\\PC{0,60}") {
            let _ = read_number(&text);
            let _ = read_integer(&text);
            let _ = read_decimal(&text).map(|d| (d.to_minor(1000, 3), d.to_integer()));
        }

        #[test]
        fn commas_and_wide_digits_change_nothing(n in -9_999_999_999_999_i64..9_999_999_999_999) {
            let plain = crate::text::thousands(n.unsigned_abs());
            let wide: String =
                plain.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)).collect();
            let sign = if n < 0 { "△" } else { "" };
            prop_assert_eq!(read_integer(&format!("{sign}{plain}")), Some(n));
            prop_assert_eq!(read_integer(&format!("{sign}{wide}円")), Some(n));
        }
    }
}
