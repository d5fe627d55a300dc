//! The wordings that the style of the project rejects, and what to write instead.

use anyhow::{Context, Result};
use regex::{Match, Regex};

/// A rejected wording. The patterns are regular expressions that match whole words in any case. A space matches any
/// white space, also between lines.
pub(super) struct Wording {
    pub(super) name: &'static str,
    pub(super) rejected: &'static str,
    /// Patterns that are fine although the rejected pattern matches them, too.
    pub(super) ordinary: &'static [&'static str],
    pub(super) advice: &'static str,
}

pub(super) const WORDINGS: [Wording; 26] = [
    Wording {
        name: "is-none",
        rejected: "(?:is|are|was|were) none",
        ordinary: &[],
        advice: "negate with an adjective or the verb: `invalid proxy URL`",
    },
    Wording {
        name: "is-no",
        rejected: r"(?:is|are|was|were) no \w+",
        ordinary: &[
            "there (?:is|are|was|were) no",
            "(?:is|are|was|were) no (?:longer|more|less|fewer|later|earlier|larger|smaller|slower|faster|better|worse)",
        ],
        advice: "negate the verb: `is not a number`",
    },
    Wording {
        name: "none-verb",
        rejected: "(?-i:None) (?:are|calls?|can|fails?|has|have|is|needs?|returns?|sends?|throws?)",
        ordinary: &[],
        advice: "name the subject, and negate the verb: `They do not throw`",
    },
    Wording {
        name: "a-line",
        rejected: r"(?:one|two|three|\d+) (?:\w+ )?\w+ an? (?:attempt|call|caller|file|line|page|process|record|request|user)",
        ordinary: &[
            r"(?:one|two|three|\d+) (?:\w+ )?(?:and|as|before|by|for|from|has|in|is|of|on|or|per|sends|to|with) an? \w+",
        ],
        advice: "write \"per\": `one problem per line`",
    },
    Wording {
        name: "whatever",
        rejected: "whatever (?:its|their|the)",
        ordinary: &["whatever their experience"],
        advice: "write \"with any\" or \"for all\"",
    },
    Wording {
        name: "is-said",
        rejected: "(?:is|are|was|were|be|been) (?:not )?said",
        ordinary: &[],
        advice: "write \"is set\", \"Defaults to X\" or \"Default: none\"",
    },
    Wording {
        name: "default",
        rejected: "(?:if|unless|where) (?:another|nothing) is (?:given|named|set)",
        ordinary: &[],
        advice: "write \"Defaults to X\" or \"Default: none\"",
    },
    Wording {
        name: "says",
        rejected: "says|tells|(?:is|are|was|were|be|been) told|told (?:by|of|to)|(?:that|which) (?:say|tell)|says? so\
                   |says? nothing|tell (?:apart|from|it|whether)",
        ordinary: &[],
        advice: "write \"reports\", \"returns\", \"specifies\" or \"means\"",
    },
    Wording {
        name: "knows",
        rejected: "knows|(?:that|which) know",
        ordinary: &[],
        advice: "write \"has\", \"supports\", \"depends on\" or \"contains\"",
    },
    Wording {
        name: "gives",
        rejected: "gives|(?:that|which) give",
        ordinary: &["gives up", "(?:that|which) give up"],
        advice: "write \"returns\", \"provides\" or \"passes\"",
    },
    Wording {
        name: "takes",
        rejected: "(?-i:Takes)",
        ordinary: &[r"(?-i:Takes) (?:about|at|effect|place|precedence|\d+)"],
        advice: "write \"accepts\", \"acquires\" or \"removes\"",
    },
    Wording { name: "begins", rejected: "(?-i:Begins)", ordinary: &[], advice: "write \"creates\" or \"starts\"" },
    Wording { name: "forgets", rejected: "forgets", ordinary: &[], advice: "write \"discards\" or \"removes\"" },
    Wording { name: "wants", rejected: "wants", ordinary: &[], advice: "write \"requires\" or \"expects\"" },
    Wording {
        name: "whoever",
        rejected: "whoever|whomever|whosoever",
        ordinary: &[],
        advice: "write \"you\", \"the user\" or \"they\"",
    },
    Wording {
        name: "those-who",
        rejected: "those who|who waits|those that (?:ask|call|wait|want)",
        ordinary: &[],
        advice: "name them: \"the callers\", \"other tasks\"",
    },
    Wording {
        name: "he",
        rejected: "he|she|his|her|hers|him|himself|herself",
        ordinary: &["he-IL"],
        advice: "people are \"you\", \"the user\" or \"they\"; code is \"it\"",
    },
    Wording {
        name: "sees-to",
        rejected: "(?:see|sees|saw|seen|seeing) to (?:it|that|them|this)",
        ordinary: &[],
        advice: "write \"ensures\"",
    },
    Wording {
        name: "stands-in",
        rejected: "(?:stand|standing|stands|stood) (?:before|behind|beside|in)",
        ordinary: &[],
        advice: "name the relation: \"replaces\", \"is listed in\", \"precedes\"",
    },
    Wording {
        name: "goes-by",
        rejected: "(?:go|goes|going|gone|went) by",
        ordinary: &[],
        advice: "write \"uses\" or \"depends on\"",
    },
    Wording { name: "ones-own", rejected: "one's own", ordinary: &[], advice: "write \"your own\" or \"custom\"" },
    Wording {
        name: "lives",
        rejected: "(?:it|that|token) lives",
        ordinary: &["(?:it|that|token) lives (?:in|under)"],
        advice: "write \"is valid\"",
    },
    Wording {
        name: "be-had",
        rejected: "be had",
        ordinary: &[],
        advice: "write \"is available\", \"can be issued\" or \"can be used\"",
    },
    Wording {
        name: "behind-backs",
        rejected: r"behind (?:\w+ )?\w+(?:'s|s') backs?",
        ordinary: &[],
        advice: "write \"in the background\"",
    },
    Wording {
        name: "doing-twice",
        rejected: "doing it (?:once|twice)|what (?:may|might) have been",
        ordinary: &[],
        advice: "write \"idempotent\", or \"a request that the server might have processed\"",
    },
    Wording {
        name: "perhaps",
        rejected: "perhaps",
        ordinary: &[],
        advice: "write \"optional\", \"might\" or \"possibly\"",
    },
];

/// Wordings that are only rejected at the start of a comment.
pub(super) const OPENINGS: [Wording; 1] = [Wording {
    name: "opening",
    rejected: "what|how (?:many|much|long|often)|who|whose|whatever",
    ordinary: &[],
    advice: "start with a noun or a verb: `Number of pages`, `Returns the user`",
}];

/// A wording with its compiled pattern.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) advice: &'static str,
    pattern: Regex,
}

impl Rule {
    /// Creates a rule that applies to all text.
    pub(super) fn anywhere(wording: &Wording) -> Result<Self> {
        Self::new(r"\b", wording)
    }

    /// Creates a rule that applies to the start of comments. A NUL character represents the code before a comment.
    pub(super) fn opening(wording: &Wording) -> Result<Self> {
        Self::new(r"(?:\A|\x00)\s*", wording)
    }

    fn new(start: &str, wording: &Wording) -> Result<Self> {
        let Wording { name, rejected, ordinary, advice } = *wording;
        // The first alternative that matches wins, so ordinary wordings come first.
        let alternatives = [ordinary, &[&format!("(?P<hit>{rejected})")]].concat().join("|");
        let pattern = format!(r"(?i){start}(?:{alternatives})\b").replace(' ', r"\s+").replace('\'', "['’]");
        let pattern = Regex::new(&pattern).with_context(|| format!("invalid pattern of rule {name}"))?;
        Ok(Self { name, advice, pattern })
    }

    /// Returns all hits in a text.
    pub(super) fn find<'a>(&self, text: &'a str) -> impl Iterator<Item = Match<'a>> {
        self.pattern.captures_iter(text).filter_map(|found| found.name("hit"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Each rule with a sentence that it rejects.
    const REJECTED: [(&str, &str); 48] = [
        ("is-none", "the proxy's URL is none"),
        ("is-none", "an id or a header that is none"),
        ("is-none", "null if there is none"),
        ("is-no", "an endpoint that is no URL"),
        ("is-no", "they are no numbers"),
        ("none-verb", "Functions of the host. None throws."),
        ("a-line", "all operations, one group a line"),
        ("whatever", "Returns the response, whatever its status."),
        ("opening", "What the server requires of an application."),
        ("opening", "How many pages are read ahead."),
        ("opening", "Whose access token it is."),
        ("is-said", "64 MiB if nothing is said"),
        ("is-said", "20 if it is not said"),
        ("default", "the platform's `fetch` unless another is given"),
        ("says", "Says whether another one is needed."),
        ("says", "unless the mode says otherwise"),
        ("says", "told to `tracing`"),
        ("says", "Options that say which server to call."),
        ("says", "variables that tell the runner where to run"),
        ("says", "Follows redirects if the options say so."),
        ("says", "Tasks that started before say nothing about the window."),
        ("says", "unless the engine can tell it later"),
        ("knows", "It knows no test runner"),
        ("knows", "servers that know the route"),
        ("gives", "Gives the access token."),
        ("gives", "functions that give a token"),
        ("takes", "Takes the lock on this key."),
        ("begins", "Begins a client for this endpoint."),
        ("forgets", "Forgets this very token."),
        ("wants", "this operation wants an access token"),
        ("whoever", "Whoever reads the store can use it."),
        ("those-who", "Another is for those who wait."),
        ("those-who", "who waits for the renewal"),
        ("those-who", "The wakers of those that wait."),
        ("he", "a user's, for his own account"),
        ("he", "whatever he does by himself"),
        ("sees-to", "sees to it that one renewal serves all"),
        ("stands-in", "what stands in debug output"),
        ("stands-in", "stands in for a server"),
        ("goes-by", "What a cell goes by."),
        ("ones-own", "a server of one's own"),
        ("ones-own", "a server of one’s own"),
        ("lives", "A token that lives."),
        ("be-had", "No access token could be had."),
        ("behind-backs", "What happens behind the callers' backs."),
        ("doing-twice", "Whether doing it twice is the same as doing it once."),
        ("doing-twice", "what may have been carried out is not repeated"),
        ("perhaps", "always, perhaps, or perhaps and perhaps as null"),
    ];

    const ORDINARY: [&str; 19] = [
        "Returns what the server requires. What is left is optional.",
        "null if it is not set",
        "Default: none. The client has none.",
        "There is no token at first.",
        "The key is no longer accepted, and is no more than a number.",
        "The name is not a number.",
        "`None` is the default. Default: none. One is a user, two per line.",
        "Callers that give up, and a person who can say why.",
        "Two requests for a user, and one call of a page.",
        "if nothing changed, and unless another process has the lock",
        "The client gives up after three attempts.",
        "Takes precedence over `members`. The call takes 20 ms.",
        "`he-IL` is Hebrew, and the other sheet has a theme.",
        "those that sign tokens and those that sign cookies",
        "A predicate lives in `transport/`. Let it live.",
        "`%` stands for any text.",
        "your own server; its own token",
        "Sends the user back to the page behind the form.",
        "let said = told; whoever_is_none(); no_one.is_none()",
    ];

    fn hits(text: &str) -> Vec<&'static str> {
        let anywhere = WORDINGS.iter().map(|wording| Rule::anywhere(wording).unwrap());
        let rules: Vec<_> = anywhere.chain(OPENINGS.iter().map(|wording| Rule::opening(wording).unwrap())).collect();
        rules.iter().flat_map(|rule| rule.find(text).map(|_| rule.name)).collect()
    }

    #[test]
    fn rejected_wordings_are_hits() {
        for (rule, sentence) in REJECTED {
            assert!(hits(sentence).contains(&rule), "{rule}: {sentence}");
        }
    }

    #[test]
    fn every_rule_has_a_rejected_sentence() {
        let tested: BTreeSet<_> = REJECTED.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(tested, WORDINGS.iter().chain(&OPENINGS).map(|wording| wording.name).collect());
    }

    #[test]
    fn ordinary_wordings_are_not_hits() {
        for sentence in ORDINARY {
            assert_eq!(hits(sentence), [""; 0], "{sentence}");
        }
    }
}
