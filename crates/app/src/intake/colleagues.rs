//! Who of ours a record names: tables of offices say 早瀬 where programs give a mail address.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::{PeopleNames, Record};

use super::store;
use crate::{App, Result};

/// The members of staff, by mail address and by name.
#[derive(Debug, Default)]
pub(crate) struct Colleagues {
    emails: Vec<String>,
    names: PeopleNames<usize>,
}

impl Colleagues {
    /// Those of a workspace.
    pub async fn open(app: &App, workspace: Id<Workspace>) -> Result<Self> {
        let mut all = Self::default();
        for (n, (email, name)) in store::list_staff_names(app, workspace).await?.into_iter().enumerate() {
            all.names.add(n, &name);
            all.emails.push(email);
        }
        Ok(all)
    }

    /// The mail address of who is meant by it or by a name.
    fn find(&self, text: &str) -> Option<&str> {
        let email = text.trim().to_lowercase();
        let known = self.emails.iter().find(|known| **known == email);
        known.or_else(|| self.names.find(text).and_then(|n| self.emails.get(n))).map(String::as_str)
    }

    /// The record with the mail address of whom it names.
    pub fn resolve<'a>(&self, record: &'a Record) -> Cow<'a, Record> {
        let Some(text) = record.colleague() else { return Cow::Borrowed(record) };
        let Some(email) = self.find(text).filter(|email| *email != text) else { return Cow::Borrowed(record) };
        let email = Some(email.to_owned());
        let mut record = record.clone();
        match &mut record {
            Record::Customer(row) => row.owner = email,
            Record::Deal(row) => row.owner = email,
            Record::Activity(row) => row.staff = email,
            _ => {}
        }
        Cow::Owned(record)
    }
}

/// Of these names those that are nobody's of ours.
pub(crate) async fn find_strangers(
    app: &App,
    workspace: Id<Workspace>,
    names: &BTreeSet<String>,
) -> Result<Vec<String>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let all = Colleagues::open(app, workspace).await?;
    Ok(names.iter().filter(|name| all.find(name).is_none()).cloned().collect())
}
