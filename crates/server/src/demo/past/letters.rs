//! Letters that steps of plays sent to people of customers: through the ledger, which sends them in hours of work and not too many to one
//! person. Nothing leaves the house: the server that takes them is a name.

use kizashi_app::Result;
use kizashi_app::access::Grant;
use kizashi_app::notices::{
    Smtp, Tried, decide_letters, drop_smtp, keep_smtp, keep_tried, list_letters, record_sent, take_errands,
};
use kizashi_app::schedule::{advance_plays, deliver_announced};
use kizashi_domain::time::Time;

use super::super::usage::MINUTE_US;
use super::super::{COMPANY, Company};
use super::Stage;

/// Held letters are looked at so often at most.
const LOOKS_MAX: usize = 500;

impl Stage {
    /// There is a server for the past.
    pub(super) async fn open_post(&self) -> Result<()> {
        let smtp = Smtp {
            host: "mail.minamo.example".to_owned(),
            port: 25,
            from: "cs@minamo.example".to_owned(),
            from_name: COMPANY.to_owned(),
            ..Smtp::default()
        };
        keep_smtp(&self.app, &Grant::of_console(self.workspace), smtp, None).await
    }

    /// Tells what was announced and lets letters go, as they would at this time of the clock.
    pub(super) async fn post(&self) -> Result<()> {
        self.tell().await?;
        self.send().await
    }

    /// Tells what was announced.
    pub(super) async fn tell(&self) -> Result<()> {
        while deliver_announced(&self.app).await? > 0 {}
        Ok(())
    }

    /// Goes on with the plays whose day has come, and tells of it.
    pub(super) async fn advance(&self) -> Result<()> {
        advance_plays(&self.app, self.workspace).await?;
        self.tell().await
    }

    async fn send(&self) -> Result<()> {
        decide_letters(&self.app, self.workspace).await?;
        loop {
            let errands = take_errands(&self.app, self.workspace).await?;
            if errands.is_empty() {
                break;
            }
            for errand in &errands {
                keep_tried(&self.app, self.workspace, errand, &Tried::Sent).await?;
            }
        }
        record_sent(&self.app, self.workspace).await?;
        Ok(())
    }

    /// What was held back goes when it may, the earliest first; what may only go later waits. From now on there is no server: nothing
    /// of a demo is sent.
    pub(super) async fn close_post(&self, company: &Company) -> Result<()> {
        for _ in 0..LOOKS_MAX {
            let Some(next) = self.next_look().await?.filter(|next| *next <= company.now) else { break };
            self.clock.set(next.plus_us(2 * MINUTE_US).min(company.now));
            self.send().await?;
        }
        self.clock.set(company.now);
        drop_smtp(&self.app, &Grant::of_console(self.workspace)).await
    }

    /// When the next letter that waits is looked at.
    async fn next_look(&self) -> Result<Option<Time>> {
        let (mut before, mut next) = (None, None);
        loop {
            let (letters, more) = list_letters(&self.app, self.workspace, "waiting", before).await?;
            let first = letters.iter().map(|letter| letter.look_at).min();
            next = next.into_iter().chain(first).min();
            if more.is_none() {
                return Ok(next);
            }
            before = more;
        }
    }
}
