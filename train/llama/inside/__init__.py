"""Scripts that run in processes of their own, beside code of llama.cpp."""
