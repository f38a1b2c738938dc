//! Letters that steps of plays sent to people of customers: through the ledger, which sends them in hours of work and not too many to one
//! person. Nothing leaves the house: the server that takes them is a name.

use kizashi_app::Result;
use kizashi_app::access::Grant;
use kizashi_app::notices::{
    Smtp, Tried, decide_letters, drop_smtp, keep_smtp, keep_tried, list_letters, record_sent, see_notices, take_errands,
};
use kizashi_app::schedule::{advance_plays, deliver_announced};
use kizashi_domain::time::Time;

use super::super::usage::MINUTE_US;
use super::super::{COMPANY, Company, words};
use super::presence::stopped_on;
use super::{Stage, viewer_of};

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

    /// Tells what was announced and lets letters go, as they would at this time of the clock; what is held back goes when it may.
    pub(super) async fn post(&self) -> Result<()> {
        let at = self.app.now();
        let mut announced = 0;
        loop {
            match deliver_announced(&self.app).await? {
                0 => break,
                n => announced += n,
            }
        }
        if announced == 0 {
            return Ok(());
        }
        self.send().await?;
        for _ in 0..LOOKS_MAX {
            let Some(next) = self.next_look().await?.filter(|next| *next <= self.now) else { break };
            self.clock.set(next.plus_us(2 * MINUTE_US).min(self.now));
            self.send().await?;
        }
        self.clock.set(at);
        Ok(())
    }

    /// Goes on with the plays whose day has come, and tells of it.
    pub(super) async fn advance(&self) -> Result<()> {
        advance_plays(&self.app, self.workspace).await?;
        self.post().await
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

    /// From now on there is no server: nothing of a demo is sent. What people were told they have seen.
    pub(super) async fn close_post(&self, company: &Company) -> Result<()> {
        let evening = company.calendar.add_business_days(company.today, -1);
        self.clock.set(company.at(evening, (17 * 60 + 50) * MINUTE_US));
        for (place, person) in words::STAFF.iter().enumerate() {
            let staff = self.staff.iter().find(|s| s.email == person.mail && stopped_on(company, place).is_none());
            if let Some(viewer) = staff.map(|s| viewer_of(self.workspace, s)) {
                see_notices(&self.app, &viewer, None).await?;
            }
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
