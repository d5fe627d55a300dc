//! The first inputs of a target.

use std::path::Path;

/// Writes the seeds of a target to its corpus, from which libFuzzer starts. Removes earlier ones.
pub fn write(target: &str, seeds: &[Vec<u8>]) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    std::fs::create_dir_all(&corpus).expect("the corpus can be created");
    for file in std::fs::read_dir(&corpus).expect("the corpus can be listed").flatten() {
        if file.file_name().to_string_lossy().starts_with("seed-") {
            std::fs::remove_file(file.path()).expect("a seed can be removed");
        }
    }
    for (number, seed) in seeds.iter().enumerate() {
        std::fs::write(corpus.join(format!("seed-{number}")), seed).expect("the corpus can be written");
    }
}
