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
    # What is compared with transformers must not be rounded on the way: its cache has 16 bits otherwise.
    told.cache_type_k = told.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    told.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    told.use_jinja = True
    told.offline = True
    server = xllamacpp.Server(told)
    sys.stdin.read()
    del server


if __name__ == "__main__":
    main()
