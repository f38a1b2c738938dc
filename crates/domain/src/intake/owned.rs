//! Who owns a customer or a deal, when people and sources say so in turn.

use crate::id::{Id, Staff};

/// Whose something is. A source that goes on naming who had it before a person gave it away says nothing new: else every sync would undo
/// a handover until the source has learned of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owned {
    /// Who has it.
    pub owner: Option<Id<Staff>>,
    /// Who had it before a person gave it to somebody else, as long as no source said anything newer.
    pub former: Option<Id<Staff>>,
}

impl Owned {
    /// A person gives it to somebody, or to nobody.
    #[must_use]
    pub fn given(self, to: Option<Id<Staff>>) -> Self {
        let former = if self.owner == to { self.former } else { self.former.or(self.owner) };
        Self { owner: to, former: former.filter(|former| to != Some(*former)) }
    }

    /// What was given or said is taken back: it is whose it was.
    #[must_use]
    pub fn taken_back_to(self, owner: Option<Id<Staff>>) -> Self {
        Self { owner, former: self.former.filter(|former| owner != Some(*former)) }
    }

    /// A source says whose it is.
    #[must_use]
    pub fn said(self, owner: Id<Staff>) -> Self {
        if self.former == Some(owner) { self } else { Self { owner: Some(owner), former: None } }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn staff(n: u128) -> Id<Staff> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn a_source_that_says_the_same_again_undoes_no_handover() {
        let (sato, ono, mori) = (staff(1), staff(2), staff(3));
        let of_source = Owned::default().said(sato);
        let handed = of_source.given(Some(ono));
        assert_eq!(handed.said(sato).owner, Some(ono));
        // From hand to hand: the source knows of neither.
        let again = handed.given(Some(mori));
        assert_eq!(again.said(sato).owner, Some(mori));
        // What is new is believed: a third one, and the former owner once the source had learned of the handover.
        assert_eq!(handed.said(mori).owner, Some(mori));
        assert_eq!(handed.said(ono).said(sato).owner, Some(sato));
    }

    #[test]
    fn what_is_given_back_is_as_it_was() {
        let (sato, ono) = (staff(1), staff(2));
        let of_source = Owned::default().said(sato);
        assert_eq!(of_source.given(Some(ono)).given(Some(sato)), of_source);
        assert_eq!(of_source.given(Some(ono)).taken_back_to(Some(sato)), of_source);
        assert_eq!(
            of_source.said(ono).taken_back_to(Some(sato)).said(ono).owner,
            Some(ono),
            "an import that is repeated"
        );
        assert_eq!(of_source.given(Some(sato)), of_source);
        let nobodys = of_source.given(None);
        assert_eq!((nobodys.owner, nobodys.said(sato).owner, nobodys.said(ono).owner), (None, None, Some(ono)));
    }
}
