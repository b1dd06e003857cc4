"""The hearth: the pure decision. Money, cart, facts and time go in; an evaluation comes out.

Importing any part of the engine fills both shelves, so nobody can meet an empty one.
"""

import app.engine.rewards
import app.engine.rules  # noqa: F401  (both imports are for their effect: every unit registers itself)
