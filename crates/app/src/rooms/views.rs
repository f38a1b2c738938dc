//! What is seen of a customer today from the sides that make a red account.

use std::collections::HashMap;
use std::sync::Mutex;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::measure::CustomerEvents;
use kizashi_domain::rooms::{View, find_views};

use crate::health::Days;
use crate::measure::{Run, Subject, Which, load_subjects, visit_subjects};
use crate::pipeline::Span;
use crate::{App, Result};

/// Looks at a customer, by its code, as it is now.
pub(super) async fn look(app: &App, ws: Id<Workspace>, code: &str) -> Result<Vec<View>> {
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let run = Run::prepare(app, ws, today).await?;
    let span = Span::of_page(&run, today, None);
    let subjects: HashMap<String, Subject> = load_subjects(app, ws, Which::Only(&[code.to_owned()])).await?;
    app.blocking(move |history| {
        let seen = Mutex::new(Vec::new());
        visit_subjects(history, &subjects, false, &|subject, events| {
            let views = see(&run, &span, subject, &events);
            if let Ok(mut seen) = seen.lock() {
                *seen = views;
            }
        })?;
        Ok(seen.into_inner().unwrap_or_default())
    })
    .await
}

fn see(run: &Run, span: &Span, subject: &Subject, events: &CustomerEvents<'_>) -> Vec<View> {
    let day = Days::new(run, span, subject, events).view(span.today);
    let metrics = &run.settings.pack.metrics;
    day.verdict.as_ref().map(|verdict| find_views(verdict, metrics)).unwrap_or_default()
}
