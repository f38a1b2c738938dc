//! Rules of the house that the compiler does not know. Each fault names file, line and what to do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end here"
)]

mod arrows;
mod capabilities;
mod documents;
mod shape;
mod source;
mod tables;

use source::Tree;

fn assert_tidy(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n\n{}\n", faults.join("\n"));
}

#[test]
fn crates_depend_only_along_the_arrows() {
    assert_tidy(arrows::find_forbidden_dependencies(&Tree::read()));
}

#[test]
fn capabilities_know_only_those_before_them() {
    assert_tidy(capabilities::find_forbidden_imports(&Tree::read()));
}

#[test]
fn each_table_has_one_writer() {
    assert_tidy(tables::find_shared_tables(&Tree::read()));
}

#[test]
fn the_engine_is_chosen_in_one_crate() {
    assert_tidy(tables::find_engine_switches(&Tree::read()));
}

#[test]
fn files_and_functions_stay_short() {
    assert_tidy(shape::find_long_pieces(&Tree::read()));
}

#[test]
fn folders_say_what_they_are_about() {
    assert_tidy(shape::find_empty_names(&Tree::read()));
}

#[test]
fn nothing_is_left_unfinished() {
    assert_tidy(shape::find_unfinished_code(&Tree::read()));
}

#[test]
fn words_for_people_live_in_the_language_files() {
    assert_tidy(shape::find_words_outside_locales(&Tree::read()));
}

#[test]
fn the_list_of_decisions_is_complete() {
    assert_tidy(documents::find_unlisted_decisions(&Tree::read()));
}

#[test]
fn links_between_documents_lead_somewhere() {
    assert_tidy(documents::find_broken_links(&Tree::read()));
}

#[test]
fn the_manual_has_the_same_chapters_in_both_languages() {
    assert_tidy(documents::find_one_sided_chapters(&Tree::read()));
}

#[test]
fn lock_files_name_no_download_host() {
    assert_tidy(documents::find_download_addresses(&Tree::read()));
}

#[test]
fn packs_printed_in_the_manual_are_valid() {
    assert_tidy(documents::find_broken_examples(&Tree::read()));
}

#[test]
fn the_map_of_the_code_names_places_that_exist() {
    assert_tidy(documents::find_lost_places(&Tree::read()));
}
