"""Claims on `synth`."""
