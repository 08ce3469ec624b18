"""How large jobs scale: a simulation, and small runs that it is held against."""
