"""The built-in model: quick to be there, equal to its originals, and of some use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assetman.embedding.efficientnet import VisionTower, checkpoint
from assetman.embedding.sentences import SentenceTower, model_folder
from assetman.embedding.starter import IMAGE_INPUT, SPACE, StarterEncoder
from assetman.media.fitting import fit

PICTURES = Path(__file__).parent / "pictures"  # Open Clip Art, public domain


@pytest.fixture(scope="module")
def starter() -> StarterEncoder:
    return StarterEncoder("cpu")


def seen(starter: StarterEncoder) -> tuple[list[str], np.ndarray]:
    paths = sorted(PICTURES.glob("*.png"))
    pixels = np.stack([fit(Image.open(path).convert("RGB"), IMAGE_INPUT) for path in paths])
    return [path.stem for path in paths], starter.encode_images(pixels)


def test_words_find_the_picture_they_mean(starter: StarterEncoder) -> None:
    names, pictures = seen(starter)
    questions = {
        "a small green animal that croaks": "frog",
        "something to ride on two wheels": "bicycle",
        "an insect with colourful wings": "butterfly",
        "a musical instrument with strings": "guitar",
        "pizza": "pizza",
        "a red fruit": "strawberry",
    }
    answers = starter.encode_texts(list(questions)) @ pictures.T
    right = [
        names[row.argmax()] == name for row, name in zip(answers, questions.values(), strict=True)
    ]
    assert sum(right) >= 5, dict(zip(questions, answers.argmax(1), strict=True))


def test_vectors_have_unit_length_and_the_promised_dimension(starter: StarterEncoder) -> None:
    _, pictures = seen(starter)
    texts = starter.encode_texts(["a frog", "", "日本", "x " * 2000])
    for vectors in (pictures, texts):
        assert vectors.shape[1] == SPACE.dimension
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_mirrored_picture_is_its_own_nearest(starter: StarterEncoder) -> None:
    paths = sorted(PICTURES.glob("*.png"))
    mirrored = [
        Image.open(p).convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT) for p in paths
    ]
    _, pictures = seen(starter)
    vectors = starter.encode_images(np.stack([fit(picture, IMAGE_INPUT) for picture in mirrored]))
    assert (vectors @ pictures.T).argmax(1).tolist() == list(range(len(paths)))


def test_a_batch_gives_what_its_rows_give_alone(starter: StarterEncoder) -> None:
    texts = ["a frog", "a much longer sentence about a boat on a lake in the evening", "x"]
    together = starter.encode_texts(texts)
    alone = np.concatenate([starter.encode_texts([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-4)


def test_sentences_are_those_of_the_original_model() -> None:
    import torch
    from transformers import AutoTokenizer, BertModel

    texts = ["a frog", "Ein Haus am Meer", "the quick brown fox " * 100]
    tokenizer = AutoTokenizer.from_pretrained(str(model_folder()))
    tokens = tokenizer(texts, padding=True, truncation=True, max_length=256, return_tensors="pt")
    model = BertModel.from_pretrained(str(model_folder())).eval()
    with torch.inference_mode():
        states = model(**tokens).last_hidden_state
    mask = tokens["attention_mask"][:, :, None]
    own = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1)).numpy()
    assert (SentenceTower().encode(texts) * own).sum(1).min() > 0.99999


def test_features_are_those_of_the_original_network() -> None:
    from assetman.embedding import operators

    operators.prepare()
    import timm
    import torch

    network = timm.create_model("tf_efficientnet_lite2")
    weights = torch.load(checkpoint(), weights_only=True)
    network.load_state_dict(dict(zip(network.state_dict(), weights.values(), strict=True)))
    pixels = np.random.default_rng(0).integers(0, 255, (2, 260, 260, 3), dtype=np.uint8)
    with torch.inference_mode():
        x = (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127) / 128
        features = network.eval().forward_features(x)
        own = network.forward_head(features, pre_logits=True).numpy()
    assert np.abs(VisionTower("cpu").encode(pixels) - own).max() < 1e-3


def test_a_question_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from assetman.embedding.catalogue import ModelCatalogue\n"
        "from assetman.embedding.pool import EncoderPool\n"
        "pool = EncoderPool(ModelCatalogue(Path('nowhere')), 'cpu')\n"
        "pool.texts('starter', ['a frog'])\n"
        "print([m for m in ('torch', 'transformers', 'open_clip', 'timm') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
