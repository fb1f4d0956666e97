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

# Two photographs that a package of the environment carries: a temple and a flower.
PHOTOGRAPHS = ("china.jpg", "flower.jpg")


@pytest.fixture(scope="module")
def starter() -> StarterEncoder:
    return StarterEncoder("cpu")


def photographs() -> list[Image.Image]:
    """Open both photographs, and the left and the right half of each."""
    import sklearn

    folder = Path(sklearn.__file__).parent / "datasets" / "images"
    whole = [Image.open(folder / name).convert("RGB") for name in PHOTOGRAPHS]
    halves = [
        picture.crop((left, 0, left + picture.width // 2, picture.height))
        for picture in whole
        for left in (0, picture.width // 2)
    ]
    return whole + halves


def seen(starter: StarterEncoder, pictures: list[Image.Image]) -> np.ndarray:
    return starter.encode_images(np.stack([fit(picture, IMAGE_INPUT) for picture in pictures]))


def test_words_find_the_picture_they_mean(starter: StarterEncoder) -> None:
    questions = {
        "a temple": 0,
        "a palace": 0,
        "chinese architecture": 0,
        "a flower": 1,
        "a blossom in a garden": 1,
        "a daisy": 1,
    }
    pictures = seen(starter, photographs()[:2])
    answers = (starter.encode_texts(list(questions)) @ pictures.T).argmax(1)
    assert answers.tolist() == list(questions.values())


def test_vectors_have_unit_length_and_the_promised_dimension(starter: StarterEncoder) -> None:
    pictures = seen(starter, photographs())
    texts = starter.encode_texts(["a frog", "", "日本", "x " * 2000])
    for vectors in (pictures, texts):
        assert vectors.shape[1] == SPACE.dimension
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_mirrored_picture_is_its_own_nearest(starter: StarterEncoder) -> None:
    pictures = photographs()
    mirrored = [picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for picture in pictures]
    likeness = seen(starter, mirrored) @ seen(starter, pictures).T
    assert likeness.argmax(1).tolist() == list(range(len(pictures)))


def test_a_batch_gives_what_its_rows_give_alone(starter: StarterEncoder) -> None:
    texts = ["a frog", "a much longer sentence about a boat on a lake in the evening", "x"]
    together = starter.encode_texts(texts)
    alone = np.concatenate([starter.encode_texts([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-4)


def test_sentences_are_those_of_the_original_model() -> None:
    from assetman.embedding import operators

    operators.prepare()
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
