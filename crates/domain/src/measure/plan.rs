//! A list of metrics made ready for one history: names become codes, equal work is shared.

use super::metric::{Against, Events, Kind, Metric, Per};
use super::places::Places;
use super::source::Names;

/// Prefixes of the events that records (activities, tickets, answers, people who left) become. "Every event" leaves them
/// out: a meeting is not usage.
pub const RECORD_PREFIXES: [&str; 4] = ["activity.", "ticket.", "response.", "contact.left"];

/// The prefix that tells which kind of record an event name stands for; `None` for usage.
pub fn record_kind(name: &str) -> Option<&'static str> {
    RECORD_PREFIXES.into_iter().find(|p| name.starts_with(p))
}

/// Whether an event name stands for a record and not for usage.
pub fn is_record_event(name: &str) -> bool {
    record_kind(name).is_some()
}

/// How many baseline weeks a change looks back.
pub(super) const BASELINE_WEEKS: i32 = 12;

/// Which codes match, in the form that is quickest to test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    All,
    One(u32),
    /// Indexed by code.
    Table(Vec<bool>),
    Nothing,
}

/// Which facts a core reads: shared by all cores with the same ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facet {
    pub matches: Match,
    /// Only facts of regular business days.
    pub business: bool,
    /// Also facts before the daily range (for a window without an end).
    pub whole_past: bool,
    /// How many days before the first day asked for its cores look.
    pub reach: i32,
    pub needs_counts: bool,
    pub needs_sums: bool,
    pub needs_extremes: bool,
    pub needs_last: bool,
}

/// What is computed for every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CoreKind {
    Count,
    Days,
    Sum,
    Mean,
    Min,
    Max,
    Last,
    Users,
    Events,
    LastDay,
}

/// A windowed figure for every day without offset; metrics read it shifted.
#[derive(Clone, Debug)]
pub(super) struct Core {
    pub kind: CoreKind,
    pub facet: usize,
    /// Window in days; `None` = the whole past.
    pub window: Option<i32>,
    /// How many days before the first day asked for it is needed.
    pub back: i32,
}

impl Core {
    /// How many days before the first day asked for it looks.
    pub(super) fn reach(&self) -> i32 {
        self.back.saturating_add(self.window.unwrap_or(1)).saturating_sub(1)
    }
}

/// Where a metric's value comes from.
#[derive(Clone, Debug)]
pub(super) enum From {
    Core {
        core: usize,
        offset: i32,
        per_day: bool,
    },
    Attribute {
        name: String,
        offset: i32,
    },
    DaysUntil {
        name: String,
        offset: i32,
    },
    DaysSinceAttribute {
        name: String,
        offset: i32,
    },
    Ratio(usize, usize),
    Change(usize, usize),
    /// The core is that of the part; `holiday_aware` leaves weeks with many holidays out.
    Baseline {
        part: usize,
        core: usize,
        offset: i32,
        per_day: bool,
        window: i32,
    },
    Percentile(usize),
    Nothing,
}

/// Metrics made ready for one history. Make a new one when event names were added.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) ids: Vec<String>,
    places: Places,
    pub(super) from: Vec<From>,
    pub(super) windows: Vec<(i32, Option<i32>)>,
    pub(super) matches: Vec<Match>,
    pub(super) derived_order: Vec<usize>,
    pub(super) facets: Vec<Facet>,
    pub(super) cores: Vec<Core>,
    pub(super) together: Together,
    pub(super) positions: std::sync::Arc<super::position::Positions>,
}

/// Facets of single names that are counted in one look at each event.
#[derive(Clone, Debug, Default)]
pub(super) struct Together {
    /// The facets, at most [`TOGETHER_MAX`].
    pub facets: Vec<usize>,
    /// By name: one above the place of its facet in the list; 0 = none.
    pub slots: Vec<u8>,
}

/// Facets that are counted together; more are counted one by one.
pub(super) const TOGETHER_MAX: usize = 15;

fn whole(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX / 4).min(i32::MAX / 4)
}

impl Plan {
    /// Makes metrics ready. A name that never occurred in the workspace gives a metric that is missing, not zero; so does a part
    /// that does not exist (a checked pack has none).
    pub fn compile(metrics: &[Metric], names: &Names) -> Self {
        let mut plan = Self {
            ids: metrics.iter().map(|m| m.id.clone()).collect(),
            places: Places::of(metrics),
            from: Vec::with_capacity(metrics.len()),
            windows: metrics.iter().map(|m| (whole(m.offset_days), m.window_days.map(whole))).collect(),
            matches: metrics.iter().map(|m| compile_match(m, names)).collect(),
            derived_order: Vec::new(),
            facets: Vec::new(),
            cores: Vec::new(),
            together: Together::default(),
            positions: std::sync::Arc::default(),
        };
        for (i, metric) in metrics.iter().enumerate() {
            let from = plan.leaf(i, metric);
            plan.from.push(from);
        }
        for (i, metric) in metrics.iter().enumerate() {
            if metric.kind.is_derived() {
                let from = plan.derive(metric, metrics);
                if let Some(slot) = plan.from.get_mut(i) {
                    *slot = from;
                }
            }
        }
        plan.derived_order = plan.order();
        for core in &plan.cores {
            if let Some(facet) = plan.facets.get_mut(core.facet) {
                // Without a window every day counts.
                facet.reach = facet.reach.max(if core.window.is_none() { i32::MAX / 2 } else { core.reach() });
            }
        }
        plan.together = plan.gather();
        plan
    }

    /// Finds the facets that share no name with each other.
    fn gather(&self) -> Together {
        let mut together = Together::default();
        for (place, facet) in self.facets.iter().enumerate().filter(|(_, f)| f.needs_counts && !f.business) {
            let Match::One(code) = facet.matches else { continue };
            let code = code as usize;
            let free = together.slots.get(code).is_none_or(|slot| *slot == 0);
            if together.facets.len() < TOGETHER_MAX && free {
                together.facets.push(place);
                together.slots.resize(together.slots.len().max(code + 1), 0);
                if let (Some(slot), Ok(at)) = (together.slots.get_mut(code), u8::try_from(together.facets.len())) {
                    *slot = at;
                }
            }
        }
        together
    }

    /// How many metrics, that is how long a row is.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are no metrics.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Ids in the order of the values.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Whether any metric reads dated figures.
    pub fn reads_attributes(&self) -> bool {
        let reads = |f: &From| {
            matches!(
                f,
                From::Attribute { .. } | From::DaysUntil { .. } | From::DaysSinceAttribute { .. } | From::Percentile(_)
            )
        };
        self.from.iter().any(reads)
    }

    /// The place of a metric in a row.
    pub fn index(&self, id: &str) -> Option<usize> {
        self.places.find(id)
    }

    /// The places of all.
    pub const fn places(&self) -> &Places {
        &self.places
    }

    fn leaf(&mut self, index: usize, metric: &Metric) -> From {
        let offset = whole(metric.offset_days);
        let attribute = metric.attribute.clone();
        let kind = match (metric.kind, attribute) {
            (Kind::Attribute, Some(name)) => return From::Attribute { name, offset },
            (Kind::DaysUntil, Some(name)) => return From::DaysUntil { name, offset },
            (Kind::DaysSince, Some(name)) => return From::DaysSinceAttribute { name, offset },
            (kind, _) => kind,
        };
        // What never occurred in the whole workspace was never fed: missing, not zero.
        if self.matches.get(index) == Some(&Match::Nothing) {
            return From::Nothing;
        }
        let core = match kind {
            Kind::Count => CoreKind::Count,
            Kind::Sum => CoreKind::Sum,
            Kind::Min => CoreKind::Min,
            Kind::Max => CoreKind::Max,
            Kind::Mean => CoreKind::Mean,
            Kind::Last => CoreKind::Last,
            Kind::DistinctUsers => CoreKind::Users,
            Kind::DistinctDays => CoreKind::Days,
            Kind::DistinctEvents => CoreKind::Events,
            Kind::DaysSince => CoreKind::LastDay,
            Kind::Attribute | Kind::DaysUntil | Kind::Ratio | Kind::Change | Kind::Percentile => return From::Nothing,
        };
        let per_day = metric.per == Some(Per::BusinessDay);
        let matches = self.matches.get(index).cloned().unwrap_or(Match::Nothing);
        let core = self.core(core, matches, per_day, metric.window_days.map(whole), offset);
        From::Core { core, offset, per_day }
    }

    fn core(&mut self, kind: CoreKind, matches: Match, business: bool, window: Option<i32>, back: i32) -> usize {
        // The latest value and the last day look back by themselves; only the others fold the whole past in.
        let whole_past = window.is_none() && !matches!(kind, CoreKind::Last | CoreKind::LastDay);
        let place = self
            .facets
            .iter()
            .position(|f| f.matches == matches && f.business == business && f.whole_past == whole_past);
        let facet = place.unwrap_or_else(|| {
            self.facets.push(Facet {
                matches,
                business,
                whole_past,
                reach: 0,
                needs_counts: false,
                needs_sums: false,
                needs_extremes: false,
                needs_last: false,
            });
            self.facets.len() - 1
        });
        if let Some(f) = self.facets.get_mut(facet) {
            match kind {
                CoreKind::Count | CoreKind::Days | CoreKind::LastDay => f.needs_counts = true,
                CoreKind::Sum | CoreKind::Mean => f.needs_sums = true,
                CoreKind::Min | CoreKind::Max => f.needs_extremes = true,
                CoreKind::Last => f.needs_last = true,
                CoreKind::Users | CoreKind::Events => {}
            }
        }
        let same = self.cores.iter().position(|c| c.kind == kind && c.facet == facet && c.window == window);
        if let Some(core) = same.and_then(|i| self.cores.get_mut(i)) {
            core.back = core.back.max(back);
        }
        same.unwrap_or_else(|| {
            self.cores.push(Core { kind, facet, window, back });
            self.cores.len() - 1
        })
    }

    fn derive(&mut self, metric: &Metric, metrics: &[Metric]) -> From {
        let place = |n: usize| metric.of.get(n).and_then(|id| metrics.iter().position(|m| m.id == *id));
        match (metric.kind, metric.against, place(0), place(1)) {
            (Kind::Ratio, _, Some(a), Some(b)) => From::Ratio(a, b),
            (Kind::Change, Against::Before, Some(a), Some(b)) => From::Change(a, b),
            (Kind::Change, Against::Baseline, Some(part), _) => self.baseline(part),
            (Kind::Percentile, _, Some(part), _) => From::Percentile(part),
            _ => From::Nothing,
        }
    }

    fn baseline(&mut self, part: usize) -> From {
        let Some(From::Core { core, offset, per_day }) = self.from.get(part).cloned() else { return From::Nothing };
        let Some(c) = self.cores.get_mut(core) else { return From::Nothing };
        let Some(window) = c.window else { return From::Nothing };
        c.back = c.back.max(offset.saturating_add(window).saturating_add(7 * BASELINE_WEEKS));
        From::Baseline { part, core, offset, per_day, window }
    }

    /// Derived metrics, each after its parts. Members of a loop are left out and stay missing.
    fn order(&self) -> Vec<usize> {
        let mut done: Vec<bool> = self
            .from
            .iter()
            .map(|f| !matches!(f, From::Ratio(..) | From::Change(..) | From::Baseline { .. } | From::Percentile(_)))
            .collect();
        let mut order = Vec::new();
        for _ in 0..self.from.len() {
            for (i, from) in self.from.iter().enumerate() {
                let parts = match from {
                    From::Ratio(a, b) | From::Change(a, b) => [*a, *b],
                    From::Baseline { part, .. } | From::Percentile(part) => [*part, *part],
                    _ => continue,
                };
                let ready = parts.iter().all(|p| done.get(*p).copied().unwrap_or(false));
                if ready && !done.get(i).copied().unwrap_or(true) {
                    order.push(i);
                    if let Some(d) = done.get_mut(i) {
                        *d = true;
                    }
                }
            }
        }
        order
    }
}

fn compile_match(metric: &Metric, names: &Names) -> Match {
    let table = |wanted: &dyn Fn(&str) -> bool| Match::Table(names.0.iter().map(|n| wanted(n)).collect());
    let left_out = |n: &str| is_record_event(n) || metric.except.iter().any(|e| e == n);
    match &metric.event {
        Events::All if names.0.iter().any(|n| left_out(n)) => table(&|n| !left_out(n)),
        Events::All => Match::All,
        Events::One(name) => names.code(name).map_or(Match::Nothing, Match::One),
        Events::Any(list) => {
            let codes: Vec<u32> = list.iter().filter_map(|n| names.code(n)).collect();
            match codes.as_slice() {
                [] => Match::Nothing,
                [one] => Match::One(*one),
                _ => table(&|n| list.iter().any(|l| l == n)),
            }
        }
    }
}

impl Match {
    pub(super) const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    #[inline]
    pub(super) fn holds(&self, code: u32) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => *one == code,
            Self::Table(table) => table.get(code as usize).copied().unwrap_or(false),
            Self::Nothing => false,
        }
    }
}
