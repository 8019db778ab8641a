"""What people call the errors: sheets out, codes in, and a taxonomy that keeps its versions."""
