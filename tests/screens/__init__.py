"""Pictures of what shoppers see, for people to look at: ``make screens``."""
