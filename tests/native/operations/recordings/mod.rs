//! Recorded exchanges with real servers, a module for each release. Set `LOGTO_RECORDINGS` to a file of exchanges, or to a
//! folder with one file per release, such as `1.36.jsonl`, to check those instead.

mod answers;
pub(crate) mod compare;
mod compatibility;
mod errors;
mod exchange;
pub(crate) mod requests;
pub(crate) mod sent;
mod tokens;

use exchange::Recordings;

/// Checks the recordings of one release.
macro_rules! release {
    ($module:ident, $name:expr) => {
        mod $module {
            use super::*;

            #[test]
            fn every_success_decodes_and_encodes_back_to_the_same_json() {
                Recordings::load($name).iter().for_each(answers::decode_and_encode);
            }

            #[test]
            fn every_success_is_accepted_and_documented() {
                Recordings::load($name).iter().for_each(answers::accept);
            }

            #[test]
            fn every_error_matches_the_recording() {
                Recordings::load($name).iter().for_each(errors::match_the_recording);
            }

            #[test]
            fn unmodified_answers_are_not_errors() {
                Recordings::load($name).iter().for_each(errors::accept_unmodified);
            }

            #[test]
            fn typed_code_builds_every_request_that_succeeded() {
                Recordings::load($name).iter().for_each(requests::build);
            }

            #[test]
            fn answer_kinds_of_the_table_match_the_recordings() {
                Recordings::load($name).iter().for_each(requests::match_the_table);
            }

            #[test]
            fn every_exchange_with_the_token_endpoint_matches_the_recording() {
                Recordings::load($name).iter().for_each(tokens::match_the_recording);
            }
        }
    };
}

release!(release_1_17, "1.17");
release!(release_1_20, "1.20");
release!(release_1_24, "1.24");
release!(release_1_30, "1.30");
release!(release_1_36, "1.36");
release!(release_1_42, "1.42");
release!(release_next, "next");
release!(mixed, exchange::MIXED);
