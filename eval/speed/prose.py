"""Made-up English about made-up products: text of any amount, the same for the same seed."""

from __future__ import annotations

import random

_THINGS = (
    "heater kettle lamp fan purifier scale speaker blender toaster router printer drill mower sensor camera charger "
    "filter pump valve battery monitor keyboard freezer oven grill"
).split()
_PARTS = "tank cable handle motor cover display hinge battery seal switch tray lens fuse housing nozzle bracket".split()
_ADJECTIVES = "small large grey heavy quiet removable washable spare outer inner folding sealed magnetic rubber".split()
_PLACES = "kitchen warehouse office garden workshop laboratory hotel school clinic garage".split()
_UNITS = "litres watts grams hours days metres euros percent degrees minutes".split()
_VERBS = "holds needs reaches costs lasts weighs covers uses delivers requires".split()
_CLAUSES = (
    "when it is used in the {place}",
    "before the {part} is cleaned",
    "unless the {adjective} {part} is missing",
    "after {number} {unit} of use",
    "if the {thing} stands in the {place}",
)


class Prose:
    """Sentences drawn by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def sentence(self) -> str:
        """One statement of 10 to 20 words with a figure."""
        pick = self._random.choice
        clause = pick(_CLAUSES).format(
            place=pick(_PLACES),
            part=pick(_PARTS),
            adjective=pick(_ADJECTIVES),
            number=self._random.randint(2, 90),
            unit=pick(_UNITS),
            thing=pick(_THINGS),
        )
        figure = f"{self._random.randint(1, 9000) / 10:g} {pick(_UNITS)}"
        return f"The {pick(_ADJECTIVES)} {pick(_PARTS)} of the {pick(_THINGS)} {pick(_VERBS)} {figure} {clause}."

    def passage(self, sentences: int) -> str:
        """Some statements in a row."""
        return " ".join(self.sentence() for _ in range(sentences))

    def question(self) -> str:
        """What somebody might ask about them."""
        pick = self._random.choice
        return f"How many {pick(_UNITS)} does the {pick(_ADJECTIVES)} {pick(_PARTS)} of the {pick(_THINGS)} need?"

    def answer(self, passages: list[str], claims: int) -> str:
        """Statements of the passages, about half of them with another figure."""
        known = [f"{part}." for passage in passages for part in passage.removesuffix(".").split(". ")]
        chosen = self._random.sample(known, min(claims, len(known)))
        return " ".join(self._altered(statement) for statement in chosen)

    def _altered(self, statement: str) -> str:
        if self._random.random() < 0.5:
            return statement
        words = statement.split(" ")
        figures = [index for index, word in enumerate(words) if word[0].isdigit()]
        words[figures[0]] = str(self._random.randint(1, 900))
        return " ".join(words)
