"""Studies of a plan: what a target rests on, how likely it is, what it would take, how it stands, what did it."""
