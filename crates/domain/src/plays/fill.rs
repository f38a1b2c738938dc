//! Names of fields in the text of a letter, and what stands for them.

/// The names that a letter may use.
pub const FIELDS: [&str; 5] = ["customer", "person", "owner", "score", "date"];

/// What stands for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// Name of the customer.
    pub customer: String,
    /// Name of the person who is written to.
    pub person: String,
    /// Name of whoever looks after the customer.
    pub owner: String,
    /// The score, or nothing when there is none.
    pub score: String,
    /// The day.
    pub date: String,
}

/// The pieces of a text: as it stands, and names in braces.
fn pieces(text: &str) -> Vec<Result<&str, &str>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        out.push(Ok(before));
        out.push(Err(name));
        rest = after;
    }
    out.push(Ok(rest));
    out
}

/// The first name in braces that is none of [`FIELDS`].
pub fn unknown_field(text: &str) -> Option<&str> {
    pieces(text).into_iter().filter_map(Result::err).find(|name| !FIELDS.contains(name))
}

/// Whether a text says who looks after the customer.
pub fn names_owner(text: &str) -> bool {
    pieces(text).contains(&Err("owner"))
}

/// A text with its names filled in; what is filled in is not looked at again.
pub fn fill(text: &str, with: &Filling) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Ok(plain) => out.push_str(plain),
            Err("customer") => out.push_str(&with.customer),
            Err("person") => out.push_str(&with.person),
            Err("owner") => out.push_str(&with.owner),
            Err("score") => out.push_str(&with.score),
            Err("date") => out.push_str(&with.date),
            Err(other) => out.push_str(&format!("{{{other}}}")),
        }
    }
    out
}
