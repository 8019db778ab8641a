"""What can be wrong with an answer, whatever it says: one small rule a module."""
