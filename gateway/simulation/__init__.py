"""What another policy would have done: recorded conversations replayed on a virtual clock.

Pure, like the core it asks: ``story`` says what was recorded, ``replay`` asks ``plan`` again as the
clockwork would, ``outcomes`` says what becomes of a delivery that never was, ``tally`` adds up and
``report``, ``table`` and ``html`` show it. ``generate`` makes histories up, by seed.
"""
