//! Migrations: numbered SQL files, one text for both engines.

use kizashi_domain::time::Time;

use crate::{Db, DbError, Result, args, sql};

/// (number, text), in order. Add at the end, never edit one that was released.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../../../migrations/0001_spine.sql")),
    (2, include_str!("../../../migrations/0002_history.sql")),
    (3, include_str!("../../../migrations/0003_record.sql")),
    (5, include_str!("../../../migrations/0005_support.sql")),
    (6, include_str!("../../../migrations/0006_api.sql")),
    (7, include_str!("../../../migrations/0007_search.sql")),
    (8, include_str!("../../../migrations/0008_imports.sql")),
    (9, include_str!("../../../migrations/0009_secrets.sql")),
    (10, include_str!("../../../migrations/0010_hooks.sql")),
    (11, include_str!("../../../migrations/0011_deals.sql")),
    (12, include_str!("../../../migrations/0012_subscriptions.sql")),
    (13, include_str!("../../../migrations/0013_notes.sql")),
    (14, include_str!("../../../migrations/0014_files.sql")),
    (15, include_str!("../../../migrations/0015_pulls.sql")),
    (16, include_str!("../../../migrations/0016_views.sql")),
    (17, include_str!("../../../migrations/0017_ownership.sql")),
    (18, include_str!("../../../migrations/0018_merges.sql")),
    (19, include_str!("../../../migrations/0019_mail.sql")),
    (20, include_str!("../../../migrations/0020_signals.sql")),
    (21, include_str!("../../../migrations/0021_cards.sql")),
    (22, include_str!("../../../migrations/0022_plays.sql")),
    (23, include_str!("../../../migrations/0023_books.sql")),
    (24, include_str!("../../../migrations/0024_notices.sql")),
    (25, include_str!("../../../migrations/0025_rooms.sql")),
    (26, include_str!("../../../migrations/0026_shifts.sql")),
    (28, include_str!("../../../migrations/0028_paths.sql")),
    (29, include_str!("../../../migrations/0029_batches.sql")),
    (30, include_str!("../../../migrations/0030_scale.sql")),
    (33, include_str!("../../../migrations/0033_letters.sql")),
    (34, include_str!("../../../migrations/0034_due.sql")),
    (35, include_str!("../../../migrations/0035_presence.sql")),
    (36, include_str!("../../../migrations/0036_former_owner.sql")),
    (37, include_str!("../../../migrations/0037_branches.sql")),
    (38, include_str!("../../../migrations/0038_parts.sql")),
    (40, include_str!("../../../migrations/0040_answers.sql")),
];

impl Db {
    /// Brings the database to the newest migration; how many were applied. Each is one transaction.
    pub async fn migrate(&self, now: Time) -> Result<usize> {
        let known = MIGRATIONS.last().map_or(0, |(n, _)| *n);
        let mut applied = 0;
        let mut tx = self.write().await?;
        tx.raw("CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)").await?;
        tx.commit().await?;
        for (number, text) in MIGRATIONS {
            let mut tx = self.write().await?;
            tx.lock_migrations().await?;
            let found: Option<(i64,)> =
                tx.find(sql!("SELECT number FROM migration ORDER BY number DESC LIMIT 1"), args![]).await?;
            let found = found.map_or(0, |(n,)| n);
            if found > known {
                return Err(DbError::TooNew { found, known });
            }
            if found >= *number {
                continue;
            }
            for statement in split(text) {
                tx.raw(statement).await.map_err(|e| DbError::Other(format!("migration {number}: {e}")))?;
            }
            tx.run(sql!("INSERT INTO migration (number, applied_at) VALUES ($1, $2)"), args![*number, now]).await?;
            tx.commit().await?;
            applied += 1;
        }
        self.make_search().await?;
        Ok(applied)
    }
}

/// Statements end with a semicolon at the end of a line; comments are whole lines.
fn split(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(";\n")
        .map(str::trim)
        .filter(|s| s.lines().any(|l| !l.trim().is_empty() && !l.trim_start().starts_with("--")))
}

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn every_file_is_applied_in_the_order_of_its_number() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let names = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<i64> = names.filter_map(|name| name.get(..4)?.parse().ok()).collect();
        files.sort_unstable();
        assert_eq!(MIGRATIONS.iter().map(|(number, _)| *number).collect::<Vec<_>>(), files);
    }
}
