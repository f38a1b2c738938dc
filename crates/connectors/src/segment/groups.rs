//! Which customer a user belongs to, as group calls said.

use std::collections::HashMap;

use kizashi_domain::limits::GROUPED_USERS_MAX;

/// The customer of each user, by the last group call. Users beyond the limit are not learned.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    of_user: HashMap<Box<str>, Box<str>>,
}

impl Groups {
    /// The customer of a user.
    pub fn find(&self, user: &str) -> Option<&str> {
        self.of_user.get(user).map(AsRef::as_ref)
    }

    /// Learns that a user belongs to a customer.
    pub fn learn(&mut self, user: &str, customer: &str) {
        if let Some(known) = self.of_user.get_mut(user) {
            if known.as_ref() != customer {
                *known = customer.into();
            }
        } else if self.of_user.len() < GROUPED_USERS_MAX {
            self.of_user.insert(user.into(), customer.into());
        }
    }

    /// How many users are known.
    pub fn len(&self) -> usize {
        self.of_user.len()
    }

    /// No user is known.
    pub fn is_empty(&self) -> bool {
        self.of_user.is_empty()
    }
}

impl<U: AsRef<str>, C: AsRef<str>> FromIterator<(U, C)> for Groups {
    fn from_iter<I: IntoIterator<Item = (U, C)>>(pairs: I) -> Self {
        let mut groups = Self::default();
        for (user, customer) in pairs {
            groups.learn(user.as_ref(), customer.as_ref());
        }
        groups
    }
}
