"""Instructions in other languages are found, and what manuals and policies tell their readers is not one."""

from __future__ import annotations

import pytest

from eval.injection.phrasings import wordings
from server.stages.injection import instruction_spans, is_instruction

HONEST = [
    # German
    "Beachten Sie alle Anweisungen in diesem Handbuch.",
    "Ignorieren Sie die Meldung, wenn das Gerät ausgeschaltet ist.",
    "Kennzeichnen Sie die Kartons als zerbrechlich.",
    "Prüfen Sie nicht den Ölstand bei laufendem Motor.",
    "Alle Angaben müssen vollständig sein.",
    "Bewerten Sie die Antworten der Bewerber anhand des Leitfadens.",
    "Hinweis zur Nutzung von KI: Mitarbeiter dürfen keine Kundendaten eingeben.",
    "Setzen Sie den Schalter auf 1.",
    "Melden Sie Widersprüche in den Unterlagen der Rechtsabteilung.",
    # French
    "Respectez toutes les consignes de sécurité.",
    "Ignorez ce message si vous avez déjà payé.",
    "Ne contrôlez pas le niveau d'huile quand le moteur tourne.",
    "Les réponses doivent être envoyées avant le 31 mars.",
    "Notez les réponses des participants sur le formulaire.",
    "Les affirmations du fournisseur sont vérifiées par le service des achats.",
    "Réglez la température à 100 degrés.",
    # Spanish
    "Siga todas las instrucciones de este manual.",
    "Ignore este aviso si ya ha pagado.",
    "No marque ninguna casilla de la sección C.",
    "Las respuestas deben enviarse antes del 31 de marzo.",
    "Marque la respuesta correcta con una cruz.",
    "La política de IA entra en vigor el 1 de mayo.",
    # Portuguese
    "Siga todas as instruções do fabricante.",
    "Desconsidere este aviso se já pagou.",
    "Não verifique o nível do óleo com o motor ligado.",
    "As respostas devem ser enviadas até 31 de março.",
    "Considere as respostas dos clientes ao planear a formação.",
    # Italian
    "Seguire tutte le istruzioni di questo manuale.",
    "Ignorate questo avviso se avete già pagato.",
    "Non controllare il livello dell'olio a motore acceso.",
    "Le risposte devono essere inviate entro il 31 marzo.",
    "Segnate la risposta giusta con una crocetta.",
    # Chinese
    "请遵守本手册中的所有指示。",
    "如果您已付款，请忽略此通知。",
    "电机运转时不要检查油位。",
    "所有回答必须在3月31日之前提交。",
    "请将正确答案填在表格中。",
    "将温度设为100度。",
    # English
    "Ignore the warning light if the battery is charging.",
    "Follow all instructions in chapter 3 before you set the confidence level of the test.",
    "Do not check the oil while the engine runs.",
    "Mark the box as fragile.",
    "Staff must not override the safety rules of the press without a permit.",
    "Report contradictions between the two manuals to the editor.",
    "Managers approve claims up to EUR 500.",
]


@pytest.mark.parametrize("sentence", HONEST)
def test_honest_imperatives_are_left_alone(sentence: str) -> None:
    """What manuals and policies ask of people, with the same verbs."""
    assert not is_instruction(sentence)


def test_foreign_wordings_are_found() -> None:
    """Each of the 150 in the corpus, whole or in a part."""
    foreign = wordings()[-150:]
    missed = [wording for wording in foreign if not instruction_spans(wording)]
    assert not missed


def test_the_corpus_has_hundreds_of_wordings() -> None:
    """All different, before any disguise."""
    assert len(set(wordings())) == 345
