"""One module per kind of source; each turns files into units that may become passages."""
