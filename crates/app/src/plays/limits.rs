//! Limits of answer and of closing of a card that begins now.

use kizashi_domain::calendar::WorkClock;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Time;

use crate::App;
use crate::settings::Settings;

/// Until when a card of a kind and a rank is answered, and closed.
pub(super) fn begin(app: &App, settings: &Settings, (kind, priority): (CardKind, f64)) -> (Option<Time>, Option<Time>) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let limit = settings.pack.cards.limit_of(kind, priority.max(0.0) as u32);
    let clock = WorkClock { calendar: &settings.calendar, zone: &settings.zone };
    let ends = |hours: Option<u32>| hours.map(|h| clock.after(app.now(), i64::from(h) * 3_600));
    (ends(limit.and_then(|l| l.answer_hours)), ends(limit.and_then(|l| l.close_hours)))
}
