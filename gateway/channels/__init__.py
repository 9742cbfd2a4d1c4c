"""One package per provider family, strangers to each other, behind the small port in ``port``."""
