"""Contrastive learning: an encoder that tells images apart whatever crop and colours it sees."""

from aecluster.contrastive.augmentation import augment
from aecluster.contrastive.network import build_encoder
from aecluster.contrastive.objective import nt_xent
from aecluster.contrastive.training import train_contrastive

__all__ = ["augment", "build_encoder", "nt_xent", "train_contrastive"]
