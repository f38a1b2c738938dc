//! Mail: letters become activities of the customers whom they concern. Those of strangers wait for somebody to say whose they are.
//!
//! `sort` whose a letter is · `keep` letters go in, each once · `waiting` those that wait · `store` the tables.

mod keep;
mod sort;
mod store;
mod waiting;

use kizashi_db::Tx;
use kizashi_domain::id::{Id, Import, Workspace};

use crate::Result;
use crate::access::{Grant, record_audit};
use crate::{App, Refused};

pub(crate) use keep::{OwnLetter, keep_letters, keep_own_letter, try_letters};
pub(crate) use waiting::sort_waiting;
pub use waiting::{
    Remember, WaitingLetter, WaitingPage, assign_letter, count_waiting, find_meant_customer, leave_letter_out,
    list_waiting,
};

/// Domains of our own that somebody may name.
const DOMAINS_MAX: usize = 50;

/// Our own mail domains: those that somebody named, and those of staff.
pub async fn list_own_domains(app: &App, ws: Id<Workspace>) -> Result<(Vec<String>, Vec<String>)> {
    let named = store::list_domains(app, ws).await?;
    let house = store::open_house(app, ws).await?;
    let mut of_staff: Vec<String> = house.domains.into_iter().filter(|d| !named.contains(d)).collect();
    of_staff.sort();
    Ok((named, of_staff))
}

/// Names our own mail domains, besides those of staff; then looks again at the letters that wait.
///
/// # Errors
/// [`Refused::Field`] when one is no domain, or one at which anybody has an address.
pub async fn keep_own_domains(app: &App, grant: &Grant, domains: &[String]) -> Result<()> {
    let wrong = |reason| Refused::Field { field: "domains", reason };
    let mut clean: Vec<String> = Vec::new();
    for domain in domains.iter().map(|d| d.trim().trim_start_matches('@').to_lowercase()).filter(|d| !d.is_empty()) {
        let is_one = domain.len() <= 253
            && domain.contains('.')
            && domain.split('.').all(|p| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || c == '-'));
        if !is_one {
            return Err(wrong("mail-domain").into());
        }
        if kizashi_domain::intake::mail::is_anybodys(&domain) {
            return Err(wrong("mail-domain-anybodys").into());
        }
        if !clean.contains(&domain) {
            clean.push(domain);
        }
    }
    if clean.len() > DOMAINS_MAX {
        return Err(wrong("too-many").into());
    }
    let mut tx = app.db.write().await?;
    store::keep_domains(&mut tx, grant.workspace(), &clean).await?;
    record_audit(&mut tx, app, grant, "mail_domains", "").await?;
    tx.commit().await?;
    sort_waiting(app, grant.workspace()).await?;
    Ok(())
}

/// Forgets the letters of an import that is taken back.
pub(crate) async fn forget_run(app: &App, ws: Id<Workspace>, run: Id<Import>) -> Result<u64> {
    let mut tx: Tx = app.db.write().await?;
    let gone = store::drop_run(&mut tx, ws, run).await?;
    tx.commit().await?;
    Ok(gone)
}
