"""Sounds as CLAP sees them: log-mel spectrograms, many at once.

The same numbers as transformers' ClapFeatureExtractor gives for sounds of one window, which it
makes frame by frame. Whole windows are all it has to deal with: padding is done where sounds are
decoded, and longer sounds come as several windows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assetman.core.errors import BadInput
from assetman.core.inputs import WINDOW_SECONDS, Padding, SoundSpec
from assetman.embedding.encoder import Samples

if TYPE_CHECKING:
    import torch

FLOOR = 1e-10  # of the power of a band, -100 dB
_AT_ONCE = 8  # windows; each takes some 25 MB while it is transformed
PADDINGS = {"repeatpad": Padding.REPEAT, "pad": Padding.SILENCE}


@dataclass(frozen=True, slots=True)
class MelFront:
    """How the spectrograms are made that a model was trained on."""

    rate: int = 48_000  # samples a second
    fft: int = 1024  # samples of a frame
    hop: int = 480  # samples from one frame to the next
    bands: int = 64
    low: float = 50.0  # Hz, the lowest band's lower edge
    high: float = 14_000.0
    scale: str = "slaney"  # or "htk", as the fused models have it
    padding: str = "repeatpad"

    @property
    def spec(self) -> SoundSpec:
        """The samples it takes."""
        return SoundSpec(self.rate, PADDINGS[self.padding])

    @property
    def frames(self) -> int:
        """Count the frames of a window."""
        return self.spec.length // self.hop + 1

    def banks(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Weigh the frequencies of each band: (fft // 2 + 1, bands) float64."""
        from transformers.audio_utils import mel_filter_bank

        filters = mel_filter_bank(
            num_frequency_bins=self.fft // 2 + 1,
            num_mel_filters=self.bands,
            min_frequency=self.low,
            max_frequency=self.high,
            sampling_rate=self.rate,
            norm="slaney" if self.scale == "slaney" else None,
            mel_scale=self.scale,
        )
        return np.asarray(filters, np.float64)

    def spectrograms(self, samples: Samples, banks: torch.Tensor) -> torch.Tensor:
        """Turn (n, length) float32 windows into (n, 1, frames, bands) float32 decibels.

        `banks` holds `banks()` on the device that does it. Double precision, because a quiet
        band beside a loud one drowns in the rounding of single.
        """
        import torch

        window = torch.hann_window(self.fft, dtype=banks.dtype, device=banks.device)
        rows = []
        for start in range(0, len(samples), _AT_ONCE):
            some = np.ascontiguousarray(samples[start : start + _AT_ONCE])
            x = torch.from_numpy(some).to(banks.device, banks.dtype)
            waves = torch.stft(
                x, self.fft, self.hop, window=window, center=True, return_complex=True
            )  # (n, fft // 2 + 1, frames)
            power = waves.real.square() + waves.imag.square()
            mel = power.transpose(1, 2) @ banks
            rows.append((10 * mel.clamp_min(FLOOR).log10()).float()[:, None])
        return torch.cat(rows)


def read_front(told: Mapping[str, Any], fused: bool) -> MelFront:
    """Read a `preprocessor_config.json`; where it says nothing it is as LAION trained them.

    Raises BadInput for a preparation that cannot be made here.
    """
    usual = MelFront(scale="htk" if fused else "slaney")
    try:
        fusion = str(told.get("truncation", "fusion" if fused else "rand_trunc")) == "fusion"
        front = MelFront(
            int(told.get("sampling_rate", usual.rate)),
            int(told.get("fft_window_size", usual.fft)),
            int(told.get("hop_length", usual.hop)),
            int(told.get("feature_size", usual.bands)),
            float(told.get("frequency_min", usual.low)),
            float(told.get("frequency_max", usual.high)),
            "htk" if fusion else "slaney",
            str(told.get("padding", usual.padding)),
        )
        seconds = float(told.get("max_length_s", WINDOW_SECONDS))
    except (TypeError, ValueError) as error:
        raise BadInput("The model does not say how its sounds are prepared.") from error
    if seconds != WINDOW_SECONDS:
        raise BadInput(f"The model takes {seconds:g} seconds of sound, not {WINDOW_SECONDS:g}.")
    if front.padding not in PADDINGS:
        raise BadInput(f"The model pads sounds in a way that is not known: {front.padding}.")
    fits = 8_000 <= front.rate <= 192_000 and 1 <= front.bands <= 1024
    fits = fits and 64 <= front.fft <= 1 << 15 and 16 <= front.hop <= front.fft
    if not fits or not 0 <= front.low < front.high <= front.rate / 2:
        raise BadInput("The model asks for spectrograms that make no sense.")
    return front
