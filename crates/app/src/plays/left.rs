//! Work about customers that have left: nobody is asked for what nobody can do any more.

use kizashi_db::{ToValue as _, args, sql};
use kizashi_domain::id::{Card, Customer, Id};

use super::closing::tell_closed;
use super::read::Outcome;
use super::runs::{end_runs_of, look_at_runs_of};
use super::store::{self, Step};
use crate::settings::Settings;
use crate::{App, Result};

/// Customers of one transaction: few enough that whoever else writes waits for a moment only.
const TOGETHER_MAX: usize = 25;
/// Customers that left and of which something is open, looked at in one go.
const CUSTOMERS_MAX: i64 = 10_000;

/// What came of a card that ended with the contract. A note has one text for everybody: it says so in both languages.
const LEFT: &str = "解約したため自動で完了 / The customer has left, closed by itself";

/// Ends what is open with customers that have left, of all or of those with these codes: runs are looked at, and end as their plays say;
/// cards that nobody touched are closed. One that somebody touched is proposed for closing. How many cards were closed.
pub(crate) async fn follow_left(app: &App, settings: &Settings, codes: Option<&[String]>) -> Result<usize> {
    let (ws, today) = (settings.workspace, settings.day_of(app.now()));
    let all = sql!(
        "SELECT c.id FROM customer c WHERE c.workspace_id = $1 AND (c.churned_on < $2 OR c.stage = 'churned') AND ",
        "(EXISTS (SELECT 1 FROM card k WHERE k.workspace_id = $1 AND k.customer_id = c.id AND k.closed_at IS NULL) ",
        "OR EXISTS (SELECT 1 FROM play_run r WHERE r.workspace_id = $1 AND r.customer_id = c.id AND r.ended_at IS NULL)) LIMIT $3"
    );
    let some = sql!(
        "SELECT id FROM customer WHERE workspace_id = $1 AND (churned_on < $2 OR stage = 'churned') AND external_id IN ($3)"
    );
    let gone: Vec<(Id<Customer>,)> = match codes {
        None => app.db.list(all, args![ws, today, CUSTOMERS_MAX]).await?,
        Some(codes) => {
            app.db.list_in(some, args![ws, today], codes.iter().map(|code| code.to_value()).collect()).await?
        }
    };
    let mut closed = 0;
    for together in gone.chunks(TOGETHER_MAX) {
        let mut tx = app.db.write().await?;
        for (customer,) in together {
            look_at_runs_of(&mut tx, ws, *customer, today).await?;
            for card in store::list_open_cards_of(&mut tx, ws, *customer).await? {
                closed += usize::from(close(&mut tx, app, settings, card).await?);
            }
        }
        tx.commit().await?;
    }
    Ok(closed)
}

/// Closes a card that nobody touched; whether it did.
async fn close(tx: &mut kizashi_db::Tx, app: &App, settings: &Settings, card: Id<Card>) -> Result<bool> {
    let (ws, now) = (settings.workspace, app.now());
    let life = store::find_life(tx, ws, card).await?;
    let Some(mut life) = life.filter(|life| life.closed_at.is_none() && life.touched_at.is_none()) else {
        return Ok(false);
    };
    life.close((now, None), Outcome::Unsolved.word(), LEFT);
    if !store::keep_life(tx, ws, card, &life, now).await? {
        return Ok(false);
    }
    store::insert_step(tx, ws, card, Step::of("left", now)).await?;
    tell_closed(tx, app, ws, card, &life).await?;
    end_runs_of(tx, (app, settings), card, None).await?;
    Ok(true)
}
