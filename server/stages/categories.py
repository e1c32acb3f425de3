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
    """One `strong` match, or two different `supporting` ones, mark the category of a text in lower case."""

    strong: re.Pattern[str]
    supporting: re.Pattern[str]

    def mark(self, text: str) -> bool:
        return bool(self.strong.search(text)) or len(set(self.supporting.findall(text))) >= 2


def _phrases(*phrases: str) -> re.Pattern[str]:
    """For text in lower case, in which they are found in half the time that folding case takes."""
    return re.compile(r"\b(?:" + "|".join(phrases) + r")\b")


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
            r"(?:kidney|liver|heart|lung) (?:disease|failure|problems?|attacks?|transplants?)",
            r"clinical(?:ly)? (?:trial|stud|proven|effective)\w*",
            r"(?:cancer|carcinoma|tumou?r|lymphoma|melanoma|leuka?emia)s?",
            r"diabet(?:es|ic)\w*",
            r"asthma\w*",
            r"hypertension",
            r"pneumonia",
            r"sepsis",
            r"(?:influenza|malaria|tuberculosis|hiv|dementia|epilepsy|schizophrenia|obesity|ana?emia|migraines?|eczema|psoriasis)",
            r"(?:alzheimer|parkinson)'?s(?: disease)?",
            r"(?:covid(?:-?19)?|coronavirus(?:es)?|sars(?:-cov-2)?)",
            r"\w{4,}itis",
            r"\w{3,}ectom(?:y|ies)",
            r"vaccin\w+",
            r"(?:chemo|radio|immuno)therap\w+",
            r"(?:aspirin|ibuprofen|paracetamol|acetaminophen|insulin|morphine|warfarin|metformin)",
            r"\w{3,}(?:cillin|mycin|prazole|sartan|azepam|tinib|zumab|ximab|tuzumab|statin|oxetine|cycline|floxacin)s?",
            r"(?:antibiotic|antiviral|antidepressant|opioid|opiate|painkiller|corticosteroid|anticoagulant|antihistamine)s?",
            r"blood (?:pressure|sugar|glucose|clots?|thinners?|transfusions?)",
            r"surger(?:y|ies)",
            r"placebos?",
            r"adverse (?:events?|effects?|reactions?|drug)",
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
            r"diseases?",
            r"drows(?:y|iness)",
            r"hay fever",
            r"leaflet",
            r"lactose",
            r"virus(?:es)?",
            r"viral",
            r"infect(?:ed|ions?|ious)",
            r"immun\w+",
            r"antibod(?:y|ies)",
            r"hospitali[sz]\w+",
            r"clinical",
            r"mortality",
            r"efficacy",
            r"cohorts?",
            r"trials?",
            r"drugs?",
            r"subcutaneous\w*",
            r"respiratory",
            r"disorders?",
            r"chronic",
            r"acute",
            r"fever",
            r"cough\w*",
            r"cardio(?:vascular|logy|logist)s?",
            r"kidneys?",
            r"liver",
            r"lungs?",
            r"inflammat\w+",
            r"pregnan(?:t|cy)",
            r"surgeons?",
            r"surgical",
            r"inhibitors?",
            r"receptors?",
            r"vitamins? [a-z]\d*",
            r"epidemi\w+",
            r"pandemic",
            r"syndrome",
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
            r"confidential information",
            r"(?:receiving|disclosing|indemnif\w+|licensed?) part(?:y|ies)",
            r"here(?:by|to|under|inafter)",
            r"unlawful\w*",
            r"infring\w+",
            r"contractual(?:ly)?",
            r"(?:su(?:e|ed|ing)|take) (?:\w+ )?(?:to court|for damages)",
            r"intellectual property",
            r"without (?:the )?(?:prior )?(?:written )?consent of the other",
        ),
        _phrases(
            r"clauses?",
            r"shall",
            r"confidential(?:ity)?",
            r"obligations?",
            r"legal(?:ly)?",
            r"licen[cs](?:ee|or)s?",
            r"warrant(?:s|ies)",
            r"contracts?",
            r"agreements?",
            r"(?:the|either|each|both|other|third|contracting) part(?:y|ies)",
            r"(?:attorney|solicitor|lawyer)s?",
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
            r"(?:amorti[sz]ation|depreciation|impairments?|goodwill)",
            r"(?:accounts|trade|notes) (?:receivable|payable)s?",
            r"receivables",
            r"deferred (?:tax|revenue|income|compensation)\w*",
            r"(?:in)?tangible assets",
            r"net (?:sales|assets|debt|cash|interest)",
            r"(?:cost|costs) of (?:sales|revenues?|goods)",
            r"(?:share|stock)holders'? equity",
            r"(?:share|stock)-based compensation",
            r"fair values?",
            r"(?:income|corporate|effective) tax\w*",
            r"tax (?:rate|expense|benefit|credit|asset|liabilit\w+)s?",
            r"accrued \w+",
            r"capital expenditures?",
            r"(?:finance|operating) leases?",
            r"working capital",
            r"pension (?:plan|obligation|cost)s?",
        ),
        _phrases(
            r"profits?",
            r"loss(?:es)?",
            r"quarter",
            r"q[1-4]",
            r"assets",
            r"liabilities",
            r"debt",
            r"cash",
            r"forecast",
            r"sales",
            r"shareholders?",
            r"investors?",
            r"margins?",
            r"expenses?",
            r"income",
            r"equity",
            r"securities",
            r"stock options?",
            r"fiscal",
            r"percentage change",
            r"million",
            r"billion",
        ),
    ),
    "regulatory": _Signs(
        _phrases(
            r"gdpr",
            r"hipaa",
            r"ccpa",
            r"pci[- ]dss",
            r"sox",
            r"mifid(?: ii)?",
            r"basel iii",
            r"regulat(?:or|ors|ory|ion|ions)",
            r"privacy (?:polic(?:y|ies)|laws?|rights?|regulations?|notices?)",
            r"data protection (?:authority|officer|law|act|regulation)s?",
            r"supervisory authorit(?:y|ies)",
            r"(?:legally|statutor(?:y|ily)) requir\w+",
            r"statutory (?:retention|period|limit|right|duty)\w*",
            r"retention periods?",
            r"personal data (?:breach|is|are|must|may|shall)\w*",
            r"anti-money[- ]laundering",
            r"know[- ]your[- ]customer",
            r"sanctions? (?:list|screening)s?",
            r"ce mark(?:ing)?",
            r"certif(?:ied|ication) (?:to|under|according to) (?:iso|en|iec)\b",
            r"iso ?\d{4,5}",
            r"export controls?",
        ),
        _phrases(
            r"complian(?:ce|t)",
            r"personal (?:data|information)",
            r"privacy",
            r"third part(?:y|ies)",
            r"opt(?:ed|ing)?[- ]out",
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
    whole = "\n".join(texts).lower()
    found = []
    for name, rule in policy.categories.items():
        signs = _SIGNS.get(name) if rule.detect else None
        own = _phrases(*(re.escape(term.lower()) for term in rule.terms)) if rule.terms else None
        if (signs and signs.mark(whole)) or (own and own.search(whole)):
            found.append(name)
    return tuple(found)
