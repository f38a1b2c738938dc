//! Runs of past days look at what was measured then, for a workspace that begins with a past.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::advance::{Scene, look_at};
use super::enter::list_watched;
use super::load::find_run;
use crate::access::Grant;
use crate::health::Days;
use crate::measure::{Run, Which, load_subjects, visit_subjects};
use crate::pipeline::Span;
use crate::{App, Refused, Result};

/// What plays look at, of customers on past days, by what is known now.
#[derive(Debug, Default)]
pub struct PastFigures {
    of: HashMap<(Id<Customer>, Day), HashMap<String, f64>>,
}

/// Reads it in one pass: of each customer, by its code, the days that are asked for.
pub async fn read_past_figures(app: &App, ws: Id<Workspace>, asked: HashMap<String, Vec<Day>>) -> Result<PastFigures> {
    let Some(first) = asked.values().flatten().min().copied() else { return Ok(PastFigures::default()) };
    let settings = crate::settings::open_settings(app, ws).await?;
    let today = settings.day_of(app.now());
    let watched = list_watched(app, &settings).await?;
    let run = Run::prepare_under(app, Arc::clone(&settings)).await?;
    let codes: Vec<String> = asked.keys().cloned().collect();
    let subjects = load_subjects(app, ws, Which::Only(&codes)).await?;
    let span = Span::between(&run, first, today, None);
    app.blocking(move |history| {
        let out = Mutex::new(PastFigures::default());
        visit_subjects(history, &subjects, false, &|subject, events| {
            let mut days = Days::new(&run, &span, subject, &events);
            for day in asked.get(&subject.external_id).into_iter().flatten().filter(|day| **day <= today) {
                let values = watched.values(&days.view(*day));
                if let Ok(mut out) = out.lock() {
                    out.of.insert((subject.id, *day), values);
                }
            }
        })?;
        Ok(out.into_inner().unwrap_or_default())
    })
    .await
}

/// A run that waits for figures, or parts by them, sees those of the day of the app's clock; whether they are there.
pub async fn look_back(app: &App, grant: &Grant, run: Uuid, figures: &PastFigures) -> Result<bool> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    let Some(found) = find_run(&mut tx, grant.workspace(), run).await? else { return Err(Refused::NotFound.into()) };
    let Some(values) = figures.of.get(&(found.customer, scene.today)) else { return Ok(false) };
    look_at(&mut tx, &Scene { values: Some(values), ..scene }, run).await?;
    tx.commit().await?;
    Ok(true)
}
