"""llama.cpp's server from its Python package, until standard input ends.

`serve.py FILE PORT CONTEXT`, with the package on the path.
"""

import sys

import xllamacpp


def main() -> None:
    file, port, context = sys.argv[1:]
    told = xllamacpp.CommonParams()
    told.model.path = file
    told.hostnames = ["127.0.0.1"]
    told.port = int(port)
    told.n_ctx = int(context)
    told.n_parallel = 1
    told.n_gpu_layers = 0
    told.use_jinja = True
    told.offline = True
    server = xllamacpp.Server(told)
    sys.stdin.read()
    del server


if __name__ == "__main__":
    main()
