//! Letters read as the program reads them.

use std::io::Cursor;

use kizashi_connectors::{Options, Reader};
use kizashi_domain::intake::Parsed;
use kizashi_domain::time::Zone;

/// What a file of letters holds; its name tells its form.
///
/// # Panics
/// When it cannot be read.
pub fn read_letters(name: &str, bytes: &[u8], zone: &Zone) -> Parsed {
    let reader = Reader::open_stream(Box::new(Cursor::new(bytes.to_vec())), name, Options::new(zone.clone())).unwrap();
    let mut all = Parsed::default();
    for batch in reader {
        let parsed = batch.unwrap();
        all.rows += parsed.rows;
        all.letters.extend(parsed.letters);
        all.refused.extend(parsed.refused);
    }
    all
}
