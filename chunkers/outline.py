"""Heading paths: which headings are open where the reader is now."""


class Outline:
    """The open headings of a document that is being read from its start."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    @property
    def path(self) -> tuple[str, ...]:
        """The open headings, outermost first."""
        return tuple(heading for _, heading in self._open)

    def enter(self, level: int, heading: str) -> tuple[str, ...]:
        """Open a heading of a level (1 is outermost), closing those of its level and below; return the path."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self._open.append((level, " ".join(heading.split())))
        return self.path
