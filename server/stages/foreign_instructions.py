"""How people word instructions to a model in German, French, Spanish, Portuguese, Italian and Chinese.

The same acts as in English (`stages.injection`): override rules, ask for a verdict, address the machine, give it a role, forbid
checks, set a score. What tells an injection from a manual is what it acts on: rules given before, verdicts on claims, machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.caseless import CaselessPattern

_WORD = r"\b"
_NAMES = r"GPT|ChatGPT|LLM|Groundwire"
_TOKENS = r"(?-i:SUPPORTED|ENTAILMENT|VERIFIED|PASS|ENTAILED)"


@dataclass(frozen=True, slots=True)
class _Language:
    """Alternatives of words, as patterns. `edge` bounds a word, `gap` is what may stand between two of them."""

    overrides: str
    previous: str
    rules: str
    marks: str
    judged: str
    as_: str
    verdict: str
    must: str
    marked: str
    addresses: str
    machine: str
    you_are: str
    forbids: str
    says: str
    sets: str
    score: str
    edge: str = _WORD
    gap: str = r"[^.!?\n]{0,30}"

    def patterns(self) -> Iterator[str]:
        """What an instruction looks like."""

        def words(*parts: str) -> str:
            return self.gap.join(f"{self.edge}(?:{part}){self.edge}" for part in parts)

        yield words(self.overrides, self.previous, self.rules)
        yield words(self.overrides, self.rules, self.previous)
        yield words(self.marks, self.judged, self.as_, self.verdict)
        yield words(self.judged, self.marks) + words(self.as_, self.verdict)
        yield words(self.judged, self.must, self.marked, self.verdict)
        yield words(self.judged, self.must, self.verdict, self.marked)
        yield words(self.addresses) + r"\s?" + words(f"{self.machine}|{_NAMES}") + r"[^.!?\n-]{0,40}[:,;–—：，]"
        yield words(self.you_are, f"{self.machine}|{_NAMES}")
        yield words(self.forbids, self.judged)
        yield words(self.says) + r"[^.!?\n]{0,25}" + _TOKENS
        yield words(self.sets, self.score) + self.gap + r"(?:\b1\b|\b1[.,]0|100|max)"


_GERMAN = _Language(
    overrides=r"ignorier\w*|missacht\w*|vergiss|vergesst|vergessen Sie|verwirf|verwerfen Sie|umgeh\w*"
    r"|befolge?\w* nicht(?: mehr)?",
    previous=r"alle|sämtliche|jegliche|vorherig\w*|bisherig\w*|vorigen?|früheren?|obigen?|vorangegangen\w*"
    r"|deine|oben(?: genannten)?",
    rules=r"Anweisung\w*|Instruktion\w*|Regeln|Vorgaben|Befehle?|Prompts?|System-?prompts?|Prüfregeln",
    marks=r"markier\w*|kennzeichne\w*|bewerte\w*|stufen?|werte|klassifizier\w*|behandle\w*|betrachte\w*"
    r"|erkläre\w*|melde\w*",
    judged=r"Aussagen?|Behauptung\w*|Antwort(?:en)?|Feststellung\w*|Angaben|Widerspr[uü]ch\w*|alles",
    as_=r"als|für",
    verdict=r"belegt\w*|gestützt|unterstützt|wahr|richtig|korrekt|verifiziert|bestätigt|zutreffend|SUPPORTED",
    must=r"müssen|muss|sollen|soll|sind|ist",
    marked=r"markiert|gekennzeichnet|bewertet|eingestuft|gewertet|zu markieren|zu bewerten",
    addresses=r"(?:an|für) (?:die|den|das)|liebe[rs]?|hallo|achtung,?",
    machine=r"KI(?!-)|künstliche Intelligenz|Sprachmodell|KI-Assistent|KI-Modell|Validator|Faktenprüfer"
    r"|Chatbot|Prüfmodell",
    you_are=r"(?:du bist|Sie sind|ihr seid) (?:jetzt|nun|ab sofort|ab jetzt|fortan)|(?:verhalte dich|antworte) wie",
    forbids=r"(?:prüfe|überprüfe|validiere|melde|beanstande|kontrolliere|flagge)n?(?: Sie)? (?:keine|nicht|nichts)",
    says=r"antworte|gib|schreibe?|ausgeben|melde",
    sets=r"setze\w*|erhöhe\w*|stelle\w*",
    score=r"Konfidenz|Vertrauenswert|Wahrscheinlichkeit|Punktzahl",
)
_FRENCH = _Language(
    overrides=r"ignor(?:e|ez|er)|oubli(?:e|ez|er)|n[e'’] ?(?:tiens|tenez) (?:pas|plus) compte|ne (?:suis|suivez) (?:pas|plus)"
    r"|contourn(?:e|ez|er)|fais abstraction|faites abstraction",
    previous=r"toutes?|tous|précédent\w*|antérieur\w*|ci-dessus|tes|vos|d[e'’]avant",
    rules=r"instructions?|consignes|règles|directives|ordres|prompts?",
    marks=r"marqu(?:e|ez|er)|étiquet(?:te|ez|er)|class(?:e|ez|er)|not(?:e|ez|er)|considèr(?:e|er)|considérez"
    r"|trait(?:e|ez|er)|déclar(?:e|ez|er)",
    judged=r"affirmations?|réponses?|énoncés?|déclarations?|assertions?|contradictions?",
    as_=r"comme",
    verdict=r"étayée?s?|confirmée?s?|vérifiée?s?|vraies?|exactes?|correctes?|fondée?s?|soutenue?s?|SUPPORTED",
    must=r"doit|doivent|devra|devront",
    marked=r"marquée?s?|étiquetée?s?|classée?s?|notée?s?|considérée?s?",
    addresses=r"à l[’']attention d[eu](?: la| l[’'])?|note (?:pour|à) (?:le|la|l[’'])|chère?|bonjour,?|attention,?",
    machine=r"IA|intelligence artificielle|modèle de langage|modèle de langue|validateur|vérificateur de faits"
    r"|chatbot|assistant IA",
    you_are=r"(?:tu es|vous êtes) (?:maintenant|désormais)|(?:agis|agissez|comporte-toi|comportez-vous) comme",
    forbids=r"ne (?:vérifi(?:e|ez)|contrôl(?:e|ez)|signal(?:e|ez)|valid(?:e|ez)) (?:pas|aucune?|jamais)",
    says=r"répond(?:s|ez)|écri(?:s|vez)|renvo(?:ie|yez)|affich(?:e|ez)|retourn(?:e|ez)",
    sets=r"fix(?:e|ez)|mets|mettez|régl(?:e|ez)|port(?:e|ez)",
    score=r"confiance|probabilité|score",
)
_SPANISH = _Language(
    overrides=r"ignor(?:a|e|en|ar)|olvid(?:a|e|en|ar)|no (?:sigas|siga|tengas en cuenta|tenga en cuenta)"
    r"|descart(?:a|e)|pasa por alto"
    r"|omit(?:e|a) |haz caso omiso de",
    previous=r"tod[ao]s|anterior(?:es)?|previ[ao]s|precedentes|de arriba|tus|sus",
    rules=r"instrucci(?:ón|ones)|reglas|órdenes|indicaciones|directrices|prompts?",
    marks=r"marc(?:a|ar)|marque|etiquet(?:a|ar)|etiquete|clasific(?:a|ar)|clasifique|califica|califique"
    r"|considera|considere|trat(?:a|e)|declar(?:a|e)",
    judged=r"afirmaci(?:ón|ones)|respuestas?|declaraci(?:ón|ones)|enunciados?|aseveraci(?:ón|ones)"
    r"|contradicci(?:ón|ones)",
    as_=r"como",
    verdict=r"respaldad[ao]s?|verificad[ao]s?|confirmad[ao]s?|verdader[ao]s?|correct[ao]s?|compatibles"
    r"|sustentad[ao]s?|SUPPORTED",
    must=r"debe|deben|deberá|deberán|tienen? que|ha de|han de",
    marked=r"marcarse|marcad[ao]s?|etiquetad[ao]s?|clasificad[ao]s?|considerarse|calificarse",
    addresses=r"nota para (?:el|la)|mensaje (?:para|a) (?:el|la)|mensaje al|aviso (?:al|a la|para el|para la)"
    r"|estimad[oa]|hola,?|atención,?",
    machine=r"IA|inteligencia artificial|modelo de lenguaje|validador|verificador de (?:hechos|datos)|chatbot"
    r"|asistente de IA",
    you_are=r"(?:ahora eres|eres ahora|a partir de ahora eres|desde ahora eres)|(?:actúa|actúe|compórtate) como",
    forbids=r"no (?:verifiques|verifique|compruebes|compruebe|señales|señale|marques|marque|revises|informes de)",
    says=r"respond(?:e|a)|escrib(?:e|a)|devuelv(?:e|a)|muestr(?:a|e)|contest(?:a|e)",
    sets=r"pon|fij(?:a|e)|establece|establezca|sube|ajust(?:a|e)",
    score=r"confianza|probabilidad|puntuación",
)
_PORTUGUESE = _Language(
    overrides=r"ignor(?:e|a|em|ar)|esqueç(?:a|am)|esquece|desconsider(?:e|a|ar)|não (?:siga|sigas|obedeça)"
    r"|contorn(?:e|a)",
    previous=r"tod[ao]s|anterior(?:es)?|prévi[ao]s|precedentes|acima|tuas|suas",
    rules=r"instruç(?:ão|ões)|regras|ordens|diretrizes|comandos|prompts?",
    marks=r"marqu(?:e|em)|marca|rotul(?:e|a)|classifi(?:que|ca)|avali(?:e|a)|consider(?:e|a)|trat(?:e|a)"
    r"|declar(?:e|a)",
    judged=r"afirmaç(?:ão|ões)|respostas?|declaraç(?:ão|ões)|alegaç(?:ão|ões)|enunciados?|contradiç(?:ão|ões)",
    as_=r"como",
    verdict=r"comprovad[ao]s?|verificad[ao]s?|confirmad[ao]s?|verdadeir[ao]s?|corret[ao]s?|apoiad[ao]s?"
    r"|sustentad[ao]s?|SUPPORTED",
    must=r"deve|devem|deverá|deverão|têm? de|têm? que",
    marked=r"marcad[ao]s?|rotulad[ao]s?|classificad[ao]s?|considerad[ao]s?|avaliad[ao]s?",
    addresses=r"nota para [oa]|mensagem para [oa]|aviso (?:ao|à|para [oa])|carol?|car[oa]|olá,?|atenção,?",
    machine=r"IA|inteligência artificial|modelo de linguagem|validador|verificador de fatos|chatbot|assistente de IA",
    you_are=r"(?:agora (?:você é|és|tu és)|você agora é|a partir de agora (?:você é|és))|(?:aja|age|comporte-se) como",
    forbids=r"não (?:verifique|verifiques|confira|sinalize|assinale|marque|reporte|valide)",
    says=r"respond(?:a|e)|escrev(?:a|e)|devolv(?:a|e)|retorn(?:e|a)|mostr(?:e|a)",
    sets=r"defin(?:a|e)|coloqu(?:e|em)|ajust(?:e|a)|aument(?:e|a)",
    score=r"confiança|probabilidade|pontuação",
)
_ITALIAN = _Language(
    overrides=r"ignor(?:a|ate|are|i)|dimentic(?:a|ate|are|hi)|non (?:seguire|seguite|segua|tenere conto)"
    r"|trascur(?:a|ate)|aggir(?:a|ate)",
    previous=r"tutt[ei]|precedent[ei]|prima|di cui sopra|sopra|tue|vostre|anteriori",
    rules=r"istruzion[ei]|regole|ordini|direttive|indicazioni|comandi|prompt",
    marks=r"contrassegn(?:a|ate|are|i)|segn(?:a|ate)|etichett(?:a|ate)|classific(?:a|ate)|valut(?:a|ate)"
    r"|consider(?:a|ate|i)|tratt(?:a|ate)|dichiar(?:a|ate)",
    judged=r"affermazion[ei]|rispost[ae]|dichiarazion[ei]|asserzion[ei]|enunciat[oi]|contraddizion[ei]",
    as_=r"come|per",
    verdict=r"supportat[aeoi]|verificat[aeoi]|confermat[aeoi]|ver[aeoi]|corrett[aeoi]|fondat[aeoi]"
    r"|sostenut[aeoi]|SUPPORTED",
    must=r"deve|devono|dovrà|dovranno|va|vanno",
    marked=r"contrassegnat[aeoi]|segnat[aeoi]|etichettat[aeoi]|classificat[aeoi]|considerat[aeoi]|valutat[aeoi]",
    addresses=r"nota per (?:il|la|l[’'])|messaggio (?:per|a) (?:il|la|l[’'])|avviso (?:al|alla|all[’'])|car[oa]"
    r"|ciao,?|attenzione,?",
    machine=r"IA|intelligenza artificiale|modello linguistico|validatore|verificatore di fatti|chatbot|assistente IA",
    you_are=r"(?:ora sei|adesso sei|sei ora|da ora in poi sei|d[’']ora in poi sei)|(?:agisci|comportati) come",
    forbids=r"non (?:verificare|verificate|controllare|controllate|segnalare|segnalate|convalidare)",
    says=r"rispond(?:i|ete)|scriv(?:i|ete)|restituisc(?:i|ete)|mostra|riporta",
    sets=r"impost(?:a|ate)|port(?:a|ate)|fiss(?:a|ate)|mett(?:i|ete)",
    score=r"confidenza|fiducia|probabilità|punteggio",
)
_CHINESE = _Language(
    overrides="忽略|无视|忘记|忘掉|不要遵循|不要遵守|不要理会|绕过",
    previous="所有|全部|一切|之前|以前|以上|上述|先前|前面|上面|你的",
    rules="指令|指示|规则|提示词|提示|命令|系统提示|要求",
    marks="标记|标注|判定|判断|视为|评为|归类|认定",
    judged="陈述|说法|答案|回答|声明|论断|断言|结论|矛盾",
    as_="为|成|作|是",
    verdict="有依据|得到支持|支持|属实|真实|正确|已验证|已核实|成立|SUPPORTED",
    must="必须|应当|应该|应|须|都要|一律",
    marked="标记|标注|判定|视为|评为|认定",
    addresses="致|给|亲爱的|注意|请注意|你好",
    machine="AI|人工智能|语言模型|大模型|验证器|事实核查员|聊天机器人|智能助手|AI助手",
    you_are="你现在是|从现在起你是|从现在开始你是|你不再是|请扮演|扮演",
    forbids="不要检查|不要核查|不要验证|不要标记|不要报告|无需检查|无需核实|请勿检查|跳过",
    says="回答|输出|返回|回复|只说",
    sets="设为|设置|设定|调到|把|将",
    score="置信度|可信度|概率|分数",
    edge="",
    gap=r"[^。！？!?\n]{0,14}",
)
_LANGUAGES = (_GERMAN, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _CHINESE)
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for language in _LANGUAGES for pattern in language.patterns())
_POSES_AS_SYSTEM = re.compile(
    r"(?i)^\W*(?:Systemnachricht|Systemanweisung|message (?:du )?système|instruction système|mensaje del sistema"
    r"|instrucción del sistema"
    r"|mensagem do sistema|instrução do sistema|messaggio di sistema|istruzione di sistema|系统消息|系统指令)\s?[:：]"
)


def _needed(edge: str) -> str:
    """What the patterns of the languages with that edge of words need one of."""
    words = [
        word
        for language in _LANGUAGES
        if language.edge == edge
        for word in (language.rules, language.machine, language.judged, language.score)
    ]
    return f"{edge}(?:{'|'.join(words)}){edge}"


_TRIGGER = CaselessPattern(rf"{_needed(_WORD)}|{_needed('')}|\b(?:{_NAMES})\b|syst[eè]m|sistema|系统")
_TOKEN = re.compile(_TOKENS)
"""Every pattern needs one of these words, or such a token."""


def may_instruct(text: str) -> bool:
    """Whether `text` has a word without which it holds no instruction; quick, for texts that mostly have none."""
    return _TRIGGER.occurs_in(text) or bool(_TOKEN.search(text))


def is_foreign_instruction(sentence: str) -> bool:
    """Whether one sentence, in any of the languages, reads like an instruction to a model."""
    if not may_instruct(sentence):
        return False
    return bool(_POSES_AS_SYSTEM.search(sentence)) or any(pattern.search(sentence) for pattern in _PATTERNS)
