"""What scrubbing must find, and what it must leave: one secret of every kind, harmless look-alikes."""

import random
import re
import uuid

from data import scrub

SHAPES = (
    "xo" "xb-{d12}-{d12}-{a24}", "xo" "xp-{d12}-{d12}-{d12}-{h32}", "xo" "xa-2-{d12}-{a24}",
    "xo" "xr-{d12}-{a24}", "xo" "xs-{d12}-{a24}", "xo" "xo-{d12}-{a24}", "xo" "xc-{d12}-{d12}-{h64}",
    "xo" "xd-{a40}%2F{a8}", "xo" "xe-1-{a60}", "xo" "xe.xo" "xp-1-{a60}", "xa" "pp-1-A0{u9}-{d12}-{h64}",
    "https://hooks.sl" "ack.com/services/T{u9}/B{u9}/{a24}",
    "https://hooks.sl" "ack.com/workflows/T{u9}/A{u9}/{d18}/{a24}",
    "https://hooks.sl" "ack.com/triggers/T{u9}/{d13}/{h32}",
    "https://files.sl" "ack.com/files-pri/T{u9}-F{u9}/a.png?t=xo" "xe-{d12}-{h32}",
    "https://sl" "ack-files.com/T{u9}-F{u9}-{h10}",
    "AK" "IA{u16}", "AS" "IA{u16}", "gh" "p_{a36}", "gh" "s_{a36}", "github" "_pat_{a22}_{a59}",
    "glp" "at-{a20}", "s" "k-proj-{a48}", "s" "k-ant-api03-{a90}", "s" "k_live_{a24}", "wh" "sec_{a32}",
    "AI" "za{a35}", "h" "f_{a34}", "np" "m_{a36}", "pyp" "i-AgEIcHlwaS5vcmc{a60}", "S" "G.{a22}.{a43}",
    "S" "K{h32}", "{d9}:A" "A{a33}", "ey" "J{a20}.ey" "J{a40}.{a43}",
    "Authorization: Bea" "rer {a40}", "Authorization: Ba" "sic {a24}", "postgres://app:{a14}@db.local/x",
    "-----BEGIN RSA PRI" "VATE KEY-----\n{a64}\n{a64}\n-----END RSA PRI" "VATE KEY-----",
    "api_key = {a24}", "password: {a16}", "AGE-SEC" "RET-KEY-1{u58}", "ATA" "TT3{a180}",
    "Account" "Key={a86}==", "https://x.blob.local/a?s" "ig={a44}", "xkey" "sib-{h64}-{a16}",
    "da" "pi{h32}", "do" "p_v1_{h64}", "https://discord.com/api/web" "hooks/{d18}/{a60}",
    "dckr" "_pat_{a27}", "d" "p.pt.{a43}", "s" "l.{a130}", "f" "m2_{a80}", "ya" "29.{a60}",
    "GOC" "SPX-{a28}", "gl" "sa_{a32}_{h8}", "lin" "_api_{a40}", "{h32}-u" "s12", "ke" "y-{h32}",
    "NR" "AK-{u27}", "nt" "n_{a46}", "sec" "ret_{a43}", "psc" "ale_tkn_{a43}", "PM" "AK-{h24}-{h34}",
    "pu" "l-{h40}", "ruby" "gems_{h48}", "snt" "rys_{a60}", "shp" "at_{h32}", "sq" "0atp-{a22}",
    "sb" "p_{h40}", "https://acme.web" "hook.office.com/webhookb2/{h32}", "{a14}.atl" "asv1.{a67}",
    "hv" "s.{a24}", "ann.lee@acme.example", "+49 170 1234567", "10.20.30.44", "fe80::1c2b:3d4e",
    "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00",
)  # fmt: skip


def measure() -> dict[str, float]:
    texts, secrets = harmless(), planted()
    found = sum(secret not in scrub.scrub(f"we use {secret} there").text for secret in secrets)
    return {
        "secrets_found": round(found / len(secrets), 3),
        "false_secrets": sum(scrub.scrub(text).text != text for text in texts),
    }


def planted() -> list[str]:
    """One of every kind that has a name, put together here so that no scanner finds them."""
    draw = random.Random(7)
    fill = {
        "h": "0123456789abcdef",
        "u": "ABCDEFGHJKLMNPQRSTUVWXYZ234567",
        "a": "ABCDEFghijklmnop0123456789QRstuv",
        "d": "123456789",
    }

    def made(shape: str) -> str:
        parts = re.split(r"\{(\w)(\d+)\}", shape)
        text = parts[0]
        for kind, size, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            text += "".join(draw.choices(fill[kind], k=int(size))) + rest
        return text

    return [made(shape) for shape in SHAPES]


def harmless() -> list[str]:
    draw = random.Random(11)
    ts = [1_600_000_000_000_000 + draw.randrange(10**15) for _ in range(50)]
    return [
        *(f"see https://acme.slack.com/archives/C0{n:08}/p{t}" for n, t in enumerate(ts)),
        *(f"fixed in {draw.getrandbits(160):040x}" for _ in range(50)),
        *(f"request {uuid.UUID(int=draw.getrandbits(128))} failed" for _ in range(50)),
        *(
            f"since v{n % 9}.{n}.{n % 7} or {n}.{n % 5}.0rc{n % 3} at 12:{n:02}:05"
            for n in range(50)
        ),
    ]
