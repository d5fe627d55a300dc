use super::Rules;
use crate::collections::CUSTOM_PHRASES;
use crate::errors::Refusal;
use crate::record::Record;
use crate::state::State;

/// The languages that the server has phrases for.
const BUILT_IN: [&str; 20] = [
    "ar", "cs", "de", "en", "es", "fa-IR", "fr", "it", "ja", "ko", "pl-PL", "pt-BR", "pt-PT", "ru", "th", "tr-TR",
    "uk-UA", "zh-CN", "zh-HK", "zh-TW",
];

/// Returns the custom phrases in a language.
pub(crate) fn phrases_in(state: &State, language: &str) -> Option<Record> {
    state.store.all(&CUSTOM_PHRASES).find(|phrases| phrases.text("languageTag") == language).cloned()
}

/// Returns whether there are phrases in a language.
pub(crate) fn has_language(state: &State, language: &str) -> bool {
    BUILT_IN.contains(&language) || phrases_in(state, language).is_some()
}

pub(super) static RULES: Rules = Rules {
    deletable: |call, phrase| {
        let language = phrase.text("languageTag");
        if language != call.state.settings.default_language() {
            return Ok(());
        }
        let message = format!("{language} is set as your default language and can’t be deleted.");
        Err(Refusal::new(409, "localization.cannot_delete_default_language", message))
    },
    ..Rules::NONE
};
