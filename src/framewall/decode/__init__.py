"""Messages to packets: one framework a file. See ``_api`` for what a file offers."""

from framewall.decode._api import Decoder, Exchange, Reader, Split
from framewall.decode._readings import REFUSED, Reading, Readings, generic
from framewall.decode._registry import decoders

__all__ = ["REFUSED", "Decoder", "Exchange", "Reader", "Reading", "Readings", "Split", "decoders", "generic"]
