//! rust-embed wants its folder to exist: an empty one makes pages without style, not a failed build.

fn main() {
    let dist = std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("assets/dist");
    if let Err(error) = std::fs::create_dir_all(&dist) {
        println!("cargo::warning=cannot make {}: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed=assets/dist/manifest.json");
}
