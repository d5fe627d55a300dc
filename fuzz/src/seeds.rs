//! The first inputs of a target.

use std::path::Path;

/// Writes the seeds of a target to its corpus, from which libFuzzer starts.
pub fn write(target: &str, seeds: &[Vec<u8>]) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    std::fs::create_dir_all(&corpus).expect("the corpus can be created");
    for (number, seed) in seeds.iter().enumerate() {
        std::fs::write(corpus.join(format!("seed-{number}")), seed).expect("the corpus can be written");
    }
}
