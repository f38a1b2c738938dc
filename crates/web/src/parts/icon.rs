//! Icons from one sprite; always beside a word, so a page without the sprite loses nothing.

use std::sync::LazyLock;

use maud::{Markup, html};

use crate::assets;

static SPRITE: LazyLock<Option<String>> = LazyLock::new(|| assets::address("icons.svg"));

/// An icon by the name under which `assets/icons.json` lists it.
pub fn icon(name: &str) -> Markup {
    html! {
        @if let Some(sprite) = SPRITE.as_deref() {
            svg.icon aria-hidden="true" focusable="false" { use href={ (sprite) "#" (name) } {} }
        }
    }
}
