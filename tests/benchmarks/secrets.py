"""What scrubbing must find, and what it must leave: secrets of every kind, harmless look-alikes."""

import base64
import hashlib
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
    "xw" "fp-{d12}-{d12}-{a24}", "https://hooks.sl" "ack.com/commands/T{u9}/{d13}/{a24}", "amzn" ".mws.{h8}-{h4}-{h4}-{h4}-{h12}",
    "AB" "SK{a128}", "1/" "/0{a60}", "{a3}8Q" "~{a34}", "{a76}AZ" "DO{a4}", "HR" "KU-AA{a58}", "v1." "0-{h24}-{h146}",
    "gl" "dt-{a20}", "gl" "rt-{a20}", "gl" "ptt-{h40}", "GR13" "48941{a20}", "AT" "BB{a32}", "ATC" "TT3xFfGN0{a160}",
    "api" "_org_{a34}", "gs" "k_{a52}", "r" "8_{a37}", "ppl" "x-{a48}", "xa" "i-{a80}", "nvap" "i-{a64}", "pcs" "k_{a6}_{a63}",
    "s" "k-lf-{h8}-{h4}-{h4}-{h4}-{h12}", "EA" "AA{a60}", "access_token$prod" "uction${a16}${h32}", "{h32}-{h8}-{h8}",
    "dckr" "_oat_{a32}", "MT{a24}.{a6}.{a38}", "fig" "d_{a40}", "pa" "t{a14}.{h64}", "tsk" "ey-auth-{a12}CNTRL-{a32}", "ops" "_eyJ{a200}",
    "dt0" "c01.{u24}.{u64}", "LT" "AI{a20}", "EA" "AC{a150}", "CCI" "PAT_{a22}_{h40}", "CF" "PAT-{a43}", "sb" "_secret_{a22}_{a8}",
    "https://hooks.za" "pier.com/hooks/catch/{d7}/{a7}/", "bk" "ua_{h40}", "sq" "u_{h40}", "AK" "Cp{a69}", "nf" "p_{a36}",
    "AWS_SECRET_ACCESS_KEY={a40}", "heroku api key: {h8}-{h4}-{h4}-{h4}-{h12}", "CLOUDFLARE_API_KEY={h37}", "twilio auth token: {h32}",
    "the password is hunter{d2}", "Passwort: Sommer{d4}!", "PGPASSWORD='{a10}'", "Pwd={a10}", "mysql -u root -p{a12}", "curl -u ann:{a9}",
    "client_secret={h32}", "X-Api-Key: {a32}", "SharedAccess" "Key={a43}=", "Cookie: session={a32}", "ann.lee [at] acme [dot] example",
    "(555) 123-4567", "020 7946 0958", "06 12 34 56 78", "2001:db8:85a3::8a2e:370:7334",
)  # fmt: skip
SETTINGS = (
    "we use {} there", "`{}`", "```\n{}\n```", '{{"value": "{}"}}', "'{}'", "({})", "it is {}.", "**{}**", "_{}_",
    "> {}", "| {} |", "<https://x.example/?t={}|link>", "one\\n{}\\ntwo",
)  # fmt: skip


def measure() -> dict[str, float]:
    texts = harmless()
    found = [gone(secret, setting) for setting in SETTINGS for secret in fitting(setting)]
    return {
        "secrets_found": round(sum(found) / len(found), 3),
        "false_secrets": sum(scrub.scrub(text).text != text for text in texts),
    }


def fitting(setting: str) -> list[str]:
    """What can stand there: no spaces in a link."""
    return [each for each in planted() if "://" not in setting or " " not in each]


def gone(secret: str, setting: str) -> bool:
    """Whether it cannot be read any more; the name before it may stay."""
    return secret not in scrub.scrub(setting.format(secret)).text


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

    def packed(name: str) -> str:
        return base64.b64encode(hashlib.new(name, draw.randbytes(9)).digest()).decode()

    return [
        *(f"see https://acme.slack.com/archives/C0{n:08}/p{t}" for n, t in enumerate(ts)),
        *(f"fixed in {draw.getrandbits(160):040x}" for _ in range(50)),
        *(f"request {uuid.UUID(int=draw.getrandbits(128))} failed" for _ in range(50)),
        *(
            f"since v{n % 9}.{n}.{n % 7} or {n}.{n % 5}.0rc{n % 3} at 12:{n:02}:05"
            for n in range(50)
        ),
        *(f"build {n % 9}.{n}.{n % 7}.{n % 3}, upgrade to {n}.0.1.2" for n in range(20)),
        *(f'"integrity": "sha512-{packed("sha512")}"' for _ in range(20)),
        *(f"github.com/x/y v1.2.{n} h1:{packed('sha256')}" for n in range(20)),
        *(
            f"![x](data:image/png;base64,{base64.b64encode(draw.randbytes(300)).decode()})"
            for _ in range(20)
        ),
        *PROSE,
    ]


PROSE = (
    "set password: <your password>", "Password: required", "password is incorrect", "password: ${DB_PASSWORD}",
    "the password must have 12 characters, 1 digit", "def login(user, password=None):", "API_KEY=your-api-key-here",
    "Authorization: Bearer <token>", "Authorization: Bearer $TOKEN", "max_tokens: 4096", "primary key: user_id2",
    "The secret is to stir slowly.", "password: see 1Password", "password is SHA256-hashed", "token_type: bearer",
    "dead::beef and std::vector", "00:1A:2B:3C:4D:5E is a MAC", "icon@2x.png", "ssh://git@github.com/acme/app.git",
    "01-02-2024 and 31/12/2025", "1,234,567,890 rows", "error 0x80070005", "sk-estimator-wrapper-container",
    "https://x.example:8080/@ann/post", "page (123) 456-789", "ticket 555-123-45678", "ISBN 978-3-16-148410-0",
)  # fmt: skip
