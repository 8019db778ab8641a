"""How fast and how thoroughly a Slack export is read, on exports made for the purpose."""

import json
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

from data import scrub

MEGABYTE = 1_000_000
CHANNELS = 20
USERS = 300
WORDS = re.findall(
    r"\w+",
    "the export hangs again after update how do we rotate our keys on staging please check if "
    "server returns 502 because cache is full try to restart worker then clear queue and retry "
    "thanks that worked for me now dashboard shows wrong totals since monday anyone seen this",
)
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
_RUN = """
import resource, sys, time
from pathlib import Path
from curation import ingest
from data import workspace
space = workspace.create(Path(sys.argv[2]))
started = time.perf_counter()
done = ingest.run(space, [Path(sys.argv[1])])
took = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(took, peak, done.passages.taken)
"""


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        small_s, small_mb = _ingested(Path(folder) / "small.zip", 4)
        large_s, large_mb = _ingested(Path(folder) / "large.zip", 40)
    found, planted = _planted()
    return {
        "slack_4mb_s": round(small_s, 2),
        "slack_40mb_s": round(large_s, 2),
        "slack_40mb_rss_mb": round(large_mb),
        "growth_4_40_mb": round(large_mb - small_mb),
        "secrets_found": round(found / planted, 3),
        "false_secrets": _false_alarms(),
    }


def _ingested(path: Path, megabytes: int) -> tuple[float, float]:
    """Seconds and peak memory of one ingest in a process of its own."""
    export(path, megabytes * MEGABYTE)
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, str(path), str(path.with_suffix(""))],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak, _ = map(float, ran.stdout.split())
    return seconds, peak


def export(path: Path, size: int) -> None:
    """A zip whose JSON is about this large: short messages, a third of them in threads."""
    draw = random.Random(size)
    users = [_user(number) for number in range(USERS)]
    channels = [{"id": f"C{n:05}", "name": f"channel-{n}"} for n in range(CHANNELS)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps(channels))
        for channel in channels:
            for day, messages in _days(draw, size // CHANNELS):
                archive.writestr(f"{channel['name']}/{day}.json", json.dumps(messages))


def _planted() -> tuple[int, int]:
    """How many of the planted secrets left the text, and how many there were."""
    found = sum(secret not in scrub.scrub(f"we use {secret} there").text for secret in planted())
    return found, len(planted())


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


def _false_alarms() -> int:
    """How many of 200 harmless texts were changed."""
    return sum(scrub.scrub(text).text != text for text in harmless())


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


def _user(number: int) -> dict[str, object]:
    first, last = f"Anna{number:03}", f"Berg{number:03}"
    profile = {"real_name": f"{first} {last}", "display_name": first}
    return {"id": f"U{number:05}", "name": f"{first}.{last}".lower(), "profile": profile}


def _days(draw: random.Random, size: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    now, written, root, day = 1_700_000_000, 0, "", 0
    while written < size:
        messages = []
        for _ in range(100):
            now += draw.randrange(20, 900)
            message = _message(draw, f"{now}.{draw.randrange(10**6):06}")
            root = root if root and draw.random() < 0.4 else str(message["ts"])
            message["thread_ts"] = root
            messages.append(message)
        written += len(json.dumps(messages))
        yield time.strftime("%Y-%m-%d", time.gmtime(1_700_000_000 + 86_400 * day)), messages
        day += 1


def _message(draw: random.Random, ts: str) -> dict[str, object]:
    text = " ".join(draw.choices(WORDS, k=draw.randrange(4, 18)))
    text += draw.choice(("", "?", "", f" <@U{draw.randrange(USERS):05}>", " <https://a.io/x|x>"))
    message: dict[str, object] = {
        "client_msg_id": str(uuid.UUID(int=draw.getrandbits(128))),
        "type": "message",
        "text": text,
        "user": f"U{draw.randrange(USERS):05}",
        "ts": ts,
        "team": "T00001",
    }
    if draw.random() < 0.6:
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        message["blocks"] = [{"type": "rich_text", "block_id": "a1", "elements": [section]}]
    return message
