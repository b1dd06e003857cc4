"""The part of the Common Expression Language that campaigns may use: typed when drafted, exact, and bounded."""
