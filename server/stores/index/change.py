"""What a commit changed for one tenant, as far as its index is concerned."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from server.stores import chunk_ids as numbering
from server.stores.index.columns import Facts
from server.stores.index.segment import Entry


@dataclass(slots=True, eq=False)
class Change:
    """Versions that came, with their chunks; versions that went; vectors for chunks that had none.

    It grows while the commands of a commit run; a version that comes and goes within the commit leaves no trace.
    """

    versions: list[Facts] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    vectors: list[tuple[NDArray[np.int64], NDArray[np.float16]]] = field(default_factory=list)

    def follow(self, later: Change) -> None:
        """Take in what happened next."""
        self.versions += later.versions
        self.entries += later.entries
        self.vectors += later.vectors
        came = {facts.version_id for facts in self.versions}
        fleeting = came.intersection(later.gone)
        self.gone += [version_id for version_id in later.gone if version_id not in fleeting]
        if fleeting:
            self.versions = [facts for facts in self.versions if facts.version_id not in fleeting]
            self.entries = [entry for entry in self.entries if numbering.version_id(entry.chunk_id) not in fleeting]
