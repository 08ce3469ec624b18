"""How large jobs scale: a simulation, and small runs to compare it with."""
