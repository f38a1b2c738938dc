//! Icons from one sprite; always beside a word, so a page without the sprite loses nothing.

use maud::{Markup, html};

use crate::assets;

/// An icon by the name under which `assets/icons.json` lists it.
pub fn icon(name: &str) -> Markup {
    html! {
        @if let Some(sprite) = assets::address("icons.svg") {
            svg.icon aria-hidden="true" focusable="false" { use href={ (sprite) "#" (name) } {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_sprite_holds_the_icons_that_pages_name_and_no_others() {
        let listed: BTreeSet<String> = serde_json::from_str(include_str!("../../assets/icons.json")).unwrap();
        let mut named = BTreeSet::new();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(path).unwrap();
                named.extend(listed.iter().filter(|name| text.contains(&format!("\"{name}\""))).cloned());
                let calls = text.split("(icon(\"").skip(1).filter_map(|rest| rest.split('"').next());
                for name in calls {
                    assert!(listed.contains(name), "no icon {name} in assets/icons.json");
                }
            }
        }
        let unused: Vec<_> = listed.difference(&named).collect();
        assert!(unused.is_empty(), "icons that no page names: {unused:?}");
        assert!(icon("x").into_string().contains("x") || !assets::are_built());
    }
}
