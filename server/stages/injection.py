"""Text in evidence or answer that is addressed to a model or a validator instead of a reader.

Evidence and answers are data: no wording in them is followed by anything here. Sentences of the evidence that read like
instructions are not judged by either, so that they move a verdict no more than their absence does; the finding is for people. The
patterns name what such text must do to be one: override rules, ask for a verdict, or address the model. What they miss is ordinary
text to an entailment model, which takes no instructions. Other languages than English are in `foreign_instructions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.caseless import CaselessPattern
from server.domain import Span
from server.stages.evidence import sentence_spans
from server.stages.foreign_instructions import is_foreign_instruction, may_instruct

_MACHINE = (
    r"(?:AI|A\.I\.|LLMs?|GPT|(?:large )?language models?|chat-?bots?|validators?|fact-?checkers?"
    r"|(?:AI |virtual )?assistants?(?! (?:manager|director|professor|editor|coach|secretary|to))"
    r"|verifiers?|graders?|evaluators?|guard-?rails?|groundwire"
    r"|(?:grounding|entailment|checking|verification) (?:model|system|service)s?)"
)
_VERDICT = (
    r"(?:supported|entail(?:ed|ment|s)|grounded|verified|faithful|factual(?:ly correct)?|contradict\w+|hallucinat\w+|true|correct"
    r"|accurate|valid|approved|safe|pass(?:ed|ing)?)"
)
_RULES = r"(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|commands?|orders?|guard-?rails?|checks)"
_JUDGED = (
    r"(?:claims?|answers?|statements?|responses?|replies|sentences?|outputs?|facts|assertions?|everything|verdicts?)"
)
_GAP, _SHORT_GAP = r"[^.!?]{0,25}", r"[^.!?]{0,15}"
_SYSTEM_NOTE = (
    r"(?:system|assistant|developer|admin(?:istrator)?|root)(?: (?:prompt|message|note|override|instruction)s?)?"
)

_OVERRIDES = (
    r"(?<!\bnot )(?<!\bnever )"
    r"\b(?:ignore|disregard|forget|override|overrule|bypass|set aside|(?:do not|don['’]t|stop) (?:follow|obey)(?:ing)?)\b"
    rf"{_GAP}\b(?:all|any|previous|prior|above|earlier|former|preceding|your|system|other|the)\b{_GAP}\b{_RULES}"
)
_ASKS_FOR_VERDICT = (
    r"\b(?:mark|label|classify|rate|score|grade|flag|treat|report|return|output|judge)"
    rf"\b{_GAP}\b{_JUDGED}\b{_GAP}\b(?:as|is|are|be|with)\b{_SHORT_GAP}\b{_VERDICT}\b"
)
_DEMANDS_VERDICT = (
    rf"\b{_JUDGED}\b{_GAP}\b(?:must|should|shall|ha(?:s|ve) to|(?:is|are) to|needs? to)\b{_SHORT_GAP}\bbe\b{_SHORT_GAP}"
    rf"\b(?:marked|labell?ed|classified|rated|scored|graded|flagged|returned)\b{_SHORT_GAP}\b{_VERDICT}\b"
)
_DICTATES = r"\b(?i:answer|respond|reply|output|return|print|say|write)\b[^.!?]{0,25}\b(?-i:SUPPORTED|ENTAILMENT|PASS|VERIFIED)\b"
_ASSIGNS_ROLE = (
    rf"\byou are (?:now |no longer |really )?(?:an? |the |in )?(?:\w+ ){{0,3}}(?:{_MACHINE}|DAN|developer mode|unrestricted)\b"
    rf"|\b(?:act|behave|respond|answer|pretend) (?:as|like|to be)\b{_GAP}\b{_MACHINE}\b"
)
_ADDRESSES = (
    r"\b(?:note|message|memo|instructions?|attention|hint|reminder|notice|directive|to|dear|hey|hello|for)\b[^.!?\n]{0,25}"
    rf"\b{_MACHINE}\b[^.!?\n]{{0,40}}[:,;–—]"
)
_POSES_AS_SYSTEM = (
    rf"^\W*{_SYSTEM_NOTE}\s*[:>\]]|\[/?(?:INST|SYSTEM|SYS)\]|#{{2,}}\s*(?:system|instructions?|new task)\b"
    r"|<\|?/?\s*(?:im_start|im_end|system|assistant|inst|instructions?|sys|prompt|endoftext)\b[^>]{0,40}\|?>"
    r"|\b(?:BEGIN|END) (?:SYSTEM|PROMPT|INSTRUCTIONS?)\b"
    r"|\b(?:new|updated|real|actual|secret|hidden) (?:system )?(?:instructions?|prompts?|tasks?|directives?)\b[^.!?\n]{0,20}[:–—]"
)
_SPIES = rf"\b(?:reveal|print|show|repeat|leak|disclose)\b{_GAP}\b(?:system prompt|hidden prompt|your (?:instructions|prompt))"
_FORBIDS_CHECKS = (
    rf"\b(?:do not|don['’]t|never|skip|no need to|avoid|stop)\b{_SHORT_GAP}\b(?:check|verif|validat|flag|fact-?check|contradict"
    rf"|rout|block)\w*\b{_GAP}\b(?:{_JUDGED}|passage|evidence)\b"
)
_SETS_SCORE = (
    rf"\b(?:set|raise|force|fix|put|assign|give)\b{_GAP}\b(?:confidence|support score|entailment|probability|verdict|label"
    rf"|decision)\b{_GAP}\b(?:to|at|of|=)\b{_SHORT_GAP}(?:\d|one|max|pass|supported)"
    r"|\b(?:confidence|entailment|label|verdict|decision|support_score)[\"']?\s*[:=]\s*"
    r"[\"']?(?:1(?:\.0+)?\b|100|PASS|SUPPORTED|true)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        *(_OVERRIDES, _ASKS_FOR_VERDICT, _DEMANDS_VERDICT, _DICTATES, _ASSIGNS_ROLE, _ADDRESSES, _POSES_AS_SYSTEM),
        *(_SPIES, _FORBIDS_CHECKS, _SETS_SCORE),
    )
)
_CLOSES_BRACKET = re.compile(r"[}\])>][\"'”’]*(?=\s+[\"'“‘(\[]?[A-Z0-9])")
_TRIGGER = CaselessPattern(
    rf"\b(?:{_RULES}|{_VERDICT}|{_MACHINE}|{_JUDGED}|DAN|developer mode|unrestricted|probability|confidence"
    r"|passage|evidence|system|task|sys|inst|im_start|im_end|endoftext|decision|label|score)\b"
)
"""Every pattern needs one of these words; most sentences have none, and are done with."""


def instruction_spans(text: str) -> list[Span]:
    """The sentences of `text` that read like instructions to a model, in order."""
    if not _TRIGGER.occurs_in(text) and not may_instruct(text):
        return []
    return [
        piece
        for start, end in sentence_spans(text)
        if is_instruction(text[start:end])
        for piece in _pieces(text, Span(start, end))
        if is_instruction(piece.of(text))
    ]


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    """The sentence, cut after brackets that close before a capital: an honest sentence after "}" is not cut out with the rest."""
    start = sentence.start
    for closing in _CLOSES_BRACKET.finditer(text, sentence.start, sentence.end):
        yield Span(start, closing.end())
        start = closing.end()
    yield Span(start, sentence.end)


def is_instruction(sentence: str) -> bool:
    """Whether one sentence reads like an instruction to a model."""
    if _TRIGGER.occurs_in(sentence) and any(pattern.search(sentence) for pattern in _PATTERNS):
        return True
    return is_foreign_instruction(sentence)
