//! Rounding parts so that they still add up.

/// Whole numbers near `parts` whose sum is `total`: each is rounded down, and the largest remainders get one more.
/// A part that is zero stays zero. Where `total` is not within one of the sum of the parts, the rest goes to the
/// largest part.
pub fn share_out(total: i32, parts: &[f64]) -> Vec<i32> {
    const NOTHING: f64 = 1e-9;
    let mut whole: Vec<i32> =
        parts.iter().map(|p| if p.abs() < NOTHING { 0 } else { (p + NOTHING).floor() as i32 }).collect();
    let mut order: Vec<usize> = parts.iter().enumerate().filter(|(_, p)| p.abs() >= NOTHING).map(|(i, _)| i).collect();
    let part = |i: usize| parts.get(i).copied().unwrap_or(0.0);
    let remainder = |i: usize| part(i) - (part(i) + NOTHING).floor();
    order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a)).then(a.cmp(b)));
    let mut rest = total - whole.iter().sum::<i32>();
    for i in &order {
        if rest <= 0 {
            break;
        }
        if let Some(n) = whole.get_mut(*i) {
            *n += 1;
            rest -= 1;
        }
    }
    if rest != 0 {
        let largest = (0..parts.len()).max_by(|a, b| part(*a).abs().total_cmp(&part(*b).abs()));
        if let Some(n) = largest.and_then(|i| whole.get_mut(i)) {
            *n += rest;
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_zero_stays_zero() {
        assert_eq!(share_out(10, &[3.3, 3.3, 3.4]), [3, 3, 4]);
        assert_eq!(share_out(1, &[0.0, 0.5, 0.4]), [0, 1, 0]);
        assert_eq!(share_out(-18, &[-17.6, -0.4, 0.0]), [-18, 0, 0]);
        assert_eq!(share_out(0, &[-0.01, 0.01]), [0, 0]);
        assert_eq!(share_out(0, &[]), Vec::<i32>::new());
        assert_eq!(share_out(3, &[3.0, -0.0]), [3, 0]);
    }
}
