"""Secrets by their shape: each kind of key and token has a literal part that gives it away.

The shapes are those that the services document, checked against the public rules of gitleaks
(MIT), https://github.com/gitleaks/gitleaks. What has no shape, `data.assigned` finds by the
word before it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Replace = str | Callable[[re.Match[str]], str]
_ANYTHING = re.compile("")


@dataclass(frozen=True)
class Rule:
    kind: str
    hint: str
    """What stands in every match; looking for it first is what makes a chat export fast."""
    pattern: re.Pattern[str]
    replace: Replace
    near: re.Pattern[str] = _ANYTHING
    """A cheap pattern that is found wherever the other one is."""

    def apply(self, text: str, counts: Counter[str]) -> str:
        if not self.near.search(text):
            return text

        def put(match: re.Match[str]) -> str:
            made = self.replace(match) if callable(self.replace) else match.expand(self.replace)
            if made != match[0]:
                counts[self.kind] += 1
            return made

        return self.pattern.sub(put, text)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where `apply` would replace something."""
        if not self.near.search(text):
            return
        for match in self.pattern.finditer(text):
            made = self.replace(match) if callable(self.replace) else match.expand(self.replace)
            if made != match[0]:
                yield match.span("value" if "value" in self.pattern.groupindex else 0)


START = r"(?:(?<![^\W_])|(?<=\\[nrt])|(?<=%[2-3][0-9A-F]))"
"""Where a token may begin: `_`, an escaped line break and `%3D` are no part of it."""


def _secret(kind: str, hint: str, pattern: str, keep: str = "", near: str = "") -> Rule:
    """`keep` is what of the match stays before the placeholder, as a template."""
    found = re.compile(pattern, re.DOTALL)
    return Rule(f"secret:{kind}", hint, found, f"{keep}[SECRET:{kind}]", re.compile(near))


def _tokens(kind: str, openings: str, rest: str) -> Iterator[Rule]:
    """Tokens that open with one of these words."""
    for opening in openings.split():
        yield _secret(kind, opening, START + re.escape(opening) + rest)


def _random(kind: str, hint: str, pattern: str, near: str = "") -> Rule:
    """A shape that words can have too: it counts with letters and more than one digit."""

    def put(match: re.Match[str]) -> str:
        return f"[SECRET:{kind}]" if len(re.findall(r"\d", match[0])) > 1 else match[0]

    return Rule(f"secret:{kind}", hint, re.compile(START + pattern), put, re.compile(near))


_WORD = "[A-Za-z0-9]"
_SLASH = r"\\?/"
_END_OF_URL = r"[^\s|<>)\]\"'`]"
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_URL = rf"(?:https?:{_SLASH}{_SLASH})?"

_KEYS: tuple[Rule, ...] = (
    _secret(
        "private-key",
        "PRIVATE KEY",
        r"-----? ?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-----?"
        r"(?:.*?-----? ?END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-----?"
        r"|(?:\s|\\[nr]|>|[\w-]+: [^\n]*|[A-Za-z0-9+/=]{4,})*)",
    ),
    _secret(
        "private-key",
        "PuTTY-User-Key-File",
        r"PuTTY-User-Key-File-\d:.*?(?:Private-MAC: *[0-9a-f]+|\Z)",
    ),
    *_tokens("age-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{40,}"),
)
_SLACK: tuple[Rule, ...] = (
    _secret(
        "slack-file",
        "slack",
        rf"{_URL}(?:files\.slack\.com|slack-files\.com|[\w-]+\.slack\.com{_SLASH}files(?:-pri|-tmb)?)"
        rf"{_SLASH}{_END_OF_URL}+",
    ),
    _secret(
        "slack-webhook",
        "hooks.slack",
        rf"{_URL}hooks\.slack(?:-gov)?\.com{_SLASH}{_END_OF_URL}+",
    ),
    _secret(
        "slack-workflow", "slack.com", rf"{_URL}slack\.com{_SLASH}shortcuts{_SLASH}{_END_OF_URL}+"
    ),
    _secret("slack-token", "xox", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9%/+=_-]{6,}"),
    *_tokens("slack-token", "xapp- xwfp-", "[A-Za-z0-9-]{8,}"),
)
_CLOUDS: tuple[Rule, ...] = (
    # The secret half often stands beside the key that names it.
    *(
        _secret(
            "aws-key",
            kind,
            rf"{START}{kind}[A-Z0-9]{{16}}(?![A-Za-z0-9])(?:[\s/:,;|\"'`]{{1,6}}[A-Za-z0-9+/]{{40}}(?![\w+/=]))?",
        )
        for kind in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    *_tokens("aws-key", "amzn.mws.", _UUID),
    *_tokens("aws-key", "ABSK", "[A-Za-z0-9+/]{100,}=*"),
    *_tokens("aws-key", "bedrock-api-key-", "[A-Za-z0-9+/]{20,}=*"),
    _secret("aws-signature", "X-Amz-", r"(X-Amz-(?:Signature|Security-Token)=)[\w%/+-]{20,}", r"\1"),
    *_tokens("google-key", "AIza", r"[\w-]{35}"),
    *_tokens("google-oauth", "ya29.", r"[\w-]{20,}"),
    *_tokens("google-oauth", "1//0", r"[\w-]{30,}"),
    *_tokens("google-client-secret", "GOCSPX-", r"[\w-]{20,}"),
    _secret("google-signature", "X-Goog-Signature", r"(X-Goog-Signature=)[\w%-]{20,}", r"\1"),
    _secret(
        "google-webhook",
        "chat.googleapis.com",
        rf"{_URL}chat\.googleapis\.com{_SLASH}v1{_SLASH}spaces{_SLASH}{_END_OF_URL}+",
    ),
    _secret("azure-key", "Key=", r"((?:Account|SharedAccess)Key=)[A-Za-z0-9+/]{40,}=*", r"\1"),
    _secret("azure-key", "Q~", rf"{START}[\w.~-]{{3}}\dQ~[\w.~-]{{31,34}}"),
    # Keys of Azure carry a mark of their service at a fixed place.
    *(
        _secret("azure-key", mark, rf"{START}[\w+/]{{{before}}}{re.escape(mark)}[\w+/]{{4,8}}=*")
        for mark, before in (
            ("AZDO", 76), ("+ASt", 76), ("ACDb", 76), ("APIM", 76), ("+ASb", 33), ("AIoT", 33),
            ("AzSe", 42), ("AzFu", 44), ("JQQJ99", 52),
        )
    ),
    _secret("azure-signature", "sig=", r"(\bsig=)[A-Za-z0-9%+/]{30,}=*", r"\1"),
    *_tokens("alibaba-key", "LTAI", f"{_WORD}{{12,30}}"),
    *_tokens("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", "[a-f0-9]{40,}"),
    *_tokens("heroku-key", "HRKU-", r"[\w-]{30,}"),
    *_tokens("cloudflare-token", "v1.0-", r"[a-f0-9]{24}-[a-f0-9]{100,}"),
    *_tokens("cloudflare-token", "cfk_ cfut_ cfat_", f"{_WORD}{{36,}}"),
    *_tokens("databricks-token", "dapi", r"[a-f0-9]{32}(?:-\d)?"),
    *_tokens("fly-token", "fm1r_ fm1a_ fm2_ fo1_", r"[A-Za-z0-9+/_-]{40,}=*"),
    *_tokens("netlify-token", "nfp_", f"{_WORD}{{30,}}"),
    *_tokens("openshift-token", "sha256~", r"[\w-]{43}"),
    *_tokens("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[\w.=-]{30,}"),
    *_tokens("supabase-key", "sbp_ sb_secret_", r"[\w-]{28,}"),
    *_tokens("tailscale-key", "tskey-", r"[A-Za-z]+-[\w-]{20,}"),
    _secret("terraform-token", ".atlasv1.", rf"{START}{_WORD}{{14}}\.atlasv1\.[\w=-]{{60,}}"),
    *_tokens("vault-token", "hvs. hvb. hvr.", r"[\w-]{24,}"),
    *_tokens("yandex-key", "AQVN", r"[\w-]{35,}"),
    *_tokens("scalingo-token", "tk-us-", r"[\w-]{40,}"),
)  # fmt: skip
_CODE: tuple[Rule, ...] = (
    *_tokens("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", f"{_WORD}{{16,}}"),
    *_tokens("github-token", "github_pat_", r"\w{20,}"),
    *_tokens(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glptt- glcbt- glsoat- glft- glimt- gloas- glagent- glffct- glwt-",
        r"[\w-]{16,}(?:\.[\w-]{2,})*",
    ),
    *_tokens("gitlab-token", "GR1348941", r"[\w-]{16,}"),
    _secret("gitlab-token", "_gitlab_session=", r"(_gitlab_session=)\w{20,}", r"\1"),
    *_tokens("bitbucket-token", "ATBB", r"[\w=-]{24,}"),
    *_tokens("bitbucket-token", "ATCTT3", r"[\w=-]{50,}"),
    *_tokens("atlassian-token", "ATATT3 ATSTT3 ATOA", r"[\w=-]{50,}"),
    *_tokens("npm-token", "npm_", f"{_WORD}{{30,}}"),
    *_tokens("pypi-token", "pypi-AgE", r"[\w-]{30,}"),
    *_tokens("rubygems-key", "rubygems_", "[a-f0-9]{40,}"),
    *_tokens("nuget-key", "oy2", "[a-z0-9]{43}"),
    *_tokens("clojars-token", "CLOJARS_", "[a-z0-9]{60}"),
    *_tokens("docker-token", "dckr_pat_ dckr_oat_", r"[\w-]{20,}"),
    *_tokens("artifactory-key", "AKCp cmVmd", f"{_WORD}{{50,}}"),
    *_tokens("buildkite-token", "bkua_ bkaj_", r"[\w-]{36,}"),
    *_tokens("circleci-token", "CCIPAT_ CCIPRJ_", r"\w{30,}"),
    *_tokens("doppler-token", "dp.", r"(?:pt|st|ct|sa|scim|audit)\.[\w.]{40,}"),
    *_tokens("grafana-token", "glsa_ glc_", r"[\w=+/-]{30,}"),
    *_tokens("grafana-token", "eyJrIjoi", f"{_WORD}{{60,}}=*"),
    *_tokens("harness-key", "pat. sat.", r"[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}"),
    *_tokens("infracost-key", "ico-", f"{_WORD}{{32}}"),
    *_tokens("octopus-key", "API-", r"[A-Z0-9]{26}(?![A-Za-z0-9])"),
    *_tokens("postman-key", "PMAK-", "[a-fA-F0-9]{24}-[a-fA-F0-9]{34}"),
    *_tokens("prefect-key", "pnu_ pnb_", f"{_WORD}{{36}}"),
    *_tokens("pulumi-token", "pul-", "[a-f0-9]{40}"),
    *_tokens("sentry-token", "sntrys_ sntryu_", r"[\w+/=-]{40,}"),
    *_tokens("sonar-token", "squ_ sqp_ sqa_", "[a-f0-9]{40}"),
    *_tokens("sourcegraph-token", "sgp_", "(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}"),
    *_tokens("dynatrace-token", "dt0c01. dt0s01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    *_tokens("newrelic-key", "NRAK- NRAA- NRAL- NRII- NRJS-", r"[A-Za-z0-9-]{19,}"),
)
_MODELS: tuple[Rule, ...] = (
    *_tokens("anthropic-key", "sk-ant-", r"[\w-]{20,}"),
    _random("openai-key", "sk-", r"sk-[\w-]{18,}"),
    *_tokens("openai-key", "sess-", f"{_WORD}{{40}}"),
    *_tokens("huggingface-token", "hf_ api_org_", f"{_WORD}{{20,}}"),
    *_tokens("groq-key", "gsk_", f"{_WORD}{{40,}}"),
    *_tokens("nvidia-key", "nvapi-", r"[\w-]{40,}"),
    *_tokens("perplexity-key", "pplx-", f"{_WORD}{{40,}}"),
    *_tokens("pinecone-key", "pcsk_", r"\w{30,}"),
    *_tokens("replicate-token", "r8_", f"{_WORD}{{30,}}"),
    *_tokens("xai-key", "xai-", f"{_WORD}{{60,}}"),
    *_tokens("cerebras-key", "csk-", "[a-z0-9]{40,}"),
    *_tokens("langsmith-key", "lsv2_pt_ lsv2_sk_", r"\w{30,}"),
    *_tokens("tavily-key", "tvly-", r"[\w-]{20,}"),
    *_tokens("jina-key", "jina_", r"[\w-]{50,}"),
)
_SERVICES: tuple[Rule, ...] = (
    *_tokens(
        "stripe-key",
        "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ pk_live_ pk_test_",
        f"{_WORD}{{10,}}",
    ),
    *_tokens("stripe-key", "whsec_", r"[A-Za-z0-9+/=]{10,}"),
    *_tokens("square-token", "sq0", r"[a-z]{3}-[\w-]{22,}"),
    *_tokens("square-token", "EAAA", r"[\w-]{60,}"),
    *_tokens("facebook-token", "EAA", r"[A-Z][A-Za-z0-9]{80,}"),
    _secret("paypal-token", "access_token$", r"access_token\$\w+\$[0-9A-Za-z]{16}\$[0-9a-f]{32}"),
    *_tokens("plaid-token", "access-", rf"(?:sandbox|development|production)-{_UUID}"),
    *_tokens("shippo-token", "shippo_", "(?:live|test)_[a-fA-F0-9]{40}"),
    *_tokens("shopify-token", "shpat_ shpca_ shppa_ shpss_", "[a-fA-F0-9]{32}"),
    *_tokens("flutterwave-key", "FLWSECK", r"(?:_TEST)?-[A-Za-z0-9-]{12,}"),
    *_tokens("easypost-key", "EZAK EZTK", f"{_WORD}{{54}}"),
    *_tokens("duffel-token", "duffel_", r"(?:test|live)_[\w=-]{40,}"),
    # `AC…` names the account in every address of its API, and opens nothing: it stays.
    *_tokens("twilio-key", "SK", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
    *_tokens("sendgrid-key", "SG.", r"[\w-]{16,}\.[\w-]{16,}"),
    *_tokens("mailgun-key", "key- pubkey-", "[0-9a-f]{32}"),
    _secret("mailgun-key", "-", rf"{START}[0-9a-f]{{32}}-[0-9a-f]{{8}}-[0-9a-f]{{8}}(?![A-Za-z0-9-])", near="[0-9a-f]{32}-"),
    _secret("mailchimp-key", "-us", rf"{START}[0-9a-f]{{32}}-us\d{{1,2}}", near="[0-9a-f]{32}-us"),
    *_tokens("brevo-key", "xkeysib- xsmtpsib-", f"[a-f0-9]{{40,}}-{_WORD}{{8,}}"),
    *_tokens("resend-key", "re_", r"[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"),
    *_tokens("airtable-token", "pat", r"[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    _secret("asana-token", "/", rf"{START}\d/\d{{16}}(?:/\d{{16}})?:[0-9a-f]{{32}}", near=":[0-9a-f]{32}"),
    *_tokens("contentful-token", "CFPAT-", r"[\w-]{40,}"),
    *_tokens("dropbox-token", "sl.", r"(?:u\.)?[\w-]{100,}"),
    *_tokens("figma-token", "figd_ figo_", r"[\w-]{36,}"),
    *_tokens("frameio-token", "fio-u-", r"[\w=-]{60,}"),
    *_tokens("linear-key", "lin_api_ lin_oauth_", f"{_WORD}{{30,}}"),
    *_tokens("mapbox-token", "sk.eyJ", r"[\w-]{20,}\.[\w-]{20,}"),
    _secret("maxmind-key", "_mmk", rf"{START}{_WORD}{{6}}_{_WORD}{{29}}_mmk"),
    *_tokens("notion-token", "ntn_", f"{_WORD}{{40,}}"),
    *_tokens("notion-token", "secret_", rf"{_WORD}{{43}}(?![A-Za-z0-9])"),
    *_tokens("onepassword-token", "ops_eyJ", "[A-Za-z0-9+/=_-]{60,}"),
    *_tokens("onepassword-key", "A3-", r"[A-Z0-9]{6}-[A-Z0-9]{6,11}(?:-[A-Z0-9]{5}){3,4}"),
    *_tokens("posthog-key", "phx_ phc_", f"{_WORD}{{40,}}"),
    *_tokens("readme-key", "rdme_", "[a-z0-9]{70}"),
    *_tokens("typeform-token", "tfp_", r"[\w.=-]{55,}"),
    *_tokens("adobe-secret", "p8e-", "[a-z0-9]{32}"),
    _secret("telegram-token", ":A", rf"{START}\d{{6,12}}:A[\w-]{{34}}"),
    _random("discord-token", ".", r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}", r"[MNO][\w-]{23,27}\."),
    *_tokens("discord-token", "mfa.", r"[\w-]{80,}"),
    _secret(
        "discord-webhook",
        "webhooks",
        rf"{_URL}[\w.]*discord(?:app)?\.com{_SLASH}api(?:{_SLASH}v\d+)?{_SLASH}webhooks{_SLASH}{_END_OF_URL}+",
    ),
    _secret(
        "teams-webhook",
        "webhook.office.com",
        rf"{_URL}[\w.-]*webhook\.office\.com{_SLASH}{_END_OF_URL}+",
    ),
    _secret(
        "zapier-webhook",
        "hooks.zapier.com",
        rf"{_URL}hooks\.zapier\.com{_SLASH}hooks{_SLASH}{_END_OF_URL}+",
    ),
    _secret("jwt", "eyJ", rf"{START}eyJ[\w-]{{8,}}\.(?:eyJ[\w-]{{8,}}(?:\.[\w-]*)?|[\w-]*(?:\.[\w-]+){{3}})"),
)  # fmt: skip


def _user(match: re.Match[str]) -> str:
    """`://TOKEN@host`; a short name of a user is no secret."""
    mixed = re.search(r"\d", match[2]) and re.search("[A-Za-z]", match[2])
    return f"{match[1]}[SECRET:password-in-url]" if mixed else match[0]


_URLS: tuple[Rule, ...] = (
    # A slash belongs to the password only where no port stands before it.
    Rule(
        "secret:password-in-url",
        "@",
        re.compile(
            r"(\b[a-z][a-z0-9+.:-]*:\\?/\\?/[^\s:/@\[\]\"'<>]*:)(?!\[SECRET)(?!\d{1,5}[/?#])"
            r"[^\s\"'<>|`]+(?=@[\w\[.-])"
        ),
        r"\1[SECRET:password-in-url]",
        re.compile(r"//?[^\s]*@"),
    ),
    Rule("secret:password-in-url", "@", re.compile(r"(://)([\w.~-]{20,})(?=@)"), _user),
)

SECRETS: tuple[Rule, ...] = (
    *_KEYS,
    *_SLACK,
    *_CLOUDS,
    *_CODE,
    *_MODELS,
    *_SERVICES,
    *_URLS,
)
