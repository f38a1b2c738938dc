//! The index of texts: table `search_doc` says which text is whose, and each engine looks tokens up with its own full text.
//!
//! What differs between the engines stands here alone. Tokens are ASCII letters and figures made by `domain::text`, so nothing of
//! a query or text is ever read as a sign of a query language.

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::text::Searchable;
use kizashi_domain::time::Day;
use uuid::Uuid;

use crate::connect::{Pools, ours, postgres_args, sqlite_args};
use crate::row::Inner;
use crate::{Db, Result, Row, Tx, args, sql};

/// A text to be found.
#[derive(Clone, Debug)]
pub struct IndexText {
    /// What it is the text of.
    pub kind: Searchable,
    /// The record.
    pub object: Uuid,
    /// The newest days are found first.
    pub day: Day,
    /// Its tokens with blanks between; empty when it is to be found no longer.
    pub tokens: String,
    /// Whether the record is new: then nothing of it is in the index yet.
    pub is_new: bool,
}

/// A place in the index: newer days are greater; 44 bits of the record's id tell those of a day apart.
fn place_of(text: &IndexText) -> i64 {
    let day = i64::from(text.day.0).clamp(0, (1 << 19) - 1);
    let low = i64::try_from(text.object.as_u128() & ((1 << 44) - 1)).unwrap_or(0);
    (day << 44) | low
}

/// Tokens that all must occur, as the engine's question. They hold nothing but letters, figures and a star at the end.
fn question(tokens: &[String], and: &str, star: &str) -> String {
    let clean = tokens.iter().filter(|t| t.trim_end_matches('*').bytes().all(|b| b.is_ascii_alphanumeric()));
    clean.map(|t| t.replace('*', star)).collect::<Vec<_>>().join(and)
}

impl Db {
    /// Makes what each engine looks tokens up with, when it is not there yet.
    pub(crate) async fn make_search(&self) -> Result<()> {
        let mut tx = self.write().await?;
        for kind in Searchable::ALL {
            let word = kind.word();
            let texts: Vec<String> = match &self.0 {
                Pools::Sqlite { .. } => vec![format!(
                    "CREATE VIRTUAL TABLE IF NOT EXISTS search_{word} USING fts5(tokens, content='', contentless_delete=1, \
                     detail=none, tokenize='ascii')"
                )],
                Pools::Postgres(_) => vec![
                    "ALTER TABLE search_doc ADD COLUMN IF NOT EXISTS tokens TSVECTOR".to_owned(),
                    format!(
                        "CREATE INDEX IF NOT EXISTS search_doc_{word} ON search_doc USING GIN (tokens) WHERE kind = '{word}'"
                    ),
                ],
            };
            for text in texts {
                tx.raw(&text).await?;
            }
        }
        tx.commit().await
    }

    /// Records of a kind whose text has all tokens, the newest first, from behind a place on: place and record.
    pub async fn find_texts(
        &self,
        workspace: Id<Workspace>,
        kind: Searchable,
        tokens: &[String],
        before: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Uuid)>> {
        let word = kind.word();
        let rows: Vec<Row> = match &self.0 {
            Pools::Sqlite { readers, .. } => {
                let text = format!(
                    "SELECT d.id, d.object_id FROM search_{word} f CROSS JOIN search_doc d WHERE f.search_{word} MATCH ?2 \
                     AND f.rowid < ?3 AND d.id = f.rowid AND d.workspace_id = ?1 ORDER BY f.rowid DESC LIMIT ?4"
                );
                let values = args![workspace, question(tokens, " AND ", "*"), before, limit];
                let rows = sqlx::query_with(ours(text), sqlite_args(values)?).fetch_all(readers).await?;
                rows.into_iter().map(|r| Row(Inner::Sqlite(r))).collect()
            }
            Pools::Postgres(pool) => {
                let text = format!(
                    "SELECT id, object_id FROM search_doc WHERE workspace_id = $1 AND kind = '{word}' AND tokens @@ $2::tsquery \
                     AND id < $3 ORDER BY id DESC LIMIT $4"
                );
                let values = args![workspace, question(tokens, " & ", ":*"), before, limit];
                let rows = sqlx::query_with(ours(text), postgres_args(values)?).fetch_all(pool).await?;
                rows.into_iter().map(|r| Row(Inner::Postgres(r))).collect()
            }
        };
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// Whether anything is in the index.
    pub async fn has_texts(&self) -> Result<bool> {
        Ok(self.find::<(i64,)>(sql!("SELECT id FROM search_doc LIMIT 1"), args![]).await?.is_some())
    }
}

impl Tx {
    /// Takes everything out of the index.
    pub async fn clear_texts(&mut self) -> Result<()> {
        self.run(sql!("DELETE FROM search_doc"), args![]).await?;
        if self.is_sqlite() {
            for kind in Searchable::ALL {
                let word = kind.word();
                self.raw(&format!("INSERT INTO search_{word} (search_{word}) VALUES ('delete-all')")).await?;
            }
        }
        Ok(())
    }

    /// Puts texts into the index, instead of what it had of their records.
    pub async fn index_texts(&mut self, workspace: Id<Workspace>, texts: &[IndexText]) -> Result<()> {
        let find = sql!("SELECT id FROM search_doc WHERE workspace_id = $1 AND object_id = $2 AND kind = $3");
        for text in texts.iter().filter(|t| !t.is_new) {
            let found: Option<(i64,)> = self.find(find, args![workspace, text.object, text.kind.word()]).await?;
            let Some((place,)) = found else { continue };
            self.run(sql!("DELETE FROM search_doc WHERE id = $1"), args![place]).await?;
            if self.is_sqlite() {
                let word = text.kind.word();
                self.run_text(format!("DELETE FROM search_{word} WHERE rowid = ?"), args![place], true).await?;
            }
        }
        for kind in Searchable::ALL {
            let own: Vec<&IndexText> = texts.iter().filter(|t| t.kind == kind && !t.tokens.is_empty()).collect();
            self.insert_texts(workspace, kind, &own).await?;
        }
        Ok(())
    }

    async fn insert_texts(&mut self, ws: Id<Workspace>, kind: Searchable, texts: &[&IndexText]) -> Result<()> {
        let word = kind.word();
        // Two records of one day at one place (one chance in millions): the later one is found, the other once it changes.
        if self.is_sqlite() {
            for text in texts {
                let place = place_of(text);
                let statement = sql!(
                    "INSERT INTO search_doc (id, workspace_id, kind, object_id) VALUES ($1, $2, $3, $4) ",
                    "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, object_id = excluded.object_id"
                );
                self.run(statement, args![place, ws, word, text.object]).await?;
                let insert = format!("INSERT OR REPLACE INTO search_{word} (rowid, tokens) VALUES (?, ?)");
                self.run_text(insert, args![place, text.tokens], true).await?;
            }
            return Ok(());
        }
        for text in texts {
            let insert = "INSERT INTO search_doc (id, workspace_id, kind, object_id, tokens) \
                 VALUES ($1, $2, $3, $4, array_to_tsvector(string_to_array($5, ' '))) \
                 ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, object_id = excluded.object_id, tokens = excluded.tokens";
            let values = args![place_of(text), ws, word, text.object, text.tokens];
            self.run_text(insert.to_owned(), values, true).await?;
        }
        Ok(())
    }
}
