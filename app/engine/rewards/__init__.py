"""The rewards: one file, one way of giving. Every file here is on the shelf."""

from app.engine.shelf import rewards

rewards.fill(__name__, __path__)
