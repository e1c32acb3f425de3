"""Published architectures are adopted, exported and served; a model whose labels are unknown is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra `models`")
transformers = pytest.importorskip("transformers", reason="needs the extra `models`")
sentence_transformers = pytest.importorskip("sentence_transformers", reason="needs the extra `models`")

from eval.adopt import adopt, load, load_embedder, load_entailment, load_token_classifier  # noqa: E402 - imports torch itself
from server.errors import InvalidConfiguration  # noqa: E402
from server.models.embedder import OnnxEmbedder  # noqa: E402
from server.models.entailment import OnnxEntailment  # noqa: E402
from server.models.scheduler import Scheduler  # noqa: E402
from server.models.token_classifier import KIND, OnnxTokenClassifier  # noqa: E402
from server.models.weights import open_weights  # noqa: E402
from tests.fakes_models import tiny_tokenizer  # noqa: E402

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

LABELS = {0: "CONTRADICTION", 1: "ENTAILMENT", 2: "NEUTRAL"}
SMALL = {
    "vocab_size": 8,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "pad_token_id": 0,
}
CROSS_ENCODERS: dict[str, dict[str, Any]] = {
    "DebertaV2": {
        "relative_attention": True,
        "pos_att_type": ["p2c", "c2p"],
        "position_buckets": 8,
        "share_att_key": True,
        "norm_rel_ebd": "layer_norm",
        "position_biased_input": False,
        "type_vocab_size": 0,
    },
    "Roberta": {"max_position_embeddings": 33, "type_vocab_size": 1},
    "ModernBert": {"cls_token_id": 6, "sep_token_id": 7, "bos_token_id": 6, "eos_token_id": 7},
    "Bert": {},
}


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    """One thread."""
    scheduler = Scheduler(threads=1)
    yield scheduler
    scheduler.close()


def save_tokenizer(folder: Path, *more_inputs: str) -> None:
    """The tiny tokenizer in the layout of Hugging Face; it reads 32 tokens."""
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tiny_tokenizer(),
        unk_token="?",
        pad_token="?",
        model_max_length=32,
        model_input_names=["input_ids", "attention_mask", *more_inputs],
    ).save_pretrained(folder)


def save_token_classifier(folder: Path, name: str, labels: dict[int, str]) -> Any:
    """A randomly initialised token classifier of the architecture `name`, saved with its tokenizer."""
    torch.manual_seed(5)
    config = (
        transformers.T5Config(vocab_size=8, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, id2label=labels)
        if name == "T5"
        else getattr(transformers, f"{name}Config")(**SMALL, **CROSS_ENCODERS[name], id2label=labels)
    )
    classifier = getattr(transformers, f"{name}ForTokenClassification")(config).eval()
    classifier.save_pretrained(folder)
    save_tokenizer(folder, *segments_of(name))
    return classifier


def save_cross_encoder(folder: Path, name: str, labels: dict[int, str]) -> Any:
    """A randomly initialised classifier of the architecture `name`, saved with its tokenizer."""
    torch.manual_seed(5)
    config = getattr(transformers, f"{name}Config")(**SMALL, **CROSS_ENCODERS[name], num_labels=3, id2label=labels)
    classifier = getattr(transformers, f"{name}ForSequenceClassification")(config).eval()
    classifier.save_pretrained(folder)
    save_tokenizer(folder, *segments_of(name))
    return classifier


def segments_of(name: str) -> dict[str, Any]:
    """The segments of `[CLS] yes shop [SEP] no [SEP]`, for the one architecture here that reads them."""
    return {"token_type_ids": torch.tensor([[0, 0, 0, 0, 1, 1]])} if name == "Bert" else {}


@pytest.mark.parametrize("name", CROSS_ENCODERS)
def test_a_cross_encoder_is_served_in_its_own_label_order(tmp_path: Path, scheduler: Scheduler, name: str) -> None:
    """ONNX and PyTorch agree, and each probability stands in the column of its label."""
    classifier = save_cross_encoder(tmp_path / "original", name, LABELS)
    adopt(load_entailment(str(tmp_path / "original")), tmp_path / "adopted", int8=False)
    served = OnnxEntailment(open_weights(tmp_path / "adopted", "entailment"), scheduler).score([("yes shop", "no")])

    with torch.no_grad():
        expected = classifier(torch.tensor([[6, 1, 4, 7, 3, 7]]), **segments_of(name)).logits.softmax(-1)[0].numpy()
    assert served[0] == pytest.approx(expected[[1, 2, 0]], abs=1e-4)


@pytest.mark.parametrize("labels", [{0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, {0: "good", 1: "bad", 2: "neutral"}])
def test_a_wrong_label_map_is_refused(tmp_path: Path, labels: dict[int, str]) -> None:
    """Which output means support must be known, never guessed."""
    save_cross_encoder(tmp_path, "Bert", labels)

    with pytest.raises(InvalidConfiguration, match="'labels' must be entailment, neutral, contradiction or"):
        load_entailment(str(tmp_path))


@pytest.mark.parametrize("name", ["ModernBert", "T5", "Bert"])
def test_a_token_classifier_is_served(tmp_path: Path, scheduler: Scheduler, name: str) -> None:
    """The claim's support is what its least supported token leaves, in ONNX as in PyTorch."""
    classifier = save_token_classifier(tmp_path / "original", name, {0: "SUPPORTED", 1: "HALLUCINATED"})
    adopt(load_token_classifier(str(tmp_path / "original")), tmp_path / "adopted", int8=False)
    weights = open_weights(tmp_path / "adopted", KIND)
    [served] = OnnxTokenClassifier(weights, scheduler).score([("yes shop", "no opens")])

    with torch.no_grad():
        tokens = torch.tensor([[6, 1, 4, 7, 3, 5, 7]])
        segments = {"token_type_ids": torch.tensor([[0, 0, 0, 0, 1, 1, 1]])} if name == "Bert" else {}
        own = classifier(tokens, **segments).logits.softmax(-1)[0, 4:6].numpy()
    assert served == pytest.approx([own[:, 0].min(), own[:, 1].max(), 0], abs=1e-4)


def test_labels_that_a_model_does_not_state_can_be_given(tmp_path: Path) -> None:
    """By whoever read its card; without them, it is refused."""
    save_token_classifier(tmp_path, "Bert", {0: "LABEL_0", 1: "LABEL_1"})

    with pytest.raises(InvalidConfiguration, match="'labels' must be"):
        load(KIND, str(tmp_path))
    assert load(KIND, str(tmp_path), ["supported", "hallucinated"]).config["labels"] == ["supported", "hallucinated"]


def test_a_t5_encoder_is_served_as_an_embedder(tmp_path: Path, scheduler: Scheduler) -> None:
    """Its pooled, normalised vector comes out of ONNX as out of sentence-transformers."""
    torch.manual_seed(5)
    config = transformers.T5Config(vocab_size=8, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2)
    transformers.T5EncoderModel(config).save_pretrained(tmp_path / "original")
    save_tokenizer(tmp_path / "original")
    adopt(load_embedder(str(tmp_path / "original")), tmp_path / "adopted", int8=False)

    served = OnnxEmbedder(open_weights(tmp_path / "adopted", "embedder"), scheduler).embed(["shop opens yes"])

    original = sentence_transformers.SentenceTransformer(str(tmp_path / "original"), device="cpu")
    expected = original.encode(["shop opens yes"], normalize_embeddings=True)
    assert np.abs(served - expected).max() < 1e-4
