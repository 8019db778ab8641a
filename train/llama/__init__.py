"""llama.cpp: its converter, and its server as the one to ask what a GGUF file says."""
