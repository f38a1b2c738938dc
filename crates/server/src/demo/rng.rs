//! A small seeded generator of our own, so that a seed means the same bytes for ever: xoshiro256**, seeded by splitmix64.

/// A stream of pseudo-random numbers. Not for secrets.
#[derive(Clone, Debug)]
pub(super) struct Rng([u64; 4]);

const fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream that belongs to a seed and a path such as (purpose, customer, day): independent of all other streams.
    pub(super) fn of(seed: u64, path: &[u64]) -> Self {
        let mut state = seed;
        for step in path {
            state = splitmix(&mut state) ^ step.wrapping_mul(0xd6e8_feb8_6659_fd93);
        }
        Self([splitmix(&mut state), splitmix(&mut state), splitmix(&mut state), splitmix(&mut state)])
    }

    /// The next 64 bits.
    pub(super) const fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let out = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        out
    }

    /// A number in `0..1`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of probability `p` happens.
    pub(super) fn is(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A whole number in `0..n`; 0 when `n` is 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.next()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A whole number in `low..=high`.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = usize::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(0);
        low.saturating_add(i32::try_from(self.below(span)).unwrap_or(0))
    }

    /// One of several things.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// One of several texts; empty when there are none.
    pub(super) fn word(&mut self, from: &[&'static str]) -> &'static str {
        self.pick(from).copied().unwrap_or_default()
    }

    /// The index of one of several weights.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (i, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn a_seed_means_the_same_numbers_for_ever() {
        let mut rng = Rng::of(7, &[1, 2]);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        assert_eq!(first, FIRST, "changing the generator changes every demo company");
        assert_ne!(Rng::of(7, &[2, 1]).next(), first[0]);
        assert_ne!(Rng::of(8, &[1, 2]).next(), first[0]);
    }

    const FIRST: [u64; 3] = [18_184_964_838_803_593_881, 6_154_605_083_853_931_983, 13_800_354_864_308_405_472];

    #[test]
    fn numbers_stay_in_range_and_reach_its_ends() {
        let mut rng = Rng::of(1, &[]);
        let drawn: Vec<i32> = (0..2_000).map(|_| rng.between(-2, 3)).collect();
        assert!(drawn.iter().all(|n| (-2..=3).contains(n)));
        assert!((-2..=3).all(|n| drawn.iter().filter(|d| **d == n).count() > 200));
        assert_eq!(rng.below(0), 0);
        assert!((0..1_000).all(|_| rng.weighted(&[0.0, 1.0, 0.0]) == 1));
    }
}
