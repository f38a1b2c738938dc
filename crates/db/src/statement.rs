//! Registered SQL text.

/// One SQL text with the place where it is written.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// The SQL, with `$1`, `$2` … for arguments.
    pub text: &'static str,
    /// Source file.
    pub file: &'static str,
    /// Line in it.
    pub line: u32,
}

inventory::collect!(Statement);

/// Every statement linked into this program.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    inventory::iter::<Statement>()
}

/// Registers an SQL text (a literal, or a `concat!` of literals) and gives it back as a [`Statement`].
#[macro_export]
macro_rules! sql {
    ($($text:expr),+ $(,)?) => {{
        const STATEMENT: $crate::Statement = $crate::Statement { text: concat!($($text),+), file: file!(), line: line!() };
        $crate::inventory::submit! { STATEMENT }
        &STATEMENT
    }};
}

/// The arguments of a statement, in order.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::ToValue::to_value(&$value)),*] };
}
