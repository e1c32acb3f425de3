"""Which high-stakes categories an answer belongs to, found by phrases that are rare elsewhere.

A detected category sends the answer to a person, so a phrase earns its place by precision: "price" or "return" say nothing about
financial figures or law; "operating profit" and "liability" do. A category counts as detected when one strong phrase occurs, or two
different supporting ones. What the phrases miss, the caller declares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.stages.policy import Policy


@dataclass(frozen=True, slots=True)
class _Signs:
    """One `strong` match, or two different `supporting` ones, mark the category."""

    strong: re.Pattern[str]
    supporting: re.Pattern[str]

    def mark(self, text: str) -> bool:
        return bool(self.strong.search(text)) or len({match.lower() for match in self.supporting.findall(text)}) >= 2


def _phrases(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"(?i)\b(?:" + "|".join(phrases) + r")\b")


_SIGNS: Mapping[str, _Signs] = {
    "medical": _Signs(
        _phrases(
            r"dos(?:e|es|age|ing)s?",
            r"side effects?",
            r"contraindicat\w+",
            r"overdos\w+",
            r"breast-?feeding",
            r"(?:during|in|while) pregnan(?:cy|t)",
            r"prescri(?:bed|ption)s?",
            r"symptoms?",
            r"diagnos(?:is|es|ed|tic)",
            r"(?:drug|medicine|medication)s? interact\w*",
            r"(?:kidney|liver|heart) (?:disease|failure|problems?)",
            r"clinical(?:ly)? (?:trial|stud|proven|effective)\w*",
            r"mg/kg",
            r"\d+ ?mg (?:tablets?|capsules?|daily|a day|per day|once|twice|every|in 24 hours)",
            r"(?:tablets?|capsules?|pills?) (?:a|per|each|every|once|twice) (?:a )?(?:day|week)",
        ),
        _phrases(
            r"medicines?",
            r"medications?",
            r"tablets?",
            r"capsules?",
            r"patients?",
            r"doctors?",
            r"physicians?",
            r"pharmacists?",
            r"allerg(?:y|ic|ies)",
            r"treatments?",
            r"therapy",
            r"disease",
            r"drows(?:y|iness)",
            r"hay fever",
            r"package leaflet",
            r"vaccin\w+",
            r"infection",
            r"leaflet",
            r"lactose",
            r"antihistamines?",
        ),
    ),
    "legal": _Signs(
        _phrases(
            r"liabilit(?:y|ies)",
            r"indemni(?:fy|fies|ty|fication)",
            r"governing law",
            r"governed by the laws?",
            r"jurisdiction",
            r"breach(?:es)? of (?:contract|this agreement|the agreement)",
            r"material breach",
            r"terminat\w+ (?:this|the|an?) (?:\w+ )?(?:agreement|contract)",
            r"(?:agreement|contract) (?:may|can|could|shall) be (?:terminated|assigned)",
            r"lawsuits?",
            r"litigation",
            r"arbitration",
            r"plaintiffs?",
            r"defendants?",
            r"force majeure",
            r"legal (?:advice|action|obligations?|proceedings)",
            r"non-?disclosure agreements?",
            r"intellectual property",
            r"without (?:the )?(?:prior )?(?:written )?consent of the other",
        ),
        _phrases(
            r"clauses?",
            r"contracts?",
            r"agreements?",
            r"part(?:y|ies)",
            r"notice",
            r"terminat(?:e|ed|ion)",
            r"assign(?:ed|ment)?",
            r"damages",
            r"undisputed",
            r"court",
            r"provider shall",
            r"client shall",
            r"statut\w+",
            r"subcontract\w*",
        ),
    ),
    "financial_figures": _Signs(
        _phrases(
            r"revenues?",
            r"turnover (?:of|was|rose|fell|grew)",
            r"(?:operating|net|gross|pre-?tax) (?:profit|income|loss|margin|costs?|expenses?)s?",
            r"ebitda?",
            r"earnings(?: per share)?",
            r"(?:quarterly|annual|half-?year) (?:results|figures|report)",
            r"balance sheet",
            r"cash ?flow",
            r"dividends?",
            r"(?:share|stock) price",
            r"market capitali[sz]ation",
            r"fiscal (?:year|quarter)",
            r"unaudited",
            r"(?:year|quarter)-(?:on|over)-(?:year|quarter)",
            r"interest rates?",
            r"return on (?:equity|investment|assets)",
        ),
        _phrases(
            r"profits?",
            r"loss(?:es)?",
            r"quarter",
            r"Q[1-4]",
            r"assets",
            r"liabilities",
            r"debt",
            r"cash",
            r"forecast",
            r"sales",
            r"shareholders?",
            r"investors?",
            r"margins?",
            r"million",
            r"billion",
        ),
    ),
    "regulatory": _Signs(
        _phrases(
            r"GDPR",
            r"HIPAA",
            r"CCPA",
            r"PCI[- ]DSS",
            r"SOX",
            r"MiFID(?: II)?",
            r"Basel III",
            r"regulat(?:or|ors|ory|ion|ions)",
            r"data protection (?:authority|officer|law|act|regulation)s?",
            r"supervisory authorit(?:y|ies)",
            r"(?:legally|statutor(?:y|ily)) requir\w+",
            r"statutory (?:retention|period|limit|right|duty)\w*",
            r"retention periods?",
            r"personal data (?:breach|is|are|must|may|shall)\w*",
            r"anti-money[- ]laundering",
            r"know[- ]your[- ]customer",
            r"sanctions? (?:list|screening)s?",
            r"CE mark(?:ing)?",
            r"certif(?:ied|ication) (?:to|under|according to) (?:ISO|EN|IEC)\b",
            r"ISO ?\d{4,5}",
            r"export controls?",
        ),
        _phrases(
            r"complian(?:ce|t)",
            r"personal data",
            r"retention",
            r"audit(?:s|ed|or)?",
            r"directive",
            r"consent",
            r"authorit(?:y|ies)",
            r"data subjects?",
            r"erasure",
            r"notif(?:y|ied|ication)",
            r"72 hours",
            r"processor",
            r"controller",
        ),
    ),
}

DETECTABLE = tuple(_SIGNS)
"""The categories with phrases of their own; a policy can give any category further terms."""


def detect_categories(policy: Policy, texts: Sequence[str]) -> tuple[str, ...]:
    """The categories of `policy` that `texts` (question, answer, titles of what is cited) belong to, in the policy's order."""
    whole = "\n".join(texts)
    found = []
    for name, rule in policy.categories.items():
        signs = _SIGNS.get(name) if rule.detect else None
        own = _phrases(*map(re.escape, rule.terms)) if rule.terms else None
        if (signs and signs.mark(whole)) or (own and own.search(whole)):
            found.append(name)
    return tuple(found)
