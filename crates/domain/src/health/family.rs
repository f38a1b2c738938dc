//! A parent seen through its children.

/// A child as its parent sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its points; `None` = 判定不能.
    pub points: Option<i64>,
    /// Its MRR in minor units.
    pub mrr_minor: i64,
}

/// What the children say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Family {
    /// Mean of the points of those judged, weighted by MRR, or by number when no child has any.
    pub points: f64,
    /// Whether MRR was the weight.
    pub by_money: bool,
    /// How many are judged.
    pub judged: usize,
    /// Place of the worst important child: the lowest points among those with at least [`IMPORTANT_SHARE`] of the MRR.
    pub worst: usize,
}

/// From this share of the children's MRR on a child is important; without MRR all are.
pub const IMPORTANT_SHARE: f64 = 0.1;

/// Sums children up; `None` when none of them is judged.
pub fn sum_up(children: &[Child]) -> Option<Family> {
    #[allow(clippy::cast_precision_loss)]
    let judged: Vec<(usize, f64, f64)> = children
        .iter()
        .enumerate()
        .filter_map(|(i, c)| Some((i, c.points? as f64, c.mrr_minor.max(0) as f64)))
        .collect();
    let money: f64 = judged.iter().map(|j| j.2).sum();
    let by_money = money > 0.0;
    let weight = |mrr: f64| if by_money { mrr } else { 1.0 };
    let total: f64 = judged.iter().map(|j| weight(j.2)).sum();
    let worst = judged
        .iter()
        .filter(|j| !by_money || j.2 >= money * IMPORTANT_SHARE)
        .min_by(|a, b| a.1.total_cmp(&b.1).then(b.2.total_cmp(&a.2)))?;
    let points = judged.iter().map(|j| j.1 * weight(j.2)).sum::<f64>() / total;
    Some(Family { points, by_money, judged: judged.len(), worst: worst.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(points: Option<i64>, mrr_minor: i64) -> Child {
        Child { points, mrr_minor }
    }

    #[test]
    fn children_weigh_by_money_and_the_worst_important_one_is_named() {
        let all = [child(Some(80), 700), child(Some(20), 250), child(Some(5), 50), child(None, 9_000)];
        let family = sum_up(&all).unwrap();
        assert!((family.points - (80.0 * 700.0 + 20.0 * 250.0 + 5.0 * 50.0) / 1000.0).abs() < 1e-9);
        assert_eq!(
            (family.by_money, family.judged, family.worst),
            (true, 3, 1),
            "the third is small, the fourth unknown"
        );
    }

    #[test]
    fn without_money_children_count_alike_and_nobody_judged_says_nothing() {
        let family = sum_up(&[child(Some(80), 0), child(Some(30), 0)]).unwrap();
        assert_eq!((family.points, family.by_money, family.worst), (55.0, false, 1));
        assert_eq!(sum_up(&[child(None, 100)]), None);
        assert_eq!(sum_up(&[]), None);
    }
}
